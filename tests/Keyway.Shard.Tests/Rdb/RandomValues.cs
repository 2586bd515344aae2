namespace Keyway.Shard.Tests.Rdb;

/// <summary>Commands that make random values of all kinds and sizes, from a seed.</summary>
internal sealed class RandomValues(int seed)
{
    private readonly Random _random = new(seed);

    public IEnumerable<string[]> Commands(string key) => _random.Next(8) switch
    {
        0 => [["SET", key, Text(longest: 5000)]],
        1 => [["SET", key, Number()]],
        2 => [["RPUSH", key, .. Texts(Size())]],
        3 => [["SADD", key, .. Numbers(Size())]],
        4 => [["SADD", key, .. Texts(Size())]],
        5 => [["HSET", key, .. Texts(Size() * 2)]],
        6 => [["ZADD", key, .. Scored(Size())]],
        _ => Stream(key),
    };

    private IEnumerable<string[]> Stream(string key)
    {
        int entries = _random.Next(4) * _random.Next(120);
        for (int i = 1; i <= entries; i++) yield return ["XADD", key, $"{i / 3 + 1}-{i % 3 + 1}", .. Texts(_random.Next(4) == 0 ? 4 : 2, 40)];
        yield return ["XGROUP", "CREATE", key, "readers", "0", "MKSTREAM"];
        yield return ["XGROUP", "CREATE", key, "others", "$"];
        yield return ["XGROUP", "CREATECONSUMER", key, "readers", "idle"];
        if (entries == 0) yield break;

        yield return ["XREADGROUP", "GROUP", "readers", "first", "COUNT", $"{_random.Next(1, 50)}", "STREAMS", key, ">"];
        yield return ["XREADGROUP", "GROUP", "readers", "second", "COUNT", $"{_random.Next(1, 50)}", "STREAMS", key, ">"];
        for (int i = _random.Next(10); i > 0; i--) yield return ["XDEL", key, $"{_random.Next(entries) / 3 + 1}-{_random.Next(1, 4)}"];
        if (_random.Next(3) == 0) yield return ["XTRIM", key, "MAXLEN", $"{_random.Next(entries)}"];
        if (_random.Next(5) == 0) yield return ["XTRIM", key, "MAXLEN", "0"];
    }

    private int Size() => _random.Next(5) switch { 0 => 1, 1 => _random.Next(1, 200), 2 => _random.Next(1, 700), _ => _random.Next(1, 20) };

    private string[] Texts(int count, int longest = 300)
    {
        int most = _random.Next(3) == 0 ? longest : 30;
        return [.. Enumerable.Range(0, count).Select(_ => _random.Next(3) == 0 ? Number() : Text(most))];
    }

    private string[] Numbers(int count)
    {
        long range = 1L << _random.Next(1, 62);
        return [.. Enumerable.Range(0, count).Select(_ => $"{_random.NextInt64(-range, range)}")];
    }

    private string[] Scored(int count)
    {
        var elements = new List<string>();
        for (int i = 0; i < count; i++)
        {
            elements.Add(Score());
            elements.Add(_random.Next(3) == 0 ? Number() : Text(_random.Next(4) == 0 ? 200 : 30));
        }

        return [.. elements];
    }

    private string Score() => _random.Next(6) switch
    {
        0 => "inf",
        1 => "-inf",
        2 => $"{_random.Next(5)}",
        3 => $"{_random.NextDouble() * 1e10}",
        4 => "1.5e300",
        _ => $"{_random.NextInt64()}",
    };

    private string Number() => $"{_random.NextInt64(-1L << 62, 1L << 62) >> _random.Next(62)}";

    private string Text(int longest)
    {
        int letters = _random.Next(3) switch { 0 => 2, 1 => 26, _ => 256 };
        int first = letters == 256 ? 0 : 'a';
        return string.Create(_random.Next(longest), (_random, first, letters), static (text, state) =>
        {
            for (int i = 0; i < text.Length; i++) text[i] = (char)(state.first + state._random.Next(state.letters));
        });
    }
}
