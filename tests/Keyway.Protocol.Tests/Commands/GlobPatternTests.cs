using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Testing.RealServers;

namespace Keyway.Protocol.Tests.Commands;

public sealed class GlobPatternTests : IClassFixture<SharedRedis>
{
    private readonly SharedRedis _redis;

    public GlobPatternTests(SharedRedis redis) => _redis = redis;

    [Theory]
    [InlineData("h?llo", "hello", true)]
    [InlineData("h*llo", "heeeello", true)]
    [InlineData("h[ae]llo", "hillo", false)]
    [InlineData("h[^e]llo", "hallo", true)]
    [InlineData("h[a-b]llo", "hbllo", true)]
    [InlineData("h[b-a]llo", "hbllo", true)]
    [InlineData(@"h\?llo", "hallo", false)]
    [InlineData(@"h\?llo", "h?llo", true)]
    [InlineData("a[bc", "ac", true)]
    [InlineData("*", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("HELLO", "hello", false)]
    public void Patterns_match_whole_texts(string pattern, string text, bool matches) =>
        Assert.Equal(matches, GlobPattern.Matches(Encoding.Latin1.GetBytes(pattern), Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void A_pattern_of_many_stars_takes_no_longer_than_both_lengths_multiplied()
    {
        byte[] pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a*", 500)) + "b");
        byte[] text = Encoding.ASCII.GetBytes(new string('a', 50_000));
        Assert.False(GlobPattern.Matches(pattern, text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_patterns_match_what_Redis_matches(int seed)
    {
        const string Letters = "abB*?[]^-\\";
        var random = new Random(seed);
        string[] texts = [.. Enumerable.Range(0, 60).Select(_ => Draw(random, "abB-^]*\\", 1, 5)).Distinct()];

        using RespClient client = _redis.Connect();
        client.Call("FLUSHALL");
        foreach (string text in texts) client.Call("SET", text, "");
        for (int i = 0; i < 3000; i++)
        {
            string pattern = Draw(random, Letters, 1, 8);
            byte[] patternBytes = Encoding.Latin1.GetBytes(pattern);
            string[] ours = [.. texts.Where(text => GlobPattern.Matches(patternBytes, Encoding.Latin1.GetBytes(text)))];
            string[] theirs = client.Call("KEYS", pattern).Texts;
            Assert.Equal((pattern, string.Join(' ', theirs.Order())), (pattern, string.Join(' ', ours.Order())));

            client.Send("COMMAND", "LIST", "FILTERBY", "PATTERN", pattern + "e*");
            byte[] longer = Encoding.Latin1.GetBytes(pattern + "e*");
            string[] names = [.. CommandTable.All.Where(row => GlobPattern.Matches(longer, row.NameBytes, ignoreCase: true)).Select(row => row.Name)];
            Assert.Equal((pattern, string.Join(' ', client.ReadReply().Texts.Order())), (pattern, string.Join(' ', names.Order())));
        }
    }

    private static string Draw(Random random, string letters, int shortest, int longest) =>
        string.Concat(Enumerable.Range(0, random.Next(shortest, longest + 1)).Select(_ => letters[random.Next(letters.Length)]));
}
