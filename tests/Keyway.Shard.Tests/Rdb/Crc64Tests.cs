using Keyway.Shard.Rdb;

namespace Keyway.Shard.Tests.Rdb;

public sealed class Crc64Tests
{
    [Fact]
    public void Is_the_one_that_files_carry() => Assert.Equal(0xE9C6D914C4B8D9CAUL, Crc64.Append(0, "123456789"u8));

    [Fact]
    public void Pieces_of_any_size_add_up_to_the_whole()
    {
        var bytes = new byte[100];
        new Random(1).NextBytes(bytes);
        ulong whole = Crc64.Append(0, bytes);
        for (int cut = 0; cut <= bytes.Length; cut++) Assert.Equal(whole, Crc64.Append(Crc64.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
    }
}
