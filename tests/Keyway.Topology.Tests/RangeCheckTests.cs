using System.Text;

namespace Keyway.Topology.Tests;

public class RangeCheckTests
{
    [Theory]
    [InlineData("0-16383", "")]
    [InlineData("8192-16383 0-8191", "")]
    [InlineData("0-5460 5461-10922", "Gap 1,-1 10923-16383")]
    [InlineData("1-16383", "Gap -1,0 0")]
    [InlineData("0-5 7-16383", "Gap 0,1 6")]
    [InlineData("0-100 50-16383", "Overlap 1,0 50-100")]
    [InlineData("0-16383 5-6 7", "Overlap 1,0 5-6;Overlap 2,0 7")]
    [InlineData("0-16384", "BadBound 0,-1 0-16384")]
    [InlineData("0-5 9-6 10-16383", "Reversed 1,-1 9-6")]
    [InlineData("", "Gap -1,-1 0-16383")]
    public void Slot_ranges_hold_every_slot_once(string ranges, string problems) =>
        Assert.Equal(problems, Show(SlotCoverage.Check([.. Words(ranges).Select(range => MapText.Slots(range))])));

    [Theory]
    [InlineData("", "")]
    [InlineData("1-20000 20001-30000 30001-", "")]
    [InlineData("30001- -5 7", "")]
    [InlineData("1-20000 20000-30000", "Overlap 1,0 20000")]
    [InlineData("5- 1-9", "Overlap 0,1 5-9")]
    [InlineData("5- 100000000000000000000000-", "Overlap 1,0 100000000000000000000000-")]
    [InlineData("1-100 20-30 40-50", "Overlap 1,0 20-30;Overlap 2,0 40-50")]
    [InlineData("-5 -7", "Overlap 1,0 -5")]
    [InlineData("10-9", "Reversed 0,-1 10-9")]
    [InlineData("01-9", "BadBound 0,-1 01-9")]
    [InlineData("x-9", "BadBound 0,-1 x-9")]
    public void Number_ranges_do_not_overlap(string ranges, string problems) =>
        Assert.Equal(problems, Show(NumberRanges.Check([.. Words(ranges).Select(range => MapText.Numbers(range))])));

    [Theory]
    [InlineData("", "")]
    [InlineData("..2025 2025..2026 2026..", "")]
    [InlineData("b..c ..a", "")]
    [InlineData("a..c b..d", "Overlap 1,0 b..c")]
    [InlineData("a.. b..", "Overlap 1,0 b..")]
    [InlineData("..b ..a", "Overlap 1,0 ..a")]
    [InlineData("b..a", "Reversed 0,-1 b..a")]
    [InlineData("a..a", "Reversed 0,-1 a..a")]
    public void Text_ranges_do_not_overlap(string ranges, string problems) =>
        Assert.Equal(problems, Show(TextRanges.Check([.. Words(ranges).Select(range => MapText.Texts(range))])));

    [Fact]
    public void Bounds_are_printed_without_what_a_terminal_would_obey() =>
        Assert.Equal("\\x00\\xff..b\\x5c\\x0a", TextRanges.Format([0, 255], Encoding.ASCII.GetBytes("b\\\n")));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Show(IReadOnlyList<RangeProblem> problems) =>
        string.Join(';', problems.Select(problem => $"{problem.Kind} {problem.Range},{problem.Other} {problem.Part}"));
}
