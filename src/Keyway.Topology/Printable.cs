using System.Text;

namespace Keyway.Topology;

/// <summary>Bytes of keys and prefixes for people and logs: nothing that could end a line or drive a terminal.</summary>
public static class Printable
{
    /// <summary>Printable ASCII as it is; other bytes and the backslash as <c>\x5c</c>.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
        {
            if (b is >= 0x20 and < 0x7F and not (byte)'\\') text.Append((char)b);
            else text.Append($"\\x{b:x2}");
        }

        return text.ToString();
    }
}
