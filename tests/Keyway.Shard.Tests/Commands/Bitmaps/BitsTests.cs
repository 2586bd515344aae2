using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Commands.Bitmaps;
using Xunit;

namespace Keyway.Shard.Tests.Commands.Bitmaps;

public class BitsTests
{
    [Fact]
    public void Count_and_find_agree_with_looking_at_each_bit()
    {
        Prop.ForAll(Cases(), given =>
        {
            (byte[] bytes, int first, int last) = given;
            bool[] bits = [.. Enumerable.Range(first, last - first + 1).Select(i => IsSet(bytes, i))];

            Assert.Equal(bits.Count(bit => bit), Bits.Count(bytes, first, last));
            foreach (bool value in (bool[])[true, false])
            {
                int index = Array.IndexOf(bits, value);
                Assert.Equal(index < 0 ? -1 : first + index, Bits.Find(bytes, value, first, last));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_field_reads_as_it_was_written_and_its_neighbours_stay()
    {
        Prop.ForAll(Cases(), ArbMap.Default.ArbFor<ulong>(), (given, value) =>
        {
            (byte[] before, int offset, _) = given;
            for (int bits = 1; bits <= Math.Min(64, (before.Length * 8) - offset); bits++)
            {
                byte[] bytes = [.. before];
                Bits.Write(bytes, offset, bits, value);
                Assert.Equal(value << (64 - bits) >> (64 - bits), Bits.Read(bytes, offset, bits));
                for (int i = 0; i < bytes.Length * 8; i++) Assert.True((i >= offset && i < offset + bits) || IsSet(bytes, i) == IsSet(before, i));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_lies_behind_the_end_reads_as_zero()
    {
        Assert.Equal(0xF0UL, Bits.Read([0xFF], 4, 8));
        Assert.Equal(0UL, Bits.Read([0xFF], 8, 64));
        Assert.Equal(0UL, Bits.Read([], 4_000_000_000, 63));
    }

    [Fact]
    public void Operations_agree_with_doing_them_byte_by_byte()
    {
        Prop.ForAll(Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 255), Gen.Choose(0, 255)), 77).ToArbitrary(), given =>
        {
            byte[] a = [.. given.Select(pair => (byte)pair.Item1)];
            byte[] b = [.. given.Select(pair => (byte)pair.Item2)];
            Assert.Equal(a.Zip(b, (x, y) => (byte)(x & y)), Done(a, target => Bits.And(target, b)));
            Assert.Equal(a.Zip(b, (x, y) => (byte)(x | y)), Done(a, target => Bits.Or(target, b)));
            Assert.Equal(a.Zip(b, (x, y) => (byte)(x ^ y)), Done(a, target => Bits.Xor(target, b)));
            Assert.Equal(a.Select(x => (byte)~x), Done(a, target => Bits.Invert(target)));
        }).QuickCheckThrowOnFailure();
    }

    private static Arbitrary<(byte[] Bytes, int First, int Last)> Cases() =>
        (from kind in Gen.Choose(0, 2)
         from bytes in Gen.Choose(0, 255).ArrayOf(40)
         from length in Gen.Choose(1, 40)
         from one in Gen.Choose(0, (length * 8) - 1)
         from other in Gen.Choose(0, (length * 8) - 1)
         select (
             bytes.Take(length).Select(b => kind == 0 ? (byte)b : kind == 1 ? (byte)(b > 250 ? 1 : 0) : (byte)(b > 250 ? 0xFE : 0xFF)).ToArray(),
             Math.Min(one, other),
             Math.Max(one, other))).ToArbitrary();

    private static bool IsSet(byte[] bytes, int bit) => (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0;

    private static byte[] Done(byte[] bytes, Action<byte[]> operation)
    {
        byte[] copy = [.. bytes];
        operation(copy);
        return copy;
    }
}
