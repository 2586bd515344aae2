using Keyway.Platform.Simulation;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Sets;

/// <summary>What chance decides, and what no client may ask for.</summary>
public sealed class SetCommandTests : IDisposable
{
    private readonly TestShard _shard = new();
    private readonly SimulatedPeer _peer;

    public SetCommandTests() => _peer = _shard.Connect();

    [Theory]
    [InlineData(20, "")]
    [InlineData(20, "m")]
    [InlineData(1000, "m")]
    public void A_positive_count_gives_different_members(int members, string prefix)
    {
        Fill(members, prefix);
        foreach (int count in (int[])[1, 2, members / 4, members / 2, members - 1, members, members + 5])
        {
            string[] picked = Call($"SRANDMEMBER s {count}").Texts;
            Assert.Equal(Math.Min(count, members), picked.Length);
            Assert.Equal(picked.Length, picked.Distinct().Count());
            Assert.All(picked, member => Assert.Equal(1, Call($"SISMEMBER s {member}").Integer));
        }
    }

    [Theory]
    [InlineData(3, "")]
    [InlineData(1000, "m")]
    public void A_negative_count_gives_exactly_so_many_and_repeats(int members, string prefix)
    {
        Fill(members, prefix);
        Assert.Equal(2500, Call("SRANDMEMBER s -2500").Count);
    }

    [Fact]
    public void More_repetitions_than_anyone_could_read_are_refused()
    {
        Fill(3, "");
        Assert.Equal("-ERR value is out of range\r\n", _shard.Call(_peer, "SRANDMEMBER s -9223372036854775807"));
    }

    [Theory]
    [InlineData(15, "")]
    [InlineData(15, "m")]
    [InlineData(1000, "m")]
    public void What_was_popped_is_gone_and_the_rest_stays(int members, string prefix)
    {
        Fill(members, prefix);
        Call("EXPIRE s 100");
        var left = Enumerable.Range(0, members).Select(i => prefix + i).ToHashSet();
        foreach (int count in (int[])[0, 1, members / 3, members / 3])
        {
            string[] popped = Call($"SPOP s {count}").Texts;
            Assert.Equal(count, popped.Length);
            Assert.All(popped, member => Assert.True(left.Remove(member)));
            Assert.Equal(left.Order(), Call("SMEMBERS s").Texts.Order());
        }

        Assert.True(left.Remove(Call("SPOP s").Text));
        Assert.Equal(100, Call("TTL s").Integer);
        Assert.Equal(left.Order(), Call($"SPOP s {members}").Texts.Order());
        Assert.Equal(0, Call("EXISTS s").Integer);
    }

    [Theory]
    [InlineData("x", "1 2 3 4 5 6 7 8 9 10 11", "intset")]
    [InlineData("x", "1 2 3 4 5 6 7 8 9 y z", "hashtable")]
    public void A_set_of_which_most_is_popped_is_given_its_form_anew(string first, string members, string expected)
    {
        // Until what stays is all numbers, or surely is not: chance decides what goes.
        string encoding = "";
        for (int i = 0; i < 100 && encoding != expected; i++)
        {
            Call("DEL s");
            Call($"SADD s {first} {members}");
            Assert.Equal("hashtable", Call("OBJECT ENCODING s").Text);
            Call("SPOP s 10");
            encoding = Call("OBJECT ENCODING s").Text;
            bool isNumbers = Call("SMEMBERS s").Texts.All(member => char.IsAsciiDigit(member[0]));
            Assert.Equal(isNumbers ? "intset" : "hashtable", encoding);
        }

        Assert.Equal(expected, encoding);
    }

    [Fact]
    public void A_set_of_which_little_is_popped_keeps_its_form()
    {
        Call("SADD s x 1 2 3 4 5 6 7 8");
        Call("SREM s x");
        Call("SPOP s 5");
        Assert.Equal("hashtable", Call("OBJECT ENCODING s").Text);
    }

    [Fact]
    public void A_scan_meets_all_that_stays_while_the_set_grows_and_shrinks()
    {
        Fill(500, "m");
        var met = new HashSet<string>();
        string cursor = "0";
        int round = 0;
        do
        {
            RespValue reply = Call($"SSCAN s {cursor} COUNT 20");
            cursor = reply[0].Text;
            met.UnionWith(reply[1].Texts);
            round++;
            for (int i = 0; i < 40; i++) Call(round < 10 ? $"SADD s x{round}:{i}" : $"SREM s x{round - 10}:{i}");
        }
        while (cursor != "0");

        for (int i = 0; i < 500; i++) Assert.Contains($"m{i}", met);
    }

    [Fact]
    public void Sets_of_every_size_intersect_unite_and_subtract()
    {
        int[][] sets = [.. Enumerable.Range(1, 6).Select(step => Enumerable.Range(0, 2000 / (step * step)).Select(i => i * step).ToArray())];
        for (int i = 0; i < sets.Length; i++) Call($"SADD s{i} " + string.Join(' ', sets[i]) + (i == 3 ? " text" : ""));

        for (int i = 0; i < sets.Length; i++)
        {
            for (int j = 0; j < sets.Length; j++)
            {
                string[] first = [.. sets[i].Select(number => $"{number}"), .. i == 3 ? ["text"] : Array.Empty<string>()];
                string[] second = [.. sets[j].Select(number => $"{number}"), .. j == 3 ? ["text"] : Array.Empty<string>()];
                Assert.Equal(first.Intersect(second).Order(), Call($"SINTER s{i} s{j}").Texts.Order());
                Assert.Equal(first.Union(second).Order(), Call($"SUNION s{i} s{j}").Texts.Order());
                Assert.Equal(first.Except(second).Order(), Call($"SDIFF s{i} s{j}").Texts.Order());
                Assert.Equal(first.Intersect(second).Count(), Call($"SINTERCARD 2 s{i} s{j}").Integer);
            }
        }
    }

    [Fact]
    public void A_hundred_sets_intersect_in_what_the_smallest_one_shares_with_all()
    {
        for (int i = 0; i < 100; i++) Call($"SADD s{i} 1 2 common:{i} common " + string.Join(' ', Enumerable.Range(10, 100 - i)));
        Assert.Equal(["1", "10", "2", "common"], Call("SINTER " + string.Join(' ', Enumerable.Range(0, 100).Select(i => $"s{i}"))).Texts.Order());
    }

    [Fact]
    public void Numbers_in_a_set_of_any_form_are_met_by_those_of_any_other()
    {
        // The same numbers as an intset, as text in a flat buffer, and as text in a table; in no order where the form knows none.
        Call("SADD numbers " + string.Join(' ', Enumerable.Range(0, 50)));
        Call("SADD few x 40 3 29 7 100 1");
        Call("SADD many x " + string.Join(' ', Enumerable.Range(25, 200).Reverse()));
        Assert.Equal(["1", "29", "3", "40", "7"], Call("SINTER few numbers").Texts.Order());
        Assert.Equal(["29", "40"], Call("SINTER numbers few many").Texts.Order());
        Assert.Equal(Enumerable.Range(25, 25).Select(i => $"{i}"), Call("SINTER many numbers").Texts.Order());
    }

    public void Dispose() => _shard.Dispose();

    private void Fill(int members, string prefix) => Call("SADD s " + string.Join(' ', Enumerable.Range(0, members).Select(i => prefix + i)));

    private RespValue Call(string command) => RespValue.Parse(System.Text.Encoding.Latin1.GetBytes(_shard.Call(_peer, command)));
}
