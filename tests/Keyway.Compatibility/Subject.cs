namespace Keyway.Compatibility;

/// <summary>A library or an application, and the script that uses it as people do. It prints "works" at its end.</summary>
/// <param name="Command">Run in tests/Clients; {port}, {jobs}, {tls}, {authority}, {socket} and {folder} are filled in.</param>
/// <param name="Probe">Ends with 0 where what the script needs is installed.</param>
public sealed record Subject(string Name, string[] Command, string[] Probe)
{
    /// <summary>Where it comes from: what to install.</summary>
    public required string Source { get; init; }

    /// <summary>Short, and what it needs is fetched in a moment: part of every test run.</summary>
    public bool IsQuick { get; init; }

    public override string ToString() => Name;
}
