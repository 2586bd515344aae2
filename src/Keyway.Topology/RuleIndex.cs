using Keyway.Topology.Twemproxy;

namespace Keyway.Topology;

/// <summary>
/// One rule made fast to ask. A rule consists of parts (slots, ranges, shards), each a unit; what no part holds is one unit more.
/// </summary>
internal sealed class RuleIndex
{
    private enum Kind : byte { Slots, Number, Text, Single, Twemproxy }

    private readonly Kind _kind;
    private readonly int _prefixLength;
    private readonly NumberIndex? _numbers;
    private readonly TextIndex? _texts;
    private readonly TwemproxyIndex? _pool;
    private readonly int[]? _shardOfServer;

    public PartitionRule Rule { get; }

    /// <summary>The unit of the first part.</summary>
    public int FirstUnit { get; }

    /// <summary>The shard of each part.</summary>
    public ushort[] Shards { get; }

    /// <summary>Ascending, where the rule has them: part i is range i.</summary>
    public IReadOnlyList<NumberRange> Numbers { get; } = [];

    /// <inheritdoc cref="Numbers"/>
    public IReadOnlyList<TextRange> Texts { get; } = [];

    /// <summary>Whether there can be keys that no part holds; where not, 'otherwise' says nothing.</summary>
    public bool LeavesKeys { get; }

    /// <summary>The shard for what no part holds; -1 when it is refused.</summary>
    public int OtherwiseShard { get; }

    /// <summary>The rule with the next shorter prefix, where that one decides what no part holds; else -1.</summary>
    public int Next { get; }

    public TwemproxyIndex? Pool => _pool;

    public RuleIndex(PartitionRule rule, int firstUnit, int shardCount, int next)
    {
        Rule = rule;
        FirstUnit = firstUnit;
        _prefixLength = rule.Prefix.Length;
        switch (rule.Placement)
        {
            case Placement.Slots slots:
                _kind = Kind.Slots;
                Shards = new ushort[HashSlot.Count];
                foreach (SlotRange range in slots.Ranges) Shards.AsSpan(range.First, range.Last - range.First + 1).Fill((ushort)range.Shard);
                break;
            case Placement.Number number:
                _kind = Kind.Number;
                Numbers = NumberRanges.Sort(number.Ranges);
                Shards = [.. Numbers.Select(range => (ushort)range.Shard)];
                _numbers = new NumberIndex(Numbers);
                break;
            case Placement.Text text:
                _kind = Kind.Text;
                Texts = TextRanges.Sort(text.Ranges);
                Shards = [.. Texts.Select(range => (ushort)range.Shard)];
                _texts = new TextIndex(Texts);
                break;
            case Placement.Single single:
                _kind = Kind.Single;
                Shards = [(ushort)single.Shard];
                break;
            case Placement.Twemproxy twemproxy:
                _kind = Kind.Twemproxy;
                Shards = [.. Enumerable.Range(0, shardCount).Select(shard => (ushort)shard)];
                _pool = new TwemproxyIndex(twemproxy);
                _shardOfServer = [.. twemproxy.Servers.Select(server => server.Shard)];
                break;
            default:
                throw new ArgumentException($"rule '{rule.Name}' has no known placement");
        }

        LeavesKeys = _numbers is not null || _texts is { HoldsAll: false };
        OtherwiseShard = LeavesKeys && rule.Otherwise.Kind == OtherwiseKind.Shard ? rule.Otherwise.Shard : -1;
        Next = LeavesKeys && rule.Otherwise.Kind == OtherwiseKind.Next ? next : -1;
    }

    /// <returns>The part that holds the key; -1 when none does.</returns>
    public int Find(ReadOnlySpan<byte> key) => _kind switch
    {
        Kind.Slots => HashSlot.Of(key),
        Kind.Number => _numbers!.Find(key[_prefixLength..]),
        Kind.Text => _texts!.Find(key[_prefixLength..]),
        Kind.Single => 0,
        _ => _shardOfServer![_pool!.Find(key)],
    };
}
