using FsCheck;
using FsCheck.Fluent;
using Keyway.Shard.Replication;
using Xunit;

namespace Keyway.Shard.Tests.Replication;

public sealed class ReplicationLogTests
{
    [Fact]
    public void Every_reader_gets_every_byte_from_where_it_began_however_the_others_lag()
    {
        Prop.ForAll(Gen.Zip(Gen.Choose(0, 4), Gen.Choose(0, 1 << 20)).ArrayOf().ToArbitrary(), Play).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Keeps_the_backlog_and_what_somebody_needs_and_nothing_else()
    {
        var log = new ReplicationLog(end: 1000, backlogBytes: 100_000);
        Assert.True(log.Holds(1001));
        Assert.False(log.Holds(1000));
        Assert.False(log.Holds(1002));

        LogReader slow = log.AddReader(1001);
        for (int i = 0; i < 100; i++) log.Append(new byte[10_000]);
        Assert.Equal(1001, log.First);
        Assert.True(log.MemoryBytes >= 1_000_000);

        slow.Close();
        Assert.InRange(log.Length, 100_000, 100_000 + (64 * 1024));
        Assert.True(log.MemoryBytes <= 4 * 64 * 1024);
        Assert.False(log.Holds(log.First - 1));

        log.BacklogBytes = 1_000_000;
        for (int i = 0; i < 100; i++) log.Append(new byte[10_000]);
        Assert.InRange(log.Length, 1_000_000, 1_000_000 + (64 * 1024));
    }

    private static void Play((int Action, int Size)[] actions)
    {
        var log = new ReplicationLog(end: 41, backlogBytes: 150_000);
        var readers = new List<LogReader>();
        foreach ((int action, int size) in actions)
        {
            switch (action)
            {
                case 0 or 1:
                    var bytes = new byte[size % (action == 0 ? 100 : 200_000)];
                    for (int i = 0; i < bytes.Length; i++) bytes[i] = ByteAt(log.End + 1 + i);
                    log.Append(bytes);
                    break;
                case 2:
                    readers.Add(log.AddReader(log.First + (size % (log.Length + 1))));
                    break;
                case 3 when readers.Count > 0:
                    Read(readers[size % readers.Count], size);
                    break;
                case 4 when readers.Count > 0:
                    readers[size % readers.Count].Close();
                    readers.RemoveAt(size % readers.Count);
                    break;
            }

            Assert.True(readers.All(reader => reader.NextByte >= log.First));
            Assert.True(log.Length >= Math.Min(log.End - 41, 150_000));
        }

        foreach (LogReader reader in readers)
        {
            while (reader.Lag > 0) Read(reader, int.MaxValue);
            Assert.True(reader.Next.IsEmpty);
        }
    }

    private static void Read(LogReader reader, int atMost)
    {
        ReadOnlySpan<byte> next = reader.Next;
        next = next[..Math.Min(next.Length, atMost)];
        for (int i = 0; i < next.Length; i++) Assert.Equal(ByteAt(reader.NextByte + i), next[i]);
        reader.Advance(next.Length);
    }

    private static byte ByteAt(long offset) => (byte)(offset * 31 % 251);
}
