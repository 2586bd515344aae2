using Keyway.Differential.Commands;
using Keyway.Differential.Commands.Groups;

namespace Keyway.Differential.Running;

/// <summary>
/// Makes sequences of a run: each from its own seed, with a few of the groups and some of their commands more often than others. What all sequences
/// had in common, none of them would ever leave out.
/// </summary>
internal sealed class SequenceMaker(int seed, CommandGroup[] groups, Func<Maker, bool> isServed, IReadOnlyList<string> payloads, int length)
{
    private const int LengthOfSessions = 250;     // they wait for each reply
    private const int MostGroups = 4;

    private readonly Maker[] _data = [.. Catalogue.Data.SelectMany(group => group.Makers).Where(isServed)];
    private readonly CommandGroup[] _groups = [.. groups.Where(group => group.Makers.Any(isServed))];

    private readonly CommandGroup[] _writing = [.. Catalogue.Data.Where(group => group.Kind != null && group.Makers.Any(isServed))];

    public Sequence Make(int number, int protocol)
    {
        int own = HashCode(seed, number, protocol);
        CommandGroup main = _groups[number % _groups.Length];
        bool isConcurrent = Catalogue.Sessions.Contains(main);
        CommandGroup[] chosen = isConcurrent ? [main] : Choose(main, new Random(own));
        Kind[] kinds = [.. chosen.Where(group => group.Kind != null).Select(group => group.Kind!.Value)];
        var dice = new Dice(own, payloads, _data, kinds);
        List<(Maker Maker, int Weight)> makers = [.. chosen.SelectMany(group => group.Makers).Where(isServed).Select(maker => (maker, Weight(maker, dice)))];
        int total = makers.Sum(entry => entry.Weight);

        var calls = new List<Call>();
        int wanted = isConcurrent ? Math.Min(length, LengthOfSessions) : length;
        for (int i = dice.OneIn(2) ? dice.Below(4) : 0; i > 0; i--) calls.Add(new Call(Thresholds.Begin(dice)));
        while (calls.Count < wanted)
        {
            if (!isConcurrent && dice.OneIn(300)) calls.Add(new Call(Thresholds.Change(dice)));
            Maker maker = Draw(makers, dice.Below(total));
            Call[] made = maker.Make(dice);
            if (maker.MangledFrom > 0 && dice.Percent(3)) made = [Damaged(made[0], dice, maker.MangledFrom)];
            if (made.Length > 0 && dice.OneIn(8) && made[0].Words[0].Length > 0) made[0] = made[0] with { Words = [dice.AnyCase(made[0].Words[0]), .. made[0].Words[1..]] };
            calls.AddRange(made);
        }

        return new Sequence(number, seed, protocol, string.Join(',', chosen.Select(group => group.Name)), isConcurrent, main == EventCalls.Group, [.. calls]);
    }

    // An ID that becomes "*" would be the clock's to choose, and stay.
    private static Call Damaged(Call call, Dice dice, int from)
    {
        Call damaged = Mangling.Mangle(call, dice, from);
        return Catalogue.IsUncertain(damaged) && !Catalogue.IsUncertain(call) ? call : damaged;
    }

    // What writes nothing of its own is joined by something that does.
    private CommandGroup[] Choose(CommandGroup main, Random random)
    {
        var chosen = new List<CommandGroup> { main };
        if (main.Kind == null) chosen.Add(_writing[random.Next(_writing.Length)]);
        for (int i = random.Next(MostGroups); i > 0; i--)
        {
            CommandGroup other = _groups[random.Next(_groups.Length)];
            if (!chosen.Contains(other) && !Catalogue.Sessions.Contains(other)) chosen.Add(other);
        }

        return [.. chosen];
    }

    // Seldom not at all, seldom very often.
    private static int Weight(Maker maker, Dice dice) => maker.Weight * dice.Pick([0, 1, 2, 4, 4, 4, 8, 16]);

    private static Maker Draw(List<(Maker Maker, int Weight)> makers, int at)
    {
        foreach ((Maker maker, int weight) in makers)
        {
            at -= weight;
            if (at < 0) return maker;
        }

        return makers[^1].Maker;
    }

    // Not the runtime's, which differs from process to process.
    private static int HashCode(int a, int b, int c)
    {
        ulong h = 0x9E3779B97F4A7C15UL;
        foreach (int part in (int[])[a, b, c])
        {
            h = (h ^ (uint)part) * 0xD6E8FEB86659FD93UL;
            h ^= h >> 32;
        }

        return (int)(h & int.MaxValue);
    }
}
