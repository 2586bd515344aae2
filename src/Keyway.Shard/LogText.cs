using System.Text;

namespace Keyway.Shard;

/// <summary>What others have sent, as it may stand in the log: on one line, and not too long.</summary>
internal static class LogText
{
    private const int Longest = 256;

    public static string Of(ReadOnlySpan<byte> bytes) => Of(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, Longest)]));

    public static string Of(string text) => new([.. text.Take(Longest).Select(c => char.IsControl(c) ? '?' : c)]);
}
