using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keyway.Protocol;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Tests.Keyspace.Lists;

/// <summary>Lists against List&lt;string&gt;, over random operations and all sizes of nodes.</summary>
public sealed class StoredListTests : IDisposable
{
    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "127", "4096", "-32769", "9223372036854775807", "9223372036854775808", "007", "x", "abc", "abcd", new string('a', 63), new string('b', 64),
        new string('c', 300), new string('d', 1500), new string('e', 2100), new string('f', 4095), new string('g', 9000), new string('h', 70_000),
    ];

    private readonly Databases _databases = new(2, new KeyHash(1, 2), 3, new Propagation());

    private readonly long _emptyBytes;

    public StoredListTests()
    {
        // What the tables take for their first key stays.
        foreach (Database database in (Database[])[_databases[0], _databases[1]])
        {
            database.SetInteger(database.Find("list"u8), 1, Database.NoExpiry);
            database.Delete(database.Find("list"u8));
        }

        _emptyBytes = _databases.Memory.UsedBytes;
    }

    private Database Database => _databases[0];

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-2, 0)]
    [InlineData(-5, 0)]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(128, 64)]
    [InlineData(-2, 1)]
    public void Does_what_a_list_does(int nodeSize, int aloneFrom)
    {
        _databases.Values.ListLimits = ListLimits.Default.WithNodeSize(nodeSize).WithAloneFrom(aloneFrom);
        Gen<(int Kind, int Choice)[]> operations = Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 99), Gen.Choose(0, 1 << 28)));
        Prop.ForAll(operations.Resize(300).ToArbitrary(), Check).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [Fact]
    public void Grows_from_one_buffer_to_nodes_that_are_full_and_gives_everything_back()
    {
        var model = new List<string>();
        foreach (ListEnd end in (ListEnd[])[ListEnd.Head, ListEnd.Tail])
        {
            for (int i = 0; i < 10_000; i++)
            {
                string value = $"element:{i}";
                Open().Push(end, Element(value));
                model.Insert(end == ListEnd.Head ? 0 : model.Count, value);
            }
        }

        Quicklist list = Large()!;
        AssertSame(model);
        long elementBytes = model.Sum(value => (long)Listpack.SizeOf(Encoding.ASCII.GetBytes(value)));
        Assert.InRange(list.Nodes, elementBytes / 8192, (elementBytes / 8192) + 3);
        Assert.InRange(_databases.Memory.UsedBytes - _emptyBytes, elementBytes, elementBytes + (elementBytes / 50) + 16_384);

        Assert.True(Open().RemoveFrom(ListEnd.Head, model.Count));
        AssertAllIsGivenBack();
    }

    [Fact]
    public void Removing_most_elements_everywhere_leaves_few_nodes()
    {
        for (int i = 0; i < 20_000; i++) Open().Push(ListEnd.Tail, Element(i % 50 == 0 ? $"keep:{i}" : "gone"));
        long nodes = Large()!.Nodes;

        Assert.Equal(19_600, Open().RemoveEqual("gone"u8, long.MaxValue, ListEnd.Tail, out bool isGone));
        Assert.False(isGone);
        Assert.InRange(Large()!.Nodes, 1, nodes / 4);
        Assert.InRange(Large()!.MemoryBytes, 1, 20_000);
        AssertSame([.. Enumerable.Range(0, 400).Select(i => $"keep:{i * 50}")]);
    }

    [Fact]
    public void Pushing_and_popping_in_turns_keeps_few_nodes_whatever_the_ends()
    {
        var model = new List<string>();
        for (int i = 0; i < 30_000; i++)
        {
            ListEnd end = i % 2 == 0 ? ListEnd.Head : ListEnd.Tail;
            Open().Push(end, Element($"{i}:{new string('x', 40)}"));
            model.Insert(end == ListEnd.Head ? 0 : model.Count, $"{i}:{new string('x', 40)}");
            if (i < 100) continue;
            Open().RemoveFrom(i % 3 == 0 ? ListEnd.Head : ListEnd.Tail, 1);
            model.RemoveAt(i % 3 == 0 ? 0 : model.Count - 1);
        }

        AssertSame(model);
        Assert.InRange(Large()!.Nodes, 1, 3);
    }

    public void Dispose() => _databases.Dispose();

    private void Check((int Kind, int Choice)[] operations)
    {
        var model = new List<string>();
        foreach ((int kind, int choice) in operations)
        {
            string value = Values[choice % Values.Length];
            int index = model.Count == 0 ? 0 : (choice >> 8) % model.Count;
            Apply(kind, choice, index, value, model);
            if (kind % 16 == 0) AssertSame(model);
        }

        AssertSame(model);
        AssertCopies(model);
        if (model.Count > 0) Open().RemoveFrom(ListEnd.Tail, model.Count);
        Assert.False(Find().Exists);
        AssertAllIsGivenBack();
    }

    private void Apply(int kind, int choice, int index, string value, List<string> model)
    {
        if (model.Count == 0 || kind < 45)
        {
            ListEnd end = choice % 3 == 0 ? ListEnd.Head : ListEnd.Tail;
            string[] pushed = [.. Enumerable.Range(0, kind % 9 == 0 ? 1 + (choice % 30) : 1).Select(i => Values[(choice + (i * (choice >> 4))) % (Values.Length - (kind % 6))])];
            Push(end, pushed);
            if (end == ListEnd.Head) model.InsertRange(0, pushed.Reverse());
            else model.AddRange(pushed);
        }
        else if (kind < 55)
        {
            bool isHead = kind % 2 == 0;
            Assert.Equal(isHead ? model[0] : model[^1], Text(Open().Peek(isHead ? ListEnd.Head : ListEnd.Tail)));
            Open().RemoveFrom(isHead ? ListEnd.Head : ListEnd.Tail, 1);
            model.RemoveAt(isHead ? 0 : model.Count - 1);
        }
        else if (kind < 65)
        {
            Open().Replace(index, Encoding.ASCII.GetBytes(value));
            model[index] = value;
        }
        else if (kind < 80)
        {
            string pivot = model[index];
            Assert.True(Open().Insert(Encoding.ASCII.GetBytes(pivot), kind % 2 == 0, Encoding.ASCII.GetBytes(value)));
            model.Insert(model.IndexOf(pivot) + (kind % 2 == 0 ? 1 : 0), value);
        }
        else if (kind < 88)
        {
            RemoveEqual(kind, choice % 3 == 0 ? int.MaxValue : 1 + (choice % 4), value, model);
        }
        else if (kind < 92)
        {
            int count = Math.Min(1 + (choice % 40), model.Count);
            Assert.Equal(count == model.Count, Open().RemoveFrom(kind % 2 == 0 ? ListEnd.Head : ListEnd.Tail, count));
            model.RemoveRange(kind % 2 == 0 ? 0 : model.Count - count, count);
        }
        else if (kind < 96)
        {
            var (from, to) = ((ListEnd)(kind % 2), (ListEnd)(choice % 2));
            Open().Rotate(from, to);
            string moved = model[from == ListEnd.Head ? 0 : model.Count - 1];
            model.RemoveAt(from == ListEnd.Head ? 0 : model.Count - 1);
            model.Insert(to == ListEnd.Head ? 0 : model.Count, moved);
        }
        else
        {
            int start = Math.Min(index, choice % 5);
            int kept = Math.Max(model.Count - start - (choice % 7), 0);
            Assert.Equal(kept == 0, Open().Trim(start, kept));
            model.RemoveRange(start + kept, model.Count - start - kept);
            model.RemoveRange(0, kept == 0 ? model.Count : start);
        }
    }

    private void RemoveEqual(int kind, int most, string value, List<string> model)
    {
        ListEnd from = (ListEnd)(kind % 2);
        int expected = Math.Min(most, model.Count(value.Equals));
        Assert.Equal(expected, Open().RemoveEqual(Encoding.ASCII.GetBytes(value), most, from, out bool isGone));
        for (int i = 0; i < expected; i++) model.RemoveAt(from == ListEnd.Head ? model.IndexOf(value) : model.LastIndexOf(value));
        Assert.Equal(model.Count == 0, isGone);
    }

    private void AssertSame(List<string> model)
    {
        Assert.Equal(model.Count, Open().Count);
        Assert.Equal(model.Count > 0, Find().Exists);
        if (model.Count == 0) return;

        Entry entry = Find().Entry;
        Assert.Equal(model, Read(new ListReader(Database, entry)));
        Assert.Equal(model.AsEnumerable().Reverse(), Read(new ListReader(Database, entry, model.Count - 1, goesBack: true)));
        int middle = model.Count / 3;
        Assert.Equal(model.Skip(middle), Read(new ListReader(Database, entry, middle)));
        AssertPieces(entry, model.Count);
    }

    // Each piece is a sound listpack, within the limits unless it is one element, and alone where it says so.
    private void AssertPieces(Entry entry, int elements)
    {
        ListLimits limits = _databases.Values.ListLimits;
        var pieces = new ListPieces(Database, entry);
        long counted = 0;
        int found = 0;
        while (pieces.MoveNext())
        {
            Assert.True(ListpackCheck.IsValid(pieces.Listpack, out int count));
            Assert.True(count > 0 && count == Listpack.Count(pieces.Listpack));
            Assert.True(count == 1 || limits.Allows(pieces.Listpack.Length, count));
            Assert.Equal(count == 1 && limits.IsAlone(Listpack.Read(pieces.Listpack, Listpack.First(pieces.Listpack))), pieces.IsAlone);
            counted += count;
            found++;
        }

        Assert.Equal(elements, counted);
        Assert.Equal(pieces.Count, found);
    }

    private void AssertCopies(List<string> model)
    {
        if (model.Count == 0) return;
        Database.CopyTo(Find().Entry, _databases[1], "copy"u8);
        Place copy = _databases[1].Find("copy"u8);
        Assert.Equal(model, Read(new ListReader(_databases[1], copy.Entry)));
        _databases[1].Delete(copy);

        var builder = new ListBuilder(_databases.Values);
        foreach (string value in model) builder.Add(Encoding.ASCII.GetBytes(value));
        Place built = builder.Store(_databases[1], _databases[1].Find("built"u8));
        Assert.Equal(model, Read(new ListReader(_databases[1], built.Entry)));
        _databases[1].Delete(_databases[1].Find("built"u8));
    }

    private void AssertAllIsGivenBack()
    {
        _databases.Values.FreeAll();
        Assert.Equal(_emptyBytes, _databases.Memory.UsedBytes);
    }

    private void Push(ListEnd end, string[] values)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(values));
        var ranges = new ArgumentRange[values.Length];
        for (int i = 0, at = 0; i < values.Length; at += values[i++].Length) ranges[i] = new ArgumentRange(at, values[i].Length);
        Open().Push(end, new Arguments(bytes, ranges, 0), first: 0);
    }

    private static List<string> Read(ListReader reader)
    {
        var read = new List<string>();
        while (reader.MoveNext()) read.Add(Text(reader.Value));
        return read;
    }

    private Place Find() => Database.Find("list"u8);

    private StoredList Open() => new(Database, _databases.Values, Find());

    private Quicklist? Large() => Find().Entry.IsLarge ? (Quicklist)Database.LargeValueOf(Find().Entry) : null;

    private static string Text(ListpackElement element) => Encoding.ASCII.GetString(element.Text(new byte[RespNumber.MaxLongLength]));

    private static ListpackElement Element(string value) => ListpackElement.Of(Encoding.ASCII.GetBytes(value));
}
