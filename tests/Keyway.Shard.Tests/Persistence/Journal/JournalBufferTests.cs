using Keyway.Shard.Persistence.Journal;

namespace Keyway.Shard.Tests.Persistence.Journal;

public sealed class JournalBufferTests
{
    [Fact]
    public void Bytes_come_back_in_order_however_they_came_and_went()
    {
        var random = new Random(1);
        var buffer = new JournalBuffer();
        var expected = new List<byte>();
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = new byte[random.Next(10) == 0 ? random.Next(200_000) : random.Next(2000)];
            random.NextBytes(bytes);
            buffer.Append(bytes);
            expected.AddRange(bytes);
            Assert.Equal(expected.Count, buffer.Length);

            long from = buffer.Start + random.Next(expected.Count + 1);
            long to = from + random.Next((int)(buffer.End - from) + 1);
            var pieces = new List<ArraySegment<byte>>();
            buffer.Collect(from, to, pieces);
            Assert.Equal(expected.Skip((int)(from - buffer.Start)).Take((int)(to - from)), pieces.SelectMany(piece => piece));

            if (random.Next(3) > 0) continue;
            int gone = random.Next(5) == 0 ? expected.Count : random.Next(expected.Count + 1);
            buffer.Release(buffer.Start + gone);
            expected.RemoveRange(0, gone);
        }
    }

    [Fact]
    public void Memory_is_given_back()
    {
        var buffer = new JournalBuffer();
        buffer.Append(new byte[64 * 1024 * 1024]);
        buffer.Release(buffer.End);

        Assert.InRange(buffer.MemoryBytes, 0, 2 * 1024 * 1024);
        buffer.Clear();
        Assert.Equal(0, buffer.MemoryBytes);
    }
}
