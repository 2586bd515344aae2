using System.Buffers.Text;
using System.Text;
using Keyway.Protocol;

namespace Keyway.Gateway.Shards;

/// <summary>
/// Reads a reply that has come whole, value by value, RESP2 or RESP3. What is not of the wanted kind, or at the end, is false; nothing throws, and
/// nothing is allocated for what a header announces.
/// </summary>
internal ref struct ReplyCursor(ReadOnlySpan<byte> reply)
{
    private ReadOnlySpan<byte> _rest = reply;

    /// <summary>An array, a set, or a map, whose keys and values then follow in turn.</summary>
    /// <param name="count">How many values follow; 0 for null.</param>
    public bool TryReadArray(out int count)
    {
        count = 0;
        if (_rest.IsEmpty || _rest[0] is not ((byte)'*' or (byte)'~' or (byte)'%')) return false;
        bool isMap = _rest[0] == '%';
        if (!TryReadLine(out ReadOnlySpan<byte> line) || !Utf8Parser.TryParse(line[1..], out long announced, out int used) || used != line.Length - 1) return false;

        // Each value has at least three bytes: more than that cannot follow.
        long values = Math.Max(0, isMap ? announced * 2 : announced);
        if (announced > _rest.Length || values > _rest.Length) return false;
        count = (int)values;
        return true;
    }

    /// <summary>A simple or bulk string; null too, as an empty one.</summary>
    public bool TryReadText(out string text)
    {
        text = "";
        if (_rest.IsEmpty) return false;
        switch (_rest[0])
        {
            case (byte)'+':
                if (!TryReadLine(out ReadOnlySpan<byte> line)) return false;
                text = Encoding.UTF8.GetString(line[1..]);
                return true;
            case (byte)'_':
                return TryReadLine(out _);
            case (byte)'$' or (byte)'=':
                bool isVerbatim = _rest[0] == '=';
                if (!TryReadLine(out ReadOnlySpan<byte> header) || !Utf8Parser.TryParse(header[1..], out int length, out _)) return false;
                if (length < 0) return true;
                if (length > _rest.Length - 2) return false;
                ReadOnlySpan<byte> bytes = _rest[..length];
                _rest = _rest[(length + 2)..];

                // "txt:" says how to show it.
                text = Encoding.UTF8.GetString(isVerbatim && length >= 4 ? bytes[4..] : bytes);
                return true;
            default:
                return false;
        }
    }

    /// <summary>An integer, or a string that reads as one.</summary>
    public bool TryReadInteger(out long value)
    {
        value = 0;
        if (_rest.IsEmpty) return false;
        if (_rest[0] != ':') return TryReadText(out string text) && long.TryParse(text, out value);
        return TryReadLine(out ReadOnlySpan<byte> line) && Utf8Parser.TryParse(line[1..], out value, out int used) && used == line.Length - 1;
    }

    /// <summary>Whatever comes next.</summary>
    public bool TrySkip()
    {
        ReplyScanner scanner = default;
        if (scanner.Scan(_rest, out int consumed) != ReplyStatus.Complete) return false;
        _rest = _rest[consumed..];
        return true;
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        int end = _rest.IndexOf("\r\n"u8);
        line = end < 0 ? default : _rest[..end];
        if (end < 0) return false;
        _rest = _rest[(end + 2)..];
        return true;
    }
}
