using System.Collections;

namespace Keyway.Differential.Commands;

/// <summary>The makers of one group of commands; a table in a file of its own.</summary>
/// <param name="name">What --groups calls it.</param>
/// <param name="kind">What its commands write; null if it writes nothing of its own.</param>
/// <param name="isExact">True if nothing in it may be mangled, because a changed word could stop a server or make it wait.</param>
internal sealed class CommandGroup(string name, Kind? kind = null, bool isExact = false) : IEnumerable<Maker>
{
    private readonly List<Maker> _makers = [];

    public string Name { get; } = name;

    public Kind? Kind { get; } = kind;

    /// <summary>Makers that are no command of this group, but what it needs around it.</summary>
    public IEnumerable<Maker> Makers => _makers;

    /// <param name="command">"LPUSH", or "XGROUP CREATE"; what stands behind a colon tells two makers of a command apart.</param>
    /// <param name="weight">How often it comes; 10 is usual.</param>
    /// <param name="make">The words of one request.</param>
    public void Add(string command, int weight, Func<Dice, string[]> make) => Add(command, weight, mangledFrom: 1, make);

    /// <param name="command">As above.</param>
    /// <param name="weight">As above.</param>
    /// <param name="mangledFrom">2 where the key must be one that only this group writes.</param>
    /// <param name="make">As above.</param>
    public void Add(string command, int weight, int mangledFrom, Func<Dice, string[]> make) =>
        _makers.Add(new Maker(command, weight, isExact ? 0 : mangledFrom, dice => [new Call(make(dice))]));

    /// <summary>Several requests that belong together; never mangled.</summary>
    public CommandGroup With(string command, int weight, Func<Dice, Call[]> make)
    {
        _makers.Add(new Maker(command, weight, MangledFrom: 0, make));
        return this;
    }

    public IEnumerator<Maker> GetEnumerator() => _makers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
