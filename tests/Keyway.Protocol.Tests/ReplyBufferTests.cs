using System.Runtime.InteropServices;
using System.Text;
using static Keyway.Protocol.Tests.RespText;

namespace Keyway.Protocol.Tests;

public sealed class ReplyBufferTests
{
    private readonly BufferPool _pool = new(64 << 20, poison: true);

    [Fact]
    public void An_empty_buffer_holds_no_memory()
    {
        var buffer = new ReplyBuffer(_pool);
        buffer.Append("abc"u8);
        Assert.Equal(0, _pool.KeptBytes);

        buffer.Consume(3);

        Assert.True(buffer.IsEmpty);
        Assert.Equal(4096, _pool.KeptBytes);
        Assert.True(buffer.First.IsEmpty);
    }

    [Fact]
    public void Pieces_grow_to_64_KB_and_all_come_back()
    {
        var buffer = new ReplyBuffer(_pool);
        var sizes = new List<int>();
        byte[] bytes = new byte[500_000];
        new Random(1).NextBytes(bytes);
        foreach (byte[] chunk in bytes.Chunk(1000)) buffer.Append(chunk);

        Assert.Equal(bytes.Length, buffer.Length);
        using var sent = new MemoryStream();
        while (!buffer.IsEmpty)
        {
            sizes.Add(buffer.First.Length);
            sent.Write(buffer.First);
            buffer.Consume(buffer.First.Length);
        }

        Assert.Equal(bytes, sent.ToArray());
        Assert.Equal([4096, 16384, 65536, 65536], sizes[..4]);
        Assert.All(sizes[5..^1], size => Assert.Equal(65536, size));
        Assert.Equal(4096 + 16384 + 65536 * (sizes.Count - 2), _pool.KeptBytes);
    }

    [Fact]
    public void GetSpan_gives_room_that_lies_together()
    {
        var buffer = new ReplyBuffer(_pool);
        foreach (int size in new[] { 0, 1, 4096, 1, 65536, 10, 65536 })
        {
            Span<byte> span = buffer.GetSpan(size);
            Assert.True(span.Length >= Math.Max(1, size));
            span[..size].Fill((byte)'x');
            buffer.Advance(size);
        }

        Assert.Equal(new string('x', 4096 + 2 + 65536 * 2 + 10), Text(buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetSpan(ReplyBuffer.LargestPiece + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Consume((int)buffer.Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Consume(-1));
    }

    [Fact]
    public void Shared_bytes_keep_their_place_and_stay_as_they_are()
    {
        byte[] shared = "0123456789"u8.ToArray();
        var buffer = new ReplyBuffer(_pool);
        var other = new ReplyBuffer(_pool);
        var expected = new System.Text.StringBuilder();
        for (int i = 0; i < 200; i++)
        {
            buffer.AppendShared(shared);
            expected.Append("0123456789");
            if (i % 3 != 0) continue;
            byte[] own = [.. Enumerable.Repeat((byte)('a' + (i % 26)), 1 + (i * 37 % 5000))];
            buffer.Append(own);
            expected.Append(Encoding.Latin1.GetString(own));
        }

        Assert.Equal(expected.Length, buffer.Length);
        buffer.Consume(15);
        other.Append("<"u8);
        buffer.MoveTo(other);
        Assert.True(buffer.IsEmpty);
        other.Append(">"u8);
        Assert.Equal("<" + expected.ToString()[15..] + ">", Text(other));
        other.Clear();
        Assert.Equal("0123456789", Encoding.Latin1.GetString(shared));
        Assert.Equal(0, _pool.LentBytes);

        buffer.AppendShared(shared);
        Assert.False(buffer.IsEmpty);
        Assert.Equal(10, buffer.First.Length);
        buffer.Consume(10);
        Assert.True(buffer.IsEmpty);
        buffer.AppendShared([]);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void Room_that_was_not_used_is_no_reply()
    {
        var buffer = new ReplyBuffer(_pool);
        buffer.GetSpan(100).Fill(1);
        Assert.True(buffer.IsEmpty);

        buffer.GetSpan(65536).Fill(1);
        buffer.Clear();
        Assert.Equal(4096 + 65536, _pool.KeptBytes);
    }

    [Fact]
    public void Room_that_was_not_used_hides_nothing_that_was_written_before()
    {
        var buffer = new ReplyBuffer(_pool);
        var other = new ReplyBuffer(_pool);
        buffer.Append(Bytes(new string('a', 4096)));
        buffer.GetSpan(1);

        Assert.False(buffer.IsEmpty);
        Assert.Equal(4096, buffer.First.Length);
        buffer.MoveTo(other);
        Assert.Equal(4096, other.Length);
        Assert.True(buffer.IsEmpty);

        other.GetSpan(1);
        buffer.Append(Bytes(new string('b', 4096)));
        buffer.MoveTo(other);
        Assert.Equal(new string('a', 4096) + new string('b', 4096), Text(other));
        other.GetSpan(1);
        other.Consume(8192);
        Assert.True(other.IsEmpty);
        Assert.Equal(4096 * 2 + 16384, _pool.KeptBytes);
    }

    [Fact]
    public void Moving_hands_over_large_pieces_and_copies_small_ones()
    {
        var from = new ReplyBuffer(_pool);
        var to = new ReplyBuffer(_pool);
        to.Append("head "u8);
        from.Append(new byte[200_000]);
        from.MoveTo(to);

        Assert.True(from.IsEmpty);
        Assert.Equal(200_005, to.Length);
        Assert.True(_pool.KeptBytes <= 64 * 1024, "only what was nearly empty was copied");

        from.Append("tail"u8);
        from.MoveTo(to);
        Assert.EndsWith("tail", Text(to));
        to.Clear();
        from.MoveTo(to);
        Assert.True(to.IsEmpty);
        Assert.Throws<ArgumentException>(() => to.MoveTo(to));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Buffers_behave_like_plain_queues_of_bytes(int seed)
    {
        var random = new Random(seed);
        var otherPool = new BufferPool(1 << 20, poison: true);
        ReplyBuffer[] buffers = [new(_pool), new(_pool), new(otherPool)];
        List<byte>[] models = [[], [], []];

        for (int step = 0; step < 3000; step++)
        {
            int at = random.Next(3);
            ReplyBuffer buffer = buffers[at];
            List<byte> model = models[at];
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    byte[] bytes = new byte[random.Next(10) == 0 ? random.Next(100_000) : random.Next(200)];
                    random.NextBytes(bytes);
                    buffer.Append(bytes);
                    model.AddRange(bytes);
                    break;
                case 3:
                    int atLeast = random.Next(10) == 0 ? random.Next(65537) : random.Next(100);
                    Span<byte> span = buffer.GetSpan(atLeast);
                    int used = random.Next(atLeast + 1);
                    random.NextBytes(span[..used]);
                    model.AddRange(span[..used]);
                    buffer.Advance(used);
                    break;
                case 4 or 5:
                    int count = random.Next(3) == 0 ? model.Count : random.Next(Math.Min(model.Count, 70_000) + 1);
                    buffer.Consume(count);
                    model.RemoveRange(0, count);
                    break;
                case 6:
                    int target = (at + random.Next(1, 3)) % 3;
                    buffer.MoveTo(buffers[target]);
                    models[target].AddRange(model);
                    model.Clear();
                    break;
                case 7 when random.Next(10) == 0:
                    buffer.Clear();
                    model.Clear();
                    break;
            }

            Assert.Equal(model.Count, buffer.Length);
            Assert.Equal(model.Count == 0, buffer.IsEmpty);
            Assert.True(model.Count == 0 || buffer.First.Length > 0);
            Assert.True(CollectionsMarshal.AsSpan(model).StartsWith(buffer.First));
            if (step % 20 == 0) Assert.Equal(model.ToArray(), Bytes(Text(buffer)));
        }
    }
}
