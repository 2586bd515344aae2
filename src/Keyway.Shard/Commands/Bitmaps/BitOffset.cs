using Keyway.Protocol;

namespace Keyway.Shard.Commands.Bitmaps;

/// <summary>Where a bit is: a number, or in BITFIELD "#3" for the fourth field of the width at hand.</summary>
internal static class BitOffset
{
    public static bool TryRead(ref CommandContext context, ReadOnlySpan<byte> text, int fieldBits, out long offset)
    {
        bool isField = fieldBits > 0 && text.Length > 0 && text[0] == (byte)'#';
        if (RespNumber.TryParseLong(isField ? text[1..] : text, out offset))
        {
            // What runs over is judged by what is left of it, as Redis does.
            if (isField) offset = unchecked(offset * fieldBits);
            if (offset >= 0 && offset >> 3 < context.Server.Settings.ProtoMaxBulkLength) return true;
        }

        context.ReplyError("ERR bit offset is not an integer or out of range"u8);
        return false;
    }
}
