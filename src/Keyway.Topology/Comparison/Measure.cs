using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Keyway.Topology.Comparison;

internal enum MeasureKind : byte { Constant, Slots, Number, Text, Hash }

/// <summary>
/// By what a rule divides keys. Two rules of one measure can be compared piece by piece. Positions on a measure are bytes that sort as
/// the measured things do, so that slots, numbers of any length, texts and hashes are cut and compared by the same few lines.
/// </summary>
/// <param name="PrefixLength">Number: where the digits begin.</param>
/// <param name="Hash">Hash: which one, of what (the tag), and modulo what (0 for ketama's ring).</param>
internal readonly record struct Measure(MeasureKind Kind, int PrefixLength = 0, TwemproxyHash Hash = default, string Tag = "", uint Modulus = 0)
{
    /// <summary>The position of the keys without a number: before every number.</summary>
    public static byte[] NoNumber => [];

    public static byte[] At(int slot)
    {
        var position = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(position, (ushort)slot);
        return position;
    }

    public static byte[] At(uint hash)
    {
        var position = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(position, hash);
        return position;
    }

    /// <summary>Longer numbers are greater, so their length comes first.</summary>
    public static byte[] At(BigInteger number)
    {
        byte[] digits = number.IsZero ? [] : Encoding.ASCII.GetBytes(number.ToString());
        var position = new byte[1 + sizeof(int) + digits.Length];
        position[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(position.AsSpan(1), digits.Length);
        digits.CopyTo(position.AsSpan(1 + sizeof(int)));
        return position;
    }

    public static int Slot(byte[] position) => BinaryPrimitives.ReadUInt16BigEndian(position);

    public static uint HashAt(byte[] position) => BinaryPrimitives.ReadUInt32BigEndian(position);

    public static BigInteger Number(byte[] position) =>
        position.Length == 1 + sizeof(int) ? BigInteger.Zero : BigInteger.Parse(Encoding.ASCII.GetString(position.AsSpan(1 + sizeof(int))));
}
