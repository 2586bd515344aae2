using System.Text;

namespace Keyway.Differential.Commands;

/// <summary>All chance of a sequence comes from here: from one seed the same words. Pools are small, so that commands meet each other's keys and members.</summary>
/// <param name="seed">The same seed, the same words.</param>
/// <param name="payloads">What RESTORE may be given.</param>
/// <param name="data">The makers of commands on values that may be used anywhere: in transactions, beside blocked clients.</param>
/// <param name="kinds">What the sequence writes most.</param>
internal sealed partial class Dice(int seed, IReadOnlyList<string> payloads, IReadOnlyList<Maker> data, Kind[] kinds)
{
    private const int KeysOfAKind = 4;

    private static readonly string[] Prefixes = ["str", "list", "hash", "set", "zset", "stream", "geo", "bits", "num", "hll", "lex", "tiny"];

    private static readonly string[] SharedKeys = ["", "\0\r\n", Utf8("ключ"), "long" + new string('k', 300), "shared", "shared"];

    private readonly Kind[] _drawn = [.. kinds.Where(kind => kind < Kind.HyperLogLog)];
    private readonly Random _random = new(seed);
    private int _lifetimes;
    private int _missing;
    private long _streamMs = 1000;

    /// <summary>A payload of DUMP from a real server: of any type and encoding.</summary>
    public string Payload() => payloads.Count > 0 ? Pick(payloads) : "";

    /// <summary>Any request on values whose reply and effect are certain.</summary>
    public Call AnyData()
    {
        while (true)
        {
            Call[] calls = Pick(data).Make(this);
            if (calls.Length == 1 && !Catalogue.IsUncertain(calls[0])) return calls[0];
        }
    }

    /// <summary>A request on values, on one of a sequence's connections.</summary>
    public Call AnyDataOn(int connection) => AnyData() with { Connection = connection };

    public int Below(int limit) => _random.Next(limit);

    public int Between(int low, int high) => _random.Next(low, high + 1);

    public bool OneIn(int n) => _random.Next(n) == 0;

    public bool Percent(int percent) => _random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    public string Pick(params string[] from) => from[_random.Next(from.Length)];

    /// <summary>A key that most likely holds this kind, if anything.</summary>
    public string Key(Kind kind) => _random.Next(100) switch
    {
        < 88 => Own(kind),
        < 93 => Pick(SharedKeys),
        < 97 => AnyKey(),
        _ => $"none:{++_missing % 100}",
    };

    /// <summary>A key of the kind that only its commands write.</summary>
    public string Own(Kind kind) => $"{Prefixes[(int)kind]}:{1 + _random.Next(KeysOfAKind)}";

    public string AnyKey() => _random.Next(12) switch
    {
        0 => Pick(SharedKeys),
        < 10 when _drawn.Length > 0 => Own(Pick(_drawn)),
        _ => Own((Kind)_random.Next((int)Kind.HyperLogLog)),
    };

    /// <summary>A pattern of keys as KEYS, SCAN and PSUBSCRIBE take it.</summary>
    public string Pattern() => Pick(
        "*", "*", "str:*", "list:?", "[hs]*", "k*", "[^a-l]*:1", "\\str:1", "", "long*k", "**", "[", "str:[1", "*:[1-3]", "*:[3-1]", "h?sh:[^12]", "shared", "*\\", "[a-", "*a*t*1",
        "\\s*", "[\\s]*", "zset:*", "\0*", "*" + Utf8("ч") + "*");

    /// <summary>From one to many words: seldom so many that a small encoding has to go.</summary>
    public string[] Many(Func<string> next)
    {
        int count = _random.Next(1000) switch
        {
            < 700 => Between(1, 3),
            < 930 => Between(4, 12),
            < 990 => Between(20, 150),
            _ => Between(500, 700),
        };
        return Times(count, next);
    }

    public string[] Few(Func<string> next) => Times(_random.Next(10) switch { < 5 => 1, < 8 => 2, < 9 => 3, _ => Between(4, 9) }, next);

    public string[] Times(int count, Func<string> next)
    {
        string[] words = new string[count];
        for (int i = 0; i < count; i++) words[i] = next();
        return words;
    }

    /// <summary>Pairs: names and what belongs to each.</summary>
    public string[] Pairs(Func<string> first, Func<string> second, bool few = false)
    {
        string[] names = few ? Few(first) : Many(first);
        return [.. names.SelectMany(name => new[] { name, second() })];
    }

    /// <summary>Half of the time these words, else none.</summary>
    public string[] Maybe(params string[] words) => OneIn(2) ? words : [];

    /// <summary>These words in some of a hundred cases.</summary>
    public string[] Often(int percent, params string[] words) => Percent(percent) ? words : [];

    public string[] OneOf(params string[][] options) => options[_random.Next(options.Length)];

    /// <summary>Some of the options in any order; seldom all of them.</summary>
    public string[] Some(params string[][] options)
    {
        int wanted = _random.Next(10) switch { < 3 => 0, < 7 => 1, < 9 => 2, _ => options.Length };
        var chosen = new List<string[]>(options);
        Shuffle(chosen);
        return [.. chosen.Take(wanted).SelectMany(option => option)];
    }

    /// <summary>All of the parts in any order.</summary>
    public string[] Shuffled(params string[][] parts)
    {
        var order = new List<string[]>(parts);
        Shuffle(order);
        return [.. order.SelectMany(part => part)];
    }

    /// <summary>"numkeys key…" as it should be; seldom with another number.</summary>
    public string[] Counted(Func<string> key)
    {
        string[] keys = Few(key);
        return [Percent(3) ? Pick("0", "-1", "x", "99", $"{keys.Length + 1}", "2147483648") : $"{keys.Length}", .. keys];
    }

    /// <summary>The letters in any case.</summary>
    public string AnyCase(string word) => _random.Next(6) switch
    {
        0 => word.ToLowerInvariant(),
        1 => string.Create(word.Length, word, (to, from) =>
        {
            for (int i = 0; i < to.Length; i++) to[i] = i % 2 == 0 ? char.ToLowerInvariant(from[i]) : char.ToUpperInvariant(from[i]);
        }),
        _ => word,
    };

    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private void Shuffle<T>(List<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = _random.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
