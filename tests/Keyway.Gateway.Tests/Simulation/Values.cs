using System.Globalization;
using System.Text;

namespace Keyway.Gateway.Tests.Simulation;

/// <summary>
/// What a shard answers for a key: text that names the key and the kind of link that it was asked on, so that a reply that reaches the
/// wrong request, or comes over the wrong link, is seen. Keys that end in ":L" have values that are relayed in pieces.
/// </summary>
internal static class Values
{
    public static byte[] Of(string key, int database, bool resp3)
    {
        byte[] text = Encoding.Latin1.GetBytes($"{key}|{database}|{(resp3 ? 3 : 2)}|");
        if (!key.EndsWith(":L", StringComparison.Ordinal)) return text;

        byte[] large = new byte[LargeLength(key)];
        for (int i = 0; i < large.Length; i += text.Length) text.AsSpan(0, Math.Min(text.Length, large.Length - i)).CopyTo(large.AsSpan(i));
        return large;
    }

    public static string Bulk(string key, int database, bool resp3)
    {
        byte[] value = Of(key, database, resp3);
        return $"${value.Length.ToString(CultureInfo.InvariantCulture)}\r\n{Encoding.Latin1.GetString(value)}\r\n";
    }

    public static string Large(string key, int length)
    {
        var text = new StringBuilder(length + key.Length);
        while (text.Length < length) text.Append(key);
        text.Length = length;
        return text.ToString();
    }

    private static int LargeLength(string key)
    {
        int number = int.Parse(key.AsSpan(key.IndexOf(':') + 1, key.Length - key.IndexOf(':') - 3), CultureInfo.InvariantCulture);
        return number % 16 == 0 ? 1_400_000 : 200_000 + number % 4 * 100_000;
    }
}
