using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Tests.Rdb;

public sealed class LzfTests
{
    private readonly LzfPacker _packer = new();

    [Fact]
    public void What_is_packed_comes_out_again()
    {
        // Few letters, so that there is something to refer to; and what repeats at some distance.
        Gen<byte[]> text = Gen.Choose(0, 2).SelectMany(bits => Gen.ArrayOf(Gen.Choose(0, (1 << (bits * 3)) - 1).Select(b => (byte)b)));
        Gen<byte[]> repeated =
            from first in text
            from second in text
            from distance in Gen.Choose(1, 9000)
            select (byte[])[.. first, .. new byte[distance], .. second, .. first];
        Prop.ForAll(Gen.OneOf(text, repeated).ToArbitrary(), AssertSurvives).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Is_as_small_as_redis_makes_it()
    {
        byte[] input = [.. Enumerable.Repeat((byte)'a', 60)];
        var packed = new byte[56];
        int length = _packer.Pack(input, packed);
        Assert.Equal("016161E02F00016161", Convert.ToHexString(packed, 0, length));
    }

    [Fact]
    public void What_does_not_fit_is_not_packed()
    {
        byte[] input = [.. Enumerable.Repeat("abcdefgh"u8.ToArray(), 50).SelectMany(part => part)];
        var target = new byte[input.Length];
        int length = _packer.Pack(input, target);
        Assert.InRange(length, 1, 40);
        for (int room = 0; room < length; room++) Assert.Equal(0, _packer.Pack(input, target.AsSpan(0, room)));
    }

    [Fact]
    public void Many_inputs_do_not_remember_one_another()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            var input = new byte[random.Next(300)];
            for (int b = 0; b < input.Length; b++) input[b] = (byte)random.Next(4);
            AssertSurvives(input);
        }
    }

    [Fact]
    public void Damage_is_found_or_does_no_harm()
    {
        byte[] input = [.. Enumerable.Range(0, 600).Select(i => (byte)(i * i % 7))];
        var packed = new byte[input.Length];
        packed = packed[.._packer.Pack(input, packed)];
        var random = new Random(1);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] damaged = [.. packed];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0) damaged = damaged[..random.Next(damaged.Length)];
            Lzf.TryUnpack(damaged, new byte[random.Next(2) == 0 ? input.Length : random.Next(700)]);
        }
    }

    [Fact]
    public void Nothing_expands_beyond_what_its_bytes_could_say()
    {
        Assert.True(Lzf.MayExpandTo(9, 60));
        Assert.False(Lzf.MayExpandTo(1000, 1_000_000));
        Assert.False(Lzf.MayExpandTo(0, 4_000_000_000));
        Assert.False(Lzf.MayExpandTo(1 << 20, 1 << 30));
    }

    private void AssertSurvives(byte[] input)
    {
        if (input.Length == 0) return;
        var packed = new byte[input.Length + (input.Length / 16) + 64];
        int length = _packer.Pack(input, packed);
        Assert.True(length > 0);
        Assert.True(Lzf.MayExpandTo(length, input.Length));
        var unpacked = new byte[input.Length];
        Assert.True(Lzf.TryUnpack(packed.AsSpan(0, length), unpacked));
        Assert.Equal(input, unpacked);
        Assert.False(Lzf.TryUnpack(packed.AsSpan(0, length), new byte[input.Length - 1]));
        Assert.False(Lzf.TryUnpack(packed.AsSpan(0, length), new byte[input.Length + 1]));
    }
}
