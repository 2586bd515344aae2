namespace Keyway.Benchmarks.Checks.Fuzz;

/// <summary>Counted by all fuzzing threads.</summary>
internal sealed class FuzzTally
{
    public long Inputs;
    public long Connections;

    /// <summary>Half-closed connections that the server neither answered to the end nor closed within ten seconds.</summary>
    public long Silent;

    public long Malformed;
    public int Refused;

    private string? _firstMalformed;

    public bool Stopped { get; set; }

    public string FirstMalformed => _firstMalformed ?? "";

    public void CountMalformed(string how)
    {
        Interlocked.Increment(ref Malformed);
        Interlocked.CompareExchange(ref _firstMalformed, how, null);
    }
}
