using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Streams;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Keyspace.Streams;

public sealed unsafe class StreamValueTests : IDisposable
{
    private readonly SlabAllocator _memory = new();
    private readonly ValueStore _store;

    public StreamValueTests() => _store = new ValueStore(_memory, new KeyHash(1, 2));

    [Fact]
    public void Does_what_a_sorted_list_of_entries_does()
    {
        Gen<(int Action, int Choice)> step = Gen.Zip(Gen.Choose(0, 19), Gen.Choose(0, 1 << 20));
        Prop.ForAll(Gen.ListOf(step, 400).ToArbitrary(), Check).QuickCheckThrowOnFailure();
        Assert.Equal(0, _memory.UsedBytes);
    }

    [Fact]
    public void A_copy_has_the_same_entries_groups_and_deliveries_and_shares_nothing()
    {
        var stream = new StreamValue(_store);
        for (ulong i = 1; i <= 250; i++) Append(stream, new StreamId(i, 0), ["field", $"{i}"], 100);
        ConsumerGroup group = stream.AddGroup("g"u8, new StreamId(5, 0), 5)!;
        Consumer consumer = group.AddConsumer("c"u8, nowMs: 77);
        group.AddConsumer("idle"u8, nowMs: 78);
        group.Deliver(new StreamId(3, 0), consumer, nowMs: 99)->Times = 4;

        var copy = (StreamValue)stream.Copy();
        List<string> before = Entries(copy, StreamId.Zero, StreamId.Max, isBackwards: false);
        Free(stream);

        Assert.Equal(before, Entries(copy, StreamId.Zero, StreamId.Max, isBackwards: false));
        Assert.Equal(250, copy.Length);
        Assert.Equal((new StreamId(1, 0), new StreamId(250, 0), 250L), (copy.FirstId, copy.LastId, copy.EntriesAdded));
        ConsumerGroup twin = copy.Groups.Find("g"u8)!;
        Assert.Equal((new StreamId(5, 0), 5L, 2), (twin.LastId, twin.EntriesRead, twin.Consumers.Count));
        Delivery* delivery = twin.FindPending(new StreamId(3, 0));
        Assert.Equal((99L, 4L, "c"), (delivery->TimeMs, delivery->Times, Encoding.ASCII.GetString(twin.ConsumerOf(delivery).Name)));
        Assert.Equal(77, twin.ConsumerOf(delivery).SeenMs);

        Free(copy);
        Assert.Equal(0, _memory.UsedBytes);
    }

    [Fact]
    public void Is_freed_in_slices()
    {
        var stream = new StreamValue(_store);
        ConsumerGroup group = stream.AddGroup("g"u8, StreamId.Zero, 0)!;
        Consumer consumer = group.AddConsumer("c"u8, 0);
        for (ulong i = 1; i <= 2000; i++)
        {
            Append(stream, new StreamId(i, 0), ["field", $"{i}"], 100);
            group.Deliver(new StreamId(i, 0), consumer, 0);
        }

        int slices = 0;
        bool isLeft;
        do
        {
            int budget = 100;
            isLeft = stream.FreeSome(ref budget);
            slices++;
        }
        while (isLeft);

        Assert.InRange(slices, 20, 25);
        Assert.Equal(0, _memory.UsedBytes);
    }

    [Fact]
    public void A_consumer_takes_what_is_pending_for_it_along()
    {
        var stream = new StreamValue(_store);
        ConsumerGroup group = stream.AddGroup("g"u8, StreamId.Zero, 0)!;
        Consumer first = group.AddConsumer("first"u8, 0);
        Consumer second = group.AddConsumer("second"u8, 0);
        for (ulong i = 1; i <= 10; i++) group.Deliver(new StreamId(i, 0), i % 2 == 0 ? first : second, 0);
        group.Deliver(new StreamId(2, 0), second, 5);

        group.RemoveConsumer(first);
        Assert.Equal((6L, 6L), (group.Pending.Count, second.Pending.Count));

        Consumer third = group.AddConsumer("third"u8, 0);
        group.Deliver(new StreamId(11, 0), third, 0);
        Assert.Same(third, group.ConsumerOf(group.FindPending(new StreamId(11, 0))));
        Assert.Same(second, group.ConsumerOf(group.FindPending(new StreamId(2, 0))));
        Assert.True(group.Acknowledge(new StreamId(2, 0)));
        Assert.False(group.Acknowledge(new StreamId(2, 0)));
        Free(stream);
        Assert.Equal(0, _memory.UsedBytes);
    }

    public void Dispose() => _memory.Dispose();

    private void Check(IList<(int Action, int Choice)> steps)
    {
        var stream = new StreamValue(_store);
        var model = new SortedDictionary<StreamId, string[]>();
        StreamId last = StreamId.Zero;
        StreamId maxDeleted = StreamId.Zero;
        long added = 0;
        foreach ((int action, int choice) in steps)
        {
            StreamId some = model.Count == 0 ? new StreamId((ulong)choice % 50, 0) : model.Keys.ElementAt(choice % model.Count);
            if (action < 12)
            {
                last = choice % 3 == 0
                    ? new StreamId(last.Milliseconds, last.Sequence + 1)
                    : new StreamId(last.Milliseconds + 1 + ((ulong)choice % 400), (ulong)choice % 3);
                string[] elements = Elements(choice);
                Append(stream, last, elements, maxNodeEntries: 5);
                model.Add(last, elements);
                added++;
            }
            else if (action < 16)
            {
                Assert.Equal(model.Remove(some), stream.Delete(some));
                Assert.False(stream.Delete(some));
                if (added > 0 && some <= last && some > maxDeleted) maxDeleted = some;
                stream.RefreshFirstId();
            }
            else
            {
                var trim = new StreamTrim { By = TrimBy.MaxLength, MaxLength = model.Count - (choice % 7) };
                if (trim.MaxLength < 0) trim.MaxLength = 0;
                if (choice % 2 == 0) trim = new StreamTrim { By = TrimBy.MinId, MinId = some };
                int before = model.Count;
                foreach (StreamId id in model.Keys.ToArray())
                {
                    bool goes = trim.By == TrimBy.MinId ? id < trim.MinId : model.Count > trim.MaxLength;
                    if (goes) model.Remove(id);
                }

                Assert.Equal(before - model.Count, stream.Trim(trim));
            }

            Assert.Equal(model.Count, stream.Length);
            Assert.Equal(model.Count == 0 ? StreamId.Zero : model.Keys.First(), stream.FirstId);
            Assert.Equal((last, added), (stream.LastId, stream.EntriesAdded));
        }

        AssertSame(stream, model, StreamId.Zero, StreamId.Max);
        foreach (StreamId from in model.Keys.Where((_, i) => i % 5 == 0))
        {
            foreach (StreamId to in model.Keys.Where((_, i) => i % 7 == 0)) AssertSame(stream, model, from, to);
        }

        // As they would be read from a file.
        for (IdMap.Position position = stream.Nodes.First; stream.Nodes.IsValid(position); position = stream.Nodes.Next(position))
        {
            Assert.True(ListpackCheck.IsValid(stream.NodeAt(position).Bytes, out _));
        }

        Free(stream);
    }

    private static void AssertSame(StreamValue stream, SortedDictionary<StreamId, string[]> model, StreamId from, StreamId to)
    {
        List<string> expected = [.. model.Where(pair => pair.Key >= from && pair.Key <= to).Select(pair => $"{pair.Key} {string.Join('|', pair.Value)}")];
        Assert.Equal(expected, Entries(stream, from, to, isBackwards: false));
        Assert.Equal(expected.Count, stream.CountBetween(from, to, long.MaxValue));
        Assert.Equal(Math.Min(2, expected.Count), stream.CountBetween(from, to, 2));
        expected.Reverse();
        Assert.Equal(expected, Entries(stream, from, to, isBackwards: true));
    }

    private static List<string> Entries(StreamValue stream, StreamId from, StreamId to, bool isBackwards)
    {
        var entries = new List<string>();
        var digits = new byte[RespNumber.MaxLongLength];
        var cursor = new StreamCursor(stream, from, to, isBackwards);
        while (cursor.MoveNext())
        {
            var elements = new List<string>();
            for (int i = 0; i < cursor.FieldCount; i++)
            {
                cursor.ReadPair(out ListpackElement field, out ListpackElement value);
                elements.Add(Encoding.Latin1.GetString(field.Text(digits)));
                elements.Add(Encoding.Latin1.GetString(value.Text(digits)));
            }

            entries.Add($"{cursor.Id} {string.Join('|', elements)}");
        }

        return entries;
    }

    private static string[] Elements(int choice) => (choice / 8 % 5) switch
    {
        0 => ["a", $"{choice}"],
        1 => ["a", new string('v', choice % 500)],
        2 => ["a", "", "b", "-70000"],
        3 => ["b", "1", "a", "007"],
        _ => [$"{choice % 10}", "x"],
    };

    private static void Append(StreamValue stream, StreamId id, string[] elements, long maxNodeEntries)
    {
        byte[] request = RespClient.Encode(elements);
        var reader = new RequestReader();
        Assert.Equal(RequestStatus.Complete, reader.Read(request));
        stream.Append(id, reader.Arguments(request), firstField: 0, maxNodeBytes: 1000, maxNodeEntries);
    }

    private static void Free(StreamValue stream)
    {
        int budget = int.MaxValue;
        Assert.False(stream.FreeSome(ref budget));
    }
}
