namespace Keyway.Differential.Commands;

/// <summary>Makes requests of one command.</summary>
internal sealed record Maker(string Command, int Weight, bool MayMangle, Func<Dice, Call[]> Make)
{
    /// <summary>The command as the servers know it: "xgroup|create".</summary>
    public string FullName { get; } = Command.Split(':')[0].ToLowerInvariant().Replace(' ', '|');
}
