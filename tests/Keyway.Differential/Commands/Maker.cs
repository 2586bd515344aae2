namespace Keyway.Differential.Commands;

/// <summary>Makes requests of one command.</summary>
/// <param name="Command">"LPUSH", or "XGROUP CREATE"; what stands behind a colon tells two makers of a command apart.</param>
/// <param name="Weight">How often it comes; 10 is usual.</param>
/// <param name="MangledFrom">The first word that may become another; 0 if none may.</param>
/// <param name="Make">The words.</param>
internal sealed record Maker(string Command, int Weight, int MangledFrom, Func<Dice, Call[]> Make)
{
    /// <summary>The command as the servers know it: "xgroup|create".</summary>
    public string FullName { get; } = Command.Split(':')[0].ToLowerInvariant().Replace(' ', '|');
}
