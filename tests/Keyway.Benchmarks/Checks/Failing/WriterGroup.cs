using System.Diagnostics;
using System.Globalization;
using Keyway.Benchmarks.Peers;

namespace Keyway.Benchmarks.Checks.Failing;

/// <summary>Writers of one kind, and the longest time that went by between two acknowledged writes of any of them.</summary>
internal sealed class WriterGroup(string name)
{
    private readonly Lock _gate = new();
    private readonly List<SetWriter> _writers = [];
    private long _last = Stopwatch.GetTimestamp();
    private long _longest;

    public string Name => name;

    public List<double> GapsMs { get; } = [];

    public int Acknowledged => _writers.Sum(writer => writer.Acknowledged.Count);

    public int Doubtful => _writers.Sum(writer => writer.Doubtful.Count);

    public int Refused => _writers.Sum(writer => writer.Refused);

    public IReadOnlyList<string> Unexpected => [.. _writers.SelectMany(writer => writer.Unexpected)];

    public void Add(SetWriter writer) => _writers.Add(writer);

    public void Start()
    {
        foreach (SetWriter writer in _writers) writer.Start();
    }

    public void Stop()
    {
        foreach (SetWriter writer in _writers) writer.Stop();
    }

    public void Note(long ticks)
    {
        lock (_gate)
        {
            _longest = Math.Max(_longest, ticks - _last);
            _last = Math.Max(_last, ticks);
        }
    }

    public void BeginRound()
    {
        lock (_gate) _longest = 0;
    }

    /// <summary>The gap that is still open counts as far as it is.</summary>
    public void EndRound()
    {
        lock (_gate) GapsMs.Add(Stopwatch.GetElapsedTime(0, Math.Max(_longest, Stopwatch.GetTimestamp() - _last)).TotalMilliseconds);
    }

    /// <summary>After all have stopped.</summary>
    /// <returns>How long after this moment the first write was acknowledged; null when none was.</returns>
    public double? FirstAfterMs(long moment)
    {
        long first = _writers.SelectMany(writer => writer.Acknowledged.Values).Where(when => when > moment).DefaultIfEmpty(long.MaxValue).Min();
        return first == long.MaxValue ? null : Stopwatch.GetElapsedTime(moment, first).TotalMilliseconds;
    }

    public SetComparison Compare(RespClient master)
    {
        var lostAt = new List<long>();
        int all = 0;
        int phantoms = 0;
        foreach (SetWriter writer in _writers)
        {
            string[] lines = master.Call("SMEMBERS", writer.Key).Split("\r\n");
            var present = new HashSet<int>();
            for (int i = 2; i < lines.Length; i += 2) present.Add(int.Parse(lines[i], CultureInfo.InvariantCulture));
            all += present.Count;
            lostAt.AddRange(writer.Acknowledged.Where(entry => !present.Contains(entry.Key)).Select(entry => entry.Value));
            phantoms += present.Count(member => !writer.Acknowledged.ContainsKey(member) && !writer.Doubtful.Contains(member));
        }

        lostAt.Sort();
        return new SetComparison(lostAt, all, phantoms);
    }
}
