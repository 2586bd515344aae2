using System.Globalization;
using System.Numerics;
using System.Text;
using Keyway.Topology;

namespace Keyway.Configuration;

/// <summary>
/// Reads slots and ranges, and says of what is wrong with them what to write instead. Answers null when a range could not be read:
/// then nothing is said about gaps and overlaps, which might be its fault.
/// </summary>
internal sealed class RangeReader(Problems problems, ShardNames shards, Func<Position, int> lineOf)
{
    private const int LastSlot = HashSlot.Count - 1;

    /// <summary>Where each range of the list stands, for what is found when all are read.</summary>
    private readonly List<Position> _places = [];

    public IReadOnlyList<SlotRange>? ReadSlots(MappingNode mapping)
    {
        int errorsBefore = problems.ErrorCount;
        bool readable = true;
        var ranges = new List<SlotRange>();
        foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
        {
            int shard = shards.Resolve(value);
            if (TryReadSlots(key, out int first, out int last))
            {
                ranges.Add(new SlotRange(first, last, shard, lineOf(key.At)));
                _places.Add(key.At);
            }
            else
            {
                readable = false;
            }
        }

        if (mapping.Entries.Count == 0) problems.Error(mapping.At, "'slots' is empty", "write `0-16383: s1`");
        else if (readable) ReportSlots(ranges);
        return problems.ErrorCount > errorsBefore ? null : ranges;
    }

    public IReadOnlyList<NumberRange>? ReadNumbers(ConfigNode node)
    {
        int errorsBefore = problems.ErrorCount;
        bool readable = true;
        var ranges = new List<NumberRange>();
        foreach (var (at, bounds, shard) in Entries(node, NumberFromKey, NumberFromList, ref readable))
        {
            ranges.Add(new NumberRange(bounds.From, bounds.To, shard, lineOf(at)));
            _places.Add(at);
        }

        if (readable) ReportNumbers(ranges);
        return problems.ErrorCount > errorsBefore ? null : ranges;
    }

    public IReadOnlyList<TextRange>? ReadTexts(ConfigNode node)
    {
        int errorsBefore = problems.ErrorCount;
        bool readable = true;
        var ranges = new List<TextRange>();
        foreach (var (at, bounds, shard) in Entries(node, TextFromKey, TextFromList, ref readable))
        {
            ranges.Add(new TextRange(bounds.From, bounds.To, shard, lineOf(at)));
            _places.Add(at);
        }

        if (readable) ReportTexts(ranges);
        return problems.ErrorCount > errorsBefore ? null : ranges;
    }

    /// <summary>The entries of both forms: a mapping of bounds to shards, or a list of from, to and shard.</summary>
    private List<(Position At, (T? From, T? To) Bounds, int Shard)> Entries<T>(ConfigNode node, Func<ScalarNode, (T?, T?)?> fromKey,
        Func<OptionReader, (T?, T?)?> fromList, ref bool readable) where T : class
    {
        var entries = new List<(Position, (T?, T?), int)>();
        switch (node)
        {
            case MappingNode mapping:
                foreach ((ScalarNode key, ConfigNode value) in mapping.Entries)
                {
                    int shard = shards.Resolve(value);
                    if (fromKey(key) is { } bounds) entries.Add((key.At, bounds, shard));
                    else readable = false;
                }

                break;
            case SequenceNode list:
                foreach (ConfigNode item in list.Items)
                {
                    if (item is not MappingNode mapping)
                    {
                        readable = false;
                        if (item is not RefusedNode)
                            problems.Error(item.At, "a range in a list is a mapping", "write `- { from: a, to: b, shard: s1 }`");
                        continue;
                    }

                    var options = new OptionReader(OptionTable.Range, mapping, problems);
                    options.Require("the range");
                    int shard = options.Node("shard") is { } name ? shards.Resolve(name) : -1;
                    if (fromList(options) is { } bounds) entries.Add((mapping.At, bounds, shard));
                    else readable = false;
                }

                break;
            case RefusedNode:
                readable = false;
                return entries;
            default:
                readable = false;
                problems.Error(node.At, "'ranges' takes a mapping or a list", "write `ranges: { 1-20000: s1 }`");
                return entries;
        }

        if (entries.Count > 0 || !readable) return entries;

        readable = false;
        problems.Error(node.At, "'ranges' is empty", "write one range at least");
        return entries;
    }

    // 0-5460 or 7
    private bool TryReadSlots(ScalarNode key, out int first, out int last)
    {
        string text = key.Text;
        int dash = text.IndexOf('-');
        string from = dash < 0 ? text : text[..dash];
        string to = dash < 0 ? text : text[(dash + 1)..];

        bool firstReads = TryReadSlot(from, out first);
        bool lastReads = TryReadSlot(to, out last);
        if (firstReads && lastReads && first <= LastSlot && last <= LastSlot && first <= last) return true;

        if (firstReads && lastReads && first > LastSlot)
            problems.Error(key.At, $"slots end at {LastSlot}", "remove this range");
        else if (firstReads && lastReads && last > LastSlot)
            problems.Error(key.At, $"slots end at {LastSlot}", $"write {SlotCoverage.Format(first, LastSlot)}");
        else if (firstReads && lastReads)
            problems.Error(key.At, $"'{text}' is reversed", $"write {last}-{first}");
        else if (firstReads && first <= LastSlot && to.Length == 0)
            problems.Error(key.At, $"slots have no open ends: '{text}'", $"write {SlotCoverage.Format(first, LastSlot)}");
        else if (lastReads && last <= LastSlot && from.Length == 0)
            problems.Error(key.At, $"slots have no open ends: '{text}'", $"write {SlotCoverage.Format(0, last)}");
        else
            problems.Error(key.At, $"'{text}' is no range of slots", "write it as 0-5460, or as 7");
        return false;
    }

    private static bool TryReadSlot(string digits, out int slot) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out slot);

    private void ReportSlots(List<SlotRange> ranges)
    {
        // Where each range should begin: one that overlaps and leaves a gap behind it gets one answer.
        int[] starts = [.. ranges.Select(range => range.First)];
        foreach (RangeProblem problem in SlotCoverage.Check(ranges))
        {
            // At the start there is no range before the gap; the first one stands in.
            int index = problem.Range >= 0 ? problem.Range : problem.Other;
            SlotRange range = ranges[index];
            if (problem.Kind == RangeProblemKind.Overlap)
            {
                SlotRange other = ranges[problem.Other];
                starts[index] = Math.Min(other.Last + 1, range.Last);
                problems.Error(_places[index], $"{Belong("slot", problem.Part)} to {NameOf(other.Shard)} already ({Where(problem.Other)})",
                    range.Last > other.Last ? $"write {SlotCoverage.Format(other.Last + 1, range.Last)}" : "remove this range");
            }
            else
            {
                int first = problem.Range < 0 ? 0 : starts[index];
                int last = problem.Range < 0 ? range.Last : problem.Other >= 0 ? ranges[problem.Other].First - 1 : LastSlot;
                problems.Error(_places[index], $"no range holds {(IsSingle(problem.Part) ? "slot" : "slots")} {problem.Part}",
                    $"write {SlotCoverage.Format(first, last)}");
            }
        }
    }

    // 1-20000, 30001-, -5 or 7
    private (string? From, string? To)? NumberFromKey(ScalarNode key)
    {
        int dash = key.Text.IndexOf('-');
        string from = dash < 0 ? key.Text : key.Text[..dash];
        string to = dash < 0 ? key.Text : key.Text[(dash + 1)..];
        if (IsDigitsOrNothing(from) && IsDigitsOrNothing(to) && from.Length + to.Length > 0) return (Canonical(from), Canonical(to));

        problems.Error(key.At, $"'{key.Text}' is no range of numbers",
            key.Text == "-" ? "write 0- for every number" : "write it as 1-20000, 20001-, -5 or 7");
        return null;
    }

    private (string? From, string? To)? NumberFromList(OptionReader options)
    {
        bool reads = true;
        foreach (string name in new[] { "from", "to" })
        {
            if (!options.Written.Contains(name)) continue;
            if (options.Scalar(name) is { } scalar && IsDigitsOrNothing(scalar.Text) && scalar.Text.Length > 0) continue;

            reads = false;
            if (options.Has(name)) problems.Error(options.ValueAt(name), $"'{options.Scalar(name)?.Text}' is no number", "write decimal digits");
        }

        if (!reads) return null;
        string? from = options.Scalar("from")?.Text;
        string? to = options.Scalar("to")?.Text;
        return (from is null && to is null ? "0" : Canonical(from ?? ""), Canonical(to ?? ""));
    }

    private static bool IsDigitsOrNothing(string text) => text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    private static string? Canonical(string digits) => digits.Length == 0 ? null : digits.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0";

    private void ReportNumbers(List<NumberRange> ranges)
    {
        foreach (RangeProblem problem in NumberRanges.Check(ranges))
        {
            NumberRange range = ranges[problem.Range];
            if (problem.Kind == RangeProblemKind.Reversed)
            {
                problems.Error(_places[problem.Range], $"'{problem.Part}' is reversed", $"write {NumberRanges.Format(range.Last, range.First)}");
                continue;
            }

            // Behind the other range there is room for this one only if it reaches further.
            string? held = ranges[problem.Other].Last;
            string? next = held is null ? null : (BigInteger.Parse(held, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
            bool hasRoom = next is not null && (range.Last is null || NumberOrder(next, range.Last) <= 0);
            problems.Error(_places[problem.Range],
                $"{Belong("number", problem.Part)} to {NameOf(ranges[problem.Other].Shard)} already ({Where(problem.Other)})",
                hasRoom ? $"write {NumberRanges.Format(next, range.Last)}" : "remove this range, or shorten the other");
        }
    }

    private static int NumberOrder(string left, string right) =>
        left.Length != right.Length ? left.Length - right.Length : string.CompareOrdinal(left, right);

    // ..2025, 2025..2026 or 2026..
    private (byte[]? From, byte[]? To)? TextFromKey(ScalarNode key)
    {
        string text = key.Text;
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        const string ListForm = "use the list form: `- { from: a, to: b, shard: s1 }`";
        if (dots < 0 || text == "..")
        {
            problems.Error(key.At, $"'{text}' is no range of texts", "write it as ..2025, 2025..2026 or 2026..");
            return null;
        }

        // "a...b" could end in "a" or in "a."
        if (text.IndexOf("..", dots + 1, StringComparison.Ordinal) >= 0)
        {
            problems.Error(key.At, $"'{text}' holds '..' more than once", ListForm);
            return null;
        }

        string from = text[..dots];
        string to = text[(dots + 2)..];
        if (from.StartsWith("hex:", StringComparison.Ordinal) || to.StartsWith("hex:", StringComparison.Ordinal))
        {
            problems.Error(key.At, "bounds in hexadecimal stand in the list form alone", ListForm);
            return null;
        }

        return (from.Length == 0 ? null : Encoding.UTF8.GetBytes(from), to.Length == 0 ? null : Encoding.UTF8.GetBytes(to));
    }

    private (byte[]? From, byte[]? To)? TextFromList(OptionReader options)
    {
        bool reads = TryReadText(options, "from", out byte[]? from) & TryReadText(options, "to", out byte[]? to);
        return reads ? (from, to) : null;
    }

    private bool TryReadText(OptionReader options, string name, out byte[]? bound)
    {
        bound = null;
        if (!options.Written.Contains(name)) return true;
        if (options.Scalar(name) is not { } scalar) return false;

        // YAML would read 2025 as a number and 2025-01-01 as a date, and print them back otherwise than they were written.
        if (scalar.Plain && PlainScalar.ReadsAs(scalar.Text) is { } kind)
        {
            problems.Error(scalar.At, $"{scalar.Text} reads as a {kind}, and this is a text", $"write \"{scalar.Text}\"");
            return false;
        }

        if (scalar.Text.Length == 0)
        {
            problems.Error(scalar.At, $"'{name}' is empty", $"remove it for an open end");
            return false;
        }

        if (!scalar.Text.StartsWith("hex:", StringComparison.Ordinal))
        {
            bound = Encoding.UTF8.GetBytes(scalar.Text);
            return true;
        }

        string digits = scalar.Text[4..];
        if (digits.Length == 0 || digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            problems.Error(scalar.At, $"'{scalar.Text}' is not hexadecimal", "write two digits a byte, as in hex:00ff");
            return false;
        }

        bound = Convert.FromHexString(digits);
        return true;
    }

    private void ReportTexts(List<TextRange> ranges)
    {
        foreach (RangeProblem problem in TextRanges.Check(ranges))
        {
            TextRange range = ranges[problem.Range];
            if (problem.Kind == RangeProblemKind.Reversed)
            {
                bool isEmpty = range.From.AsSpan().SequenceEqual(range.To);
                problems.Error(_places[problem.Range],
                    isEmpty ? $"'{problem.Part}' holds nothing, since its end is excluded" : $"'{problem.Part}' is reversed",
                    isEmpty ? "write the first text that it holds no longer" : $"write {TextRanges.Format(range.To, range.From)}");
                continue;
            }

            byte[]? held = ranges[problem.Other].To;
            bool hasRoom = held is not null && (range.To is null || held.AsSpan().SequenceCompareTo(range.To) < 0);
            problems.Error(_places[problem.Range],
                $"texts {problem.Part} belong to {NameOf(ranges[problem.Other].Shard)} already ({Where(problem.Other)})",
                hasRoom ? $"write {TextRanges.Format(held, range.To)}" : "remove this range, or shorten the other");
        }
    }

    private static string Belong(string noun, string part) => IsSingle(part) ? $"{noun} {part} belongs" : $"{noun}s {part} belong";

    private static bool IsSingle(string part) => !part.Contains('-');

    private string NameOf(int shard) => shard < 0 ? "another range" : $"'{shards.All[shard]}'";

    private string Where(int range) => $"line {_places[range].Line}";
}
