using System.Buffers.Binary;

namespace Keyway.Gateway.Scripts;

/// <summary>A script's SHA1, which clients write in 40 hexadecimal digits of either case.</summary>
internal readonly record struct ScriptHash(ulong First, ulong Second, uint Third)
{
    private const int Digits = 40;
    private const int Bytes = Digits / 2;

    public static bool TryParse(ReadOnlySpan<byte> text, out ScriptHash hash)
    {
        hash = default;
        if (text.Length != Digits) return false;
        Span<byte> bytes = stackalloc byte[Bytes];
        for (int i = 0; i < Bytes; i++)
        {
            int high = DigitOf(text[2 * i]);
            int low = DigitOf(text[2 * i + 1]);
            if (high < 0 || low < 0) return false;
            bytes[i] = (byte)((high << 4) | low);
        }
        hash = new ScriptHash(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
        return true;
    }

    private static int DigitOf(byte letter) => letter switch
    {
        >= (byte)'0' and <= (byte)'9' => letter - '0',
        >= (byte)'a' and <= (byte)'f' => letter - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => letter - 'A' + 10,
        _ => -1,
    };
}
