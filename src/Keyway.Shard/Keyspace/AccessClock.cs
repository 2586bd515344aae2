namespace Keyway.Shard.Keyspace;

/// <summary>
/// The 24 bits by which an entry remembers its use: under an LFU policy a logarithmic counter that decays (low 8 bits) and the minute of its last decay,
/// else the second of the last use. Both wrap, as Redis's do.
/// </summary>
internal sealed class AccessClock(ulong seed)
{
    private const uint Bits24 = 0xFFFFFF;
    private const int InitialCounter = 5;       // a new key must not be the coldest of all at once

    private ulong _random = seed | 1;
    private uint _seconds;
    private uint _minutes;

    public bool CountsFrequency { get; set; }

    public int LogFactor { get; set; } = 10;

    public int DecayMinutes { get; set; } = 1;

    public void Tick(long nowMs)
    {
        _seconds = (uint)(nowMs / 1000) & Bits24;
        _minutes = (uint)(nowMs / 60_000) & 0xFFFF;
    }

    /// <summary>Seconds, in 24 bits.</summary>
    public uint Clock => _seconds;

    public uint Fresh => CountsFrequency ? (_minutes << 8) | InitialCounter : _seconds;

    public void Touch(Entry entry)
    {
        uint bits = CountsFrequency ? Counted(entry.AccessBits) : _seconds;
        if (bits != entry.AccessBits) entry.AccessBits = bits;       // a clean cache line stays clean
    }

    /// <summary>As if the entry had not been used for so long. Longer than the clock can tell is half of what it can, as Redis has it.</summary>
    public uint BitsForIdle(long seconds) => seconds <= _seconds ? _seconds - (uint)seconds : (_seconds + (Bits24 / 2)) % Bits24;

    public uint BitsForFrequency(byte frequency) => (_minutes << 8) | frequency;

    public int Frequency(Entry entry) => (int)Decayed(entry.AccessBits);

    public long IdleSeconds(Entry entry) => (_seconds - entry.AccessBits) & Bits24;

    private uint Counted(uint bits)
    {
        uint counter = Decayed(bits);
        if (counter < 255)
        {
            double chance = 1.0 / ((Math.Max(0, (int)counter - InitialCounter) * (double)LogFactor) + 1);
            if (NextFraction() < chance) counter++;
        }

        return (_minutes << 8) | counter;
    }

    private uint Decayed(uint bits)
    {
        uint counter = bits & 0xFF;
        if (DecayMinutes == 0) return counter;
        uint periods = ((_minutes - (bits >> 8)) & 0xFFFF) / (uint)DecayMinutes;
        return periods >= counter ? 0 : counter - periods;
    }

    private double NextFraction()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (_random >> 11) * (1.0 / (1UL << 53));
    }
}
