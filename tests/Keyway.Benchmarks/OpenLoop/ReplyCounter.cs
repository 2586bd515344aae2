namespace Keyway.Benchmarks.OpenLoop;

/// <summary>Finds where simple replies end in a stream that may be cut anywhere: status, error, integer and bulk string.</summary>
internal sealed class ReplyCounter
{
    private byte _type;
    private long _length;
    private bool _negative;
    private bool _inBody;
    private long _bodyLeft;

    /// <summary>Error replies among those that have ended.</summary>
    public long Errors { get; private set; }

    /// <summary>How many replies ended within these bytes.</summary>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        int ended = 0;
        while (!bytes.IsEmpty)
        {
            if (_inBody)
            {
                int take = (int)Math.Min(bytes.Length, _bodyLeft);
                bytes = bytes[take..];
                _bodyLeft -= take;
                if (_bodyLeft > 0) return ended;
                _inBody = false;
                ended++;
                continue;
            }

            byte next = bytes[0];
            bytes = bytes[1..];
            if (_type == 0) StartHeader(next);
            else if (next == (byte)'\n') ended += EndHeader();
            else if (next == (byte)'-') _negative = true;
            else if (next is >= (byte)'0' and <= (byte)'9') _length = unchecked((_length * 10) + next - '0');
        }

        return ended;
    }

    private void StartHeader(byte type)
    {
        if (type is not ((byte)'+' or (byte)'-' or (byte)':' or (byte)'$')) throw new IOException($"a reply that starts with byte {type}");
        _type = type;
        _length = 0;
        _negative = false;
    }

    private int EndHeader()
    {
        byte type = _type;
        _type = 0;
        if (type == (byte)'-') Errors++;
        if (type != (byte)'$' || _negative) return 1;

        _inBody = true;
        _bodyLeft = _length + 2;
        return 0;
    }
}
