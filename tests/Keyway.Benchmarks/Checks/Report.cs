using System.Globalization;
using System.Text;

namespace Keyway.Benchmarks.Checks;

/// <summary>Prints as the figures come, keeps the same as Markdown, and counts the bounds that were missed.</summary>
internal sealed class Report
{
    private readonly StringBuilder _markdown = new();
    private readonly List<(string Verdict, string What, string Bound, string Figure)> _bounds = [];

    /// <summary>Bounds missed, or without a figure because what they are about is absent.</summary>
    public int Misses { get; private set; }

    public void Section(string title)
    {
        Console.WriteLine($"\n== {title}");
        _markdown.Append($"\n## {title}\n\n");
    }

    public void Line(string text)
    {
        Console.WriteLine(text);
        _markdown.Append(text).Append("\n\n");
    }

    public void Table(string title, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. names.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max())];
        Console.WriteLine($"\n{title}");
        foreach (IReadOnlyList<string> row in rows.Prepend(names))
            Console.WriteLine("  " + string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));

        _markdown.Append($"### {title}\n\n| {string.Join(" | ", names)} |\n|{string.Concat(names.Select((_, i) => i == 0 ? "---|" : "--:|"))}\n");
        foreach (IReadOnlyList<string> row in rows) _markdown.Append($"| {string.Join(" | ", row)} |\n");
        _markdown.Append('\n');
    }

    public void AtMost(string what, double? figure, double bound, string unit) =>
        Bound(what, "<=", figure, bound, unit, figure <= bound);

    public void AtLeast(string what, double? figure, double bound, string unit) =>
        Bound(what, ">=", figure, bound, unit, figure >= bound);

    public void Holds(string what, bool holds, string seen) => Add(holds ? "PASS" : "MISS", what, "", seen);

    /// <returns>The exit code: 0 when every bound was met.</returns>
    public int Finish(string? markdownFile)
    {
        Console.WriteLine($"\n{_bounds.Count - Misses} of {_bounds.Count} bounds met");
        foreach ((string verdict, string what, string bound, string figure) in _bounds)
        {
            if (verdict != "PASS") Console.WriteLine($"  {verdict}  {what}  {bound}  {figure}");
        }

        if (markdownFile is not null)
        {
            _markdown.Append("\n## Bounds\n\n| | what | bound | figure |\n|---|---|--:|--:|\n");
            foreach ((string verdict, string what, string bound, string figure) in _bounds)
                _markdown.Append($"| {verdict} | {what} | {bound} | {figure} |\n");
            File.WriteAllText(markdownFile, _markdown.ToString());
        }

        return Misses == 0 ? 0 : 1;
    }

    private void Bound(string what, string sign, double? figure, double bound, string unit, bool met)
    {
        string seen = figure is { } value && !double.IsNaN(value) ? Number(value) + unit : "no figure";
        Add(seen == "no figure" ? "ABSENT" : met ? "PASS" : "MISS", what, $"{sign} {Number(bound)}{unit}", seen);
    }

    private void Add(string verdict, string what, string bound, string figure)
    {
        _bounds.Add((verdict, what, bound, figure));
        if (verdict != "PASS") Misses++;
        Console.WriteLine($"  {verdict,-6} {what,-66} {bound,12}  {figure}");
    }

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) < 10 ? "0.###" : Math.Abs(value) < 1000 ? "0.#" : "#,0", CultureInfo.InvariantCulture);
}
