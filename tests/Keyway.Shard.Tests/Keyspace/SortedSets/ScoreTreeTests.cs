using System.Text;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Tests.Keyspace.SortedSets;

/// <summary>A large sorted set against a sorted list, and its tree against what a tree of its kind promises.</summary>
public sealed unsafe class ScoreTreeTests : IDisposable
{
    private static readonly Comparer<(double Score, string Member)> Order = Comparer<(double Score, string Member)>.Create(
        (a, b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : string.CompareOrdinal(a.Member, b.Member));

    private readonly SlabAllocator _memory = new();
    private readonly ValueStore _store;
    private readonly LargeSortedSet _set;
    private readonly Dictionary<string, double> _scores = [];
    private readonly List<(double Score, string Member)> _model = [];

    public ScoreTreeTests()
    {
        _store = new ValueStore(_memory, new KeyHash(1, 2));
        _set = new LargeSortedSet(_store);
    }

    [Theory]
    [InlineData(1, 50, 1_000_000)]
    [InlineData(2, 2_000, 1_000_000)]
    [InlineData(3, 2_000, 3)]
    [InlineData(4, 20_000, 1_000_000)]
    [InlineData(5, 20_000, 1)]
    [InlineData(6, 20_000, 300)]
    public void Holds_what_a_sorted_list_holds_while_it_grows_and_shrinks(int seed, int members, int scores)
    {
        var random = new Random(seed);
        for (int step = 0; step < 60_000; step++)
        {
            // Phases that mostly add and phases that mostly remove.
            bool shrinks = step / 15_000 % 2 == 1;
            string member = $"{random.Next(members)}";
            double score = random.Next(scores) / 4.0;
            int choice = random.Next(100);
            if (choice < (shrinks ? 20 : 85)) Set(member, score);
            else if (choice < 99) Remove(member);
            else if (_model.Count > 0 && random.Next(shrinks ? 4 : 20) == 0) RemoveRange(random);
            if (step % 6_000 == 0) Check(random);
        }

        Check(random);
        while (_model.Count > 0) Remove(_model[random.Next(_model.Count)].Member);
        Check(random);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Elements_that_come_in_order_leave_full_nodes_behind(bool isAscending)
    {
        const int count = 62 * 31 * 4;
        for (int i = 0; i < count; i++) Set($"{i:D6}", isAscending ? i : -i);
        Check(new Random(1));

        // Sixteen bytes an element in the leaves, a header, and a thirtieth of that above them.
        Assert.InRange(_set.Tree.MemoryBytes, count * 16, (long)(count * 16 * (isAscending ? 1.08 : 1.13)));
    }

    [Fact]
    public void Scores_at_the_edges_keep_their_places()
    {
        foreach (double score in (double[])[double.NegativeInfinity, double.MinValue, -1, -double.Epsilon, -0.0, 0.0, double.Epsilon, 1, double.MaxValue, double.PositiveInfinity])
        {
            _set.Add(Encoding.ASCII.GetBytes($"b{score:R}"), score);
            _set.Add(Encoding.ASCII.GetBytes($"a{score:R}"), score);
        }

        var seen = new List<string>();
        for (TreePosition at = _set.Seek(0); at.IsElement; at.MoveNext()) seen.Add(Encoding.ASCII.GetString(at.Member.Bytes));

        // The two zeros are equal: among them the members decide.
        Assert.Equal(
            [
                "a-Infinity", "b-Infinity", "a-1.7976931348623157E+308", "b-1.7976931348623157E+308", "a-1", "b-1", "a-5E-324", "b-5E-324",
                "a-0", "a0", "b-0", "b0", "a5E-324", "b5E-324", "a1", "b1", "a1.7976931348623157E+308", "b1.7976931348623157E+308", "aInfinity", "bInfinity",
            ],
            seen);
        Assert.True(double.IsNegative(_set.Find("a-0"u8).Score));
        Assert.Equal(8, _set.CountBefore(new ScoreRange(-0.0, false, 5, false).Start));
        Assert.Equal(12, _set.CountBefore(new ScoreRange(-1, false, 0, false).End));
    }

    [Fact]
    public void A_small_step_of_a_score_changes_nothing_but_the_score()
    {
        for (int i = 0; i < 5_000; i++) Set($"{i}", i * 10);
        for (int i = 0; i < 5_000; i++) Set($"{i}", i * 10 + (i % 11));
        Check(new Random(1));
    }

    [Fact]
    public void Gives_all_memory_back_in_slices()
    {
        for (int i = 0; i < 30_000; i++) Set($"{i}", i % 100);
        var copy = (LargeSortedSet)_set.Copy();
        Assert.Equal(_model.Count, copy.Count);
        Assert.Equal(_set.Seek(777).Score, copy.Seek(777).Score);

        int slices = 0;
        int budget = 500;
        while (copy.FreeSome(ref budget))
        {
            budget = 500;
            slices++;
        }

        Assert.InRange(slices, 30, 500);
        Check(new Random(1));
    }

    public void Dispose()
    {
        int budget = int.MaxValue;
        while (_set.FreeSome(ref budget)) budget = int.MaxValue;
        Assert.Equal(0, _memory.UsedBytes);
        _memory.Dispose();
    }

    private void Set(string member, double score)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(member);
        ScoredMember element = _set.Find(bytes);
        Assert.Equal(_scores.TryGetValue(member, out double present), !element.IsNull);
        if (element.IsNull)
        {
            _set.Add(bytes, score);
        }
        else
        {
            Assert.Equal(present, element.Score);
            _model.RemoveAt(_model.BinarySearch((present, member), Order));
            _set.Rescore(element, score);
        }

        _model.Insert(~_model.BinarySearch((score, member), Order), (score, member));
        _scores[member] = score;
    }

    private void Remove(string member)
    {
        Assert.Equal(_scores.Remove(member, out double score), _set.Remove(Encoding.ASCII.GetBytes(member)));
        int at = _model.BinarySearch((score, member), Order);
        if (at >= 0) _model.RemoveAt(at);
    }

    private void RemoveRange(Random random)
    {
        int start = random.Next(_model.Count);
        int count = 1 + random.Next(Math.Min(300, _model.Count - start));
        foreach ((_, string member) in _model.GetRange(start, count)) _scores.Remove(member);
        _model.RemoveRange(start, count);
        _set.RemoveRange(start, count);
    }

    private void Check(Random random)
    {
        Assert.Equal(_model.Count, _set.Count);
        TreePosition at = _set.Seek(0);
        foreach ((double score, string member) in _model)
        {
            Assert.Equal(score, at.Score);
            Assert.Equal(member, Encoding.ASCII.GetString(at.Member.Bytes));
            at.MoveNext();
        }

        Assert.False(at.IsElement);
        at = _set.Seek(_model.Count - 1);
        for (int i = _model.Count - 1; i >= 0; i--)
        {
            Assert.Equal(_model[i].Score, at.Score);
            at.MovePrevious();
        }

        Assert.False(at.IsElement);
        for (int i = 0; i < 40 && _model.Count > 0; i++) CheckAt(random.Next(_model.Count), random);
        if (_set.Tree.Height > 0) CheckNode(_set.Tree.Root, _set.Tree.Height, isRoot: true);
    }

    private void CheckAt(int rank, Random random)
    {
        (double score, string member) = _model[rank];
        Assert.Equal(rank, _set.RankOf(_set.Find(Encoding.ASCII.GetBytes(member))));
        Assert.Equal(member, Encoding.ASCII.GetString(_set.Seek(rank).Member.Bytes));

        bool excludes = random.Next(2) == 0;
        double bound = score + (random.Next(3) - 1) / 8.0;
        var range = new ScoreRange(bound, excludes, bound, excludes);
        Assert.Equal(_model.Count(element => excludes ? element.Score <= bound : element.Score < bound), _set.CountBefore(range.Start));
        Assert.Equal(_model.Count(element => excludes ? element.Score < bound : element.Score <= bound), _set.CountBefore(range.End));
        if (_model[0].Score != _model[^1].Score) return;

        var lex = new LexBound(Encoding.ASCII.GetBytes(member), takesEqual: excludes);
        Assert.Equal(rank + (excludes ? 1 : 0), _set.CountBefore(lex));
    }

    private static long CheckNode(TreeNode* node, int height, bool isRoot)
    {
        Assert.InRange(node->Count, 1, node->Capacity);
        if (height == 1) return node->Count;

        Assert.True(!isRoot || node->Count > 1);
        long sum = 0;
        for (int i = 0; i < node->Count; i++)
        {
            TreeNode* child = node->Children[i];
            Assert.Equal(child->Scores[0], node->Scores[i]);
            Assert.True(child->Members[0] == node->Members[i]);
            Assert.Equal(node->Counts[i], CheckNode(child, height - 1, isRoot: false));
            sum += node->Counts[i];
        }

        return sum;
    }
}
