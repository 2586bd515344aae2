using System.Globalization;
using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Comparison;

/// <summary>Compares what the two servers tell others of each request, byte for byte but for what depends on a clock.</summary>
/// <param name="pair">The servers.</param>
/// <param name="open">Begins to listen to one of them.</param>
internal sealed class StreamComparer(ServerPair pair, Func<Side, EffectTap> open) : IDisposable
{
    private const decimal ClockTolerance = 20_000;       // milliseconds
    private const decimal WallClock = 100_000_000_000;   // no count or length is that large

    private EffectTap? _expected;
    private EffectTap? _actual;

    /// <summary>Whether both servers do the same with it: not where chance decides what they write.</summary>
    public static bool IsCertain(Call call) => call.Verb is not (Verb.Spop or Verb.Scan or Verb.Randomkey) && !call.Words.Contains("RANDOMKEY");

    /// <summary>What was said so far is forgotten.</summary>
    public void Begin()
    {
        _expected ??= open(pair.Reference);
        _actual ??= open(pair.Subject);
        Compare();
    }

    /// <summary>Since the last time: null if they have told the same, else what either has.</summary>
    public (string Expected, string Actual)? Compare()
    {
        List<byte[]> expected = _expected!.Read();
        List<byte[]> actual = _actual!.Read();
        if (AreSame(expected, actual)) return null;
        return (Text(expected), Text(actual));
    }

    public void Dispose()
    {
        _expected?.Dispose();
        _actual?.Dispose();
        _expected = _actual = null;
    }

    private static bool AreSame(List<byte[]> expected, List<byte[]> actual)
    {
        if (expected.Count != actual.Count) return false;
        for (int i = 0; i < expected.Count; i++)
        {
            if (!expected[i].AsSpan().SequenceEqual(actual[i]) && !AreSame(RespValue.Parse(expected[i]).Texts, RespValue.Parse(actual[i]).Texts)) return false;
        }

        return true;
    }

    private static bool AreSame(string[] expected, string[] actual)
    {
        if (expected.Length != actual.Length) return false;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != actual[i] && !AreClose(expected[i], actual[i])) return false;
        }

        return true;
    }

    // A time of day, or the id of an entry that begins with one: how many more there were in the same millisecond is chance.
    private static bool AreClose(string expected, string actual)
    {
        string[] one = expected.Split('-');
        string[] other = actual.Split('-');
        return one.Length == other.Length && one.Length <= 2
            && decimal.TryParse(one[0], NumberStyles.None, CultureInfo.InvariantCulture, out decimal first)
            && decimal.TryParse(other[0], NumberStyles.None, CultureInfo.InvariantCulture, out decimal second)
            && first > WallClock && second > WallClock && Math.Abs(first - second) <= ClockTolerance;
    }

    private static string Text(List<byte[]> commands)
    {
        var text = new StringBuilder();
        foreach (byte[] command in commands) text.Append(Encoding.Latin1.GetString(command));
        return text.ToString();
    }
}
