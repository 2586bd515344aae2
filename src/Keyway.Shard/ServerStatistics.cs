using System.Text;
using Keyway.Protocol.Commands;

namespace Keyway.Shard;

/// <summary>What a server has done since its start or CONFIG RESETSTAT. One writer, the loop's thread.</summary>
internal sealed class ServerStatistics
{
    private const int RateSamples = 16;
    private const int MaxErrorCodes = 128;      // codes come from our own texts; a bound all the same

    private readonly long[] _operationsPerSecond = new long[RateSamples];
    private readonly long[] _inputPerSecond = new long[RateSamples];
    private readonly long[] _outputPerSecond = new long[RateSamples];
    private readonly long[] _replicaOutputPerSecond = new long[RateSamples];
    private int _sample;
    private long _sampledAtMs;
    private long _sampledCommands, _sampledInput, _sampledOutput, _sampledReplicaOutput;

    /// <summary>When the last command ended, or the batch of the present one began: read once for each command, as its end and the next one's beginning.</summary>
    public long ClockTicks;

    /// <summary>What the loop had counted when the statistics were last reset.</summary>
    public long SlowTurnsBefore;

    public int CollectionsBefore;

    public long Connections;
    public long RejectedConnections;
    public long Commands;
    public long InputBytes;
    public long OutputBytes;
    public long ReplicaOutputBytes;
    public long Reads;
    public long Writes;
    public long Errors;
    public long UnexpectedErrors;
    public long PeakMemory;
    public long ReleasedKeys;
    public long FullSyncs;
    public long PartialSyncs;
    public long RefusedPartialSyncs;

    /// <summary>By <see cref="Command.Id"/>.</summary>
    public CommandCounts[] ByCommand { get; } = new CommandCounts[CommandTable.All.Length];

    public SortedDictionary<string, long> ErrorsByCode { get; } = new(StringComparer.Ordinal);

    public long OperationsPerSecond => _operationsPerSecond.Sum() / RateSamples;

    public double InputKilobytesPerSecond => _inputPerSecond.Sum() / (double)RateSamples / 1024;

    public double OutputKilobytesPerSecond => _outputPerSecond.Sum() / (double)RateSamples / 1024;

    public double ReplicaKilobytesPerSecond => _replicaOutputPerSecond.Sum() / (double)RateSamples / 1024;

    public void CountError(ReadOnlySpan<byte> text)
    {
        Errors++;
        int end = text.IndexOf((byte)' ');
        string code = Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
        if (ErrorsByCode.Count < MaxErrorCodes || ErrorsByCode.ContainsKey(code)) ErrorsByCode[code] = ErrorsByCode.GetValueOrDefault(code) + 1;
    }

    /// <summary>Called about ten times a second: the rates that INFO shows are means over the last samples.</summary>
    public void Sample(long nowMs)
    {
        long elapsedMs = nowMs - _sampledAtMs;
        if (_sampledAtMs != 0 && elapsedMs > 0)
        {
            _operationsPerSecond[_sample] = (Commands - _sampledCommands) * 1000 / elapsedMs;
            _inputPerSecond[_sample] = (InputBytes - _sampledInput) * 1000 / elapsedMs;
            _outputPerSecond[_sample] = (OutputBytes - _sampledOutput) * 1000 / elapsedMs;
            _replicaOutputPerSecond[_sample] = (ReplicaOutputBytes - _sampledReplicaOutput) * 1000 / elapsedMs;
            _sample = (_sample + 1) % RateSamples;
        }

        (_sampledAtMs, _sampledCommands, _sampledInput, _sampledOutput, _sampledReplicaOutput) = (nowMs, Commands, InputBytes, OutputBytes, ReplicaOutputBytes);
    }

    public void Reset()
    {
        Connections = RejectedConnections = Commands = InputBytes = OutputBytes = ReplicaOutputBytes = Reads = Writes = Errors = UnexpectedErrors = ReleasedKeys = 0;
        FullSyncs = PartialSyncs = RefusedPartialSyncs = 0;
        _sampledCommands = _sampledInput = _sampledOutput = _sampledReplicaOutput = 0;
        Array.Clear(ByCommand);
        Array.Clear(_operationsPerSecond);
        Array.Clear(_inputPerSecond);
        Array.Clear(_outputPerSecond);
        Array.Clear(_replicaOutputPerSecond);
        ErrorsByCode.Clear();
    }
}
