namespace Keyway.Differential.Commands;

/// <summary>Requests that nobody meant: words too many, too few, out of place.</summary>
internal static class Mangling
{
    // No number here may fill the memory or keep a server busy.
    private static readonly string[] Odd = ["", "x", "-1", "0", "1.5", "99999999999999999999", "nan", "\0", "COUNT", "*", "(", "[", "9223372036854775807", " "];

    /// <param name="call">As it should be.</param>
    /// <param name="dice">Say what becomes of it.</param>
    /// <param name="from">Words before this one stay what they are, if they stay at all.</param>
    public static Call Mangle(Call call, Dice dice, int from = 1)
    {
        string[] words = call.Words;
        int at = words.Length <= from ? 0 : dice.Between(from, words.Length - 1);
        return call with
        {
            Words = dice.Below(6) switch
            {
                0 when words.Length > 1 => words[..^1],
                1 => [.. words, dice.Pick("extra", "", words[^1])],
                2 => [words[0]],
                3 when at > 0 => [.. words[..at], dice.Pick(Odd), .. words[(at + 1)..]],
                4 when at > 0 => [.. words[..at], .. words[(at + 1)..]],
                5 when at > from => [.. words[..(at - 1)], words[at], words[at - 1], .. words[(at + 1)..]],
                _ => [.. words, "extra"],
            },
        };
    }
}
