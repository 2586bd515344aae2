using Keyway.Protocol.Commands;

namespace Keyway.Protocol.Tests.Commands;

public class KeyExtractorTests
{
    // Keys by their place; a destination that a later one replaces is in parentheses.
    [Theory]
    [InlineData("get k", "1")]
    [InlineData("set k v", "1")]
    [InlineData("mget a b c", "1 2 3")]
    [InlineData("mset a 1 b 2", "1 3")]
    [InlineData("blpop a b 0", "1 2")]
    [InlineData("rename a b", "1 2")]
    [InlineData("blmove a b left right 0", "1 2")]
    [InlineData("bitop and d a b", "2 3 4")]
    [InlineData("bitop not d a", "2 3")]
    [InlineData("pfmerge d", "1")]
    [InlineData("sdiffstore d a b", "1 2 3")]
    [InlineData("object encoding k", "2")]
    [InlineData("xgroup create k g $", "2")]
    [InlineData("xinfo stream k full", "2")]
    [InlineData("memory usage k samples 5", "2")]
    [InlineData("ssubscribe a b", "1 2")]
    [InlineData("sunsubscribe", "")]
    [InlineData("spublish c m", "1")]
    [InlineData("ping", "")]
    [InlineData("config get x", "")]
    [InlineData("eval s 2 a b c", "3 4")]
    [InlineData("eval s 0", "")]
    [InlineData("eval s 0 a", "")]
    [InlineData("fcall f 1 a b", "3")]
    [InlineData("zunionstore d 2 a b weights 1 2", "1 3 4")]
    [InlineData("zinter 2 a b withscores", "2 3")]
    [InlineData("sintercard 1 a limit 0", "2")]
    [InlineData("lmpop 2 a b left", "2 3")]
    [InlineData("bzmpop 0 1 a min", "3")]
    [InlineData("xread streams a b 0 0", "2 3")]
    [InlineData("xread count 1 block 0 streams a 0", "6")]
    [InlineData("xreadgroup group streams streams streams a >", "5")]
    [InlineData("xreadgroup count 1 group g streams streams s >", "7")]
    [InlineData("sort k", "1")]
    [InlineData("sort k by store store x", "1 5")]
    [InlineData("sort k store by store x", "1 (3) 5")]
    [InlineData("sort k limit store store store y", "1 6")]
    [InlineData("sort k STORE a StorE b stORE c", "1 (3) (5) 7")]
    [InlineData("sort_ro k store a", "1")]
    [InlineData("georadius k 0 0 1 m store a storedist b", "1 (7) 9")]
    [InlineData("georadius k 0 0 1 m count store store b", "1 9")]
    [InlineData("georadiusbymember store store 1 m storedist b", "1 6")]
    [InlineData("georadius_ro k 0 0 1 m store a", "1")]
    [InlineData("migrate h 1 k 0 5 copy", "3")]
    [InlineData("migrate h 1  0 5 auth keys keys a b", "9 10")]
    [InlineData("migrate h 1  0 5 auth2 keys keys keys a", "10")]
    public void The_keys_that_a_server_touches_are_found(string request, string expected)
    {
        var keys = default(KeyList);
        KeyStatus status = Extract(request, ref keys);
        Assert.Equal(expected.Length == 0 ? KeyStatus.None : KeyStatus.Found, status);
        Assert.Equal(expected, Places(keys));
    }

    [Theory]
    [InlineData("sort k by w_* get n_*", true)]
    [InlineData("sort k by nosort get #", false)]
    [InlineData("sort k by nosort get x*->f", true)]
    [InlineData("sort_ro k get *", true)]
    [InlineData("sort k store a*b", false)]
    [InlineData("get k", false)]
    public void Patterns_of_SORT_that_name_other_keys_are_noticed(string request, bool touchesUnnamedKeys)
    {
        var keys = default(KeyList);
        Extract(request, ref keys);
        Assert.Equal(touchesUnnamedKeys, keys.TouchesUnnamedKeys);
    }

    [Theory]
    [InlineData("mset a 1 b", "ERR wrong number of arguments for 'mset' command")]
    [InlineData("zunionstore d 9223372036854775807 a", "ERR syntax error")]
    [InlineData("zunionstore d 9223372036854775808 a", "ERR value is not an integer or out of range")]
    [InlineData("lmpop -1 a left", "ERR numkeys should be greater than 0")]
    [InlineData("eval s -1 a", "ERR Number of keys can't be negative")]
    [InlineData("evalsha aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -1 a", "ERR Number of keys can't be negative")]
    [InlineData("evalsha aaaa -1 a", "NOSCRIPT No matching script. Please use EVAL.")]
    [InlineData("xreadgroup count 1 streams streams streams a b", "ERR Missing GROUP option for XREADGROUP")]
    [InlineData("eval s 2 a", "ERR Number of keys can't be greater than number of args")]
    [InlineData("xread streams a b 1", "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.")]
    public void Requests_whose_keys_cannot_be_told_are_refused(string request, string error)
    {
        var keys = default(KeyList);
        Assert.Equal(KeyStatus.Invalid, Extract(request, ref keys));
        Assert.Equal(error, keys.Error);
        Assert.Equal(0, keys.Count);
    }

    [Theory]
    [InlineData("set k v", 2)]
    [InlineData("get k", 2)]
    [InlineData("mget a b c", 4)]
    [InlineData("mset a 1 b 2", 4)]
    [InlineData("blpop a b 0", 3)]
    [InlineData("eval s 2 a b c d e", 5)]
    [InlineData("eval s 0 a b c d e", 3)]
    [InlineData("zunionstore d 2 a b weights 1 2", 5)]
    [InlineData("sort k desc limit 0 1", 6)]
    [InlineData("sort_ro k desc", 3)]
    [InlineData("georadius k 0 0 1 m asc", 7)]
    [InlineData("xread count 1 streams a b 0 0", 6)]
    [InlineData("xgroup create k g $", 3)]
    [InlineData("config get x", 1)]
    public void Keys_are_certain_as_soon_as_no_later_argument_can_add_one(string request, int certainAfter)
    {
        var encoded = new EncodedRequest(request.Split(' '));
        Command row = CommandTable.Resolve(encoded.Arguments)!;
        var keys = default(KeyList);
        for (int come = 1; come <= encoded.Texts.Length; come++)
        {
            PartialKeys known = KeyExtractor.ExtractPartial(row, encoded.First(come), encoded.Texts.Length, ref keys);
            Assert.Equal((come, come >= certainAfter ? PartialKeys.Certain : PartialKeys.NeedMore), (come, known));
        }
        var all = default(KeyList);
        KeyExtractor.Extract(row, encoded.Arguments, ref all);
        Assert.Equal(Places(all), Places(keys));
    }

    [Theory]
    [InlineData("mset a 1 b", 1)]
    [InlineData("eval s 9 a b c", 3)]
    [InlineData("xread foo bar streams a 0", 2)]
    [InlineData("xread count x streams a 0", 3)]
    [InlineData("xread streams a b 0", 2)]
    public void Requests_that_no_server_would_run_are_refused_before_they_have_come(string request, int certainAfter)
    {
        var encoded = new EncodedRequest(request.Split(' '));
        Command row = CommandTable.Resolve(encoded.Arguments)!;
        var keys = default(KeyList);
        for (int come = 1; come <= encoded.Texts.Length; come++)
        {
            PartialKeys known = KeyExtractor.ExtractPartial(row, encoded.First(come), encoded.Texts.Length, ref keys);
            Assert.Equal((come, come >= certainAfter ? PartialKeys.Invalid : PartialKeys.NeedMore), (come, known));
        }
    }

    [Fact]
    public void Words_before_STREAMS_without_end_are_not_read_again_and_again()
    {
        string[] texts = ["xread", .. Enumerable.Repeat(new[] { "count", "1" }, 5000).SelectMany(pair => pair), "streams", "a", "0"];
        var encoded = new EncodedRequest(texts);
        Command row = CommandTable.Find("xread"u8)!;
        var keys = default(KeyList);
        Assert.Equal(PartialKeys.NeedMore, KeyExtractor.ExtractPartial(row, encoded.First(texts.Length - 1), texts.Length, ref keys));
        Assert.Equal(PartialKeys.Certain, KeyExtractor.ExtractPartial(row, encoded.Arguments, texts.Length, ref keys));
        Assert.Equal(texts.Length - 2, keys[0].Index);
    }

    [Fact]
    public void A_list_that_was_huge_once_gives_its_memory_back()
    {
        var keys = default(KeyList);
        for (int i = 0; i < 100_000; i++) keys.Add(i, KeyAccess.RO);
        Assert.Equal(99_999, keys[99_999].Index);
        keys.Clear();
        Assert.Equal(0, keys.Count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        keys.Add(1, KeyAccess.RW);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1000);
        Assert.Equal([new KeyReference(1, KeyAccess.RW)], keys.Items.ToArray());
    }

    private static KeyStatus Extract(string request, ref KeyList keys)
    {
        var encoded = new EncodedRequest(request.Split(' '));
        return KeyExtractor.Extract(CommandTable.Resolve(encoded.Arguments)!, encoded.Arguments, ref keys);
    }

    private static string Places(in KeyList keys)
    {
        IEnumerable<string> places = keys.Items.ToArray().Select(key => key.Access.HasFlag(KeyAccess.Superseded) ? $"({key.Index})" : $"{key.Index}");
        return string.Join(' ', places);
    }
}
