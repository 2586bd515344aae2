using Keyway.Protocol.Commands;
using Keyway.Shard.Commands;
using Keyway.Shard.Tests.Differential;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Server;

public sealed class CommandTests
{
    // Prose is our own; what lies below a container is compared by its own name.
    private static readonly HashSet<string> Ours = ["summary", "complexity", "history", "replaced_by", "subcommands"];

    // Redis puts single arguments of these into blocks, calls them optional within a choice, or has a group's word (COUNT, BYBOX) at its first argument: the
    // same syntax, written otherwise.
    private static readonly HashSet<string> WrittenOtherwise =
    [
        "psubscribe", "client|kill", "client|list", "config|get", "module|loadex",
        "georadius", "georadius_ro", "georadiusbymember", "georadiusbymember_ro", "geosearch", "geosearchstore",
    ];

    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public void Every_command_is_described_as_redis_describes_it(string protocol)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard();
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);
        there.Call("HELLO", protocol);
        here.Call("HELLO", protocol);
        var differences = new List<string>();
        foreach (Command row in CommandTable.All.Where(CommandRegistry.All.Serves))
        {
            foreach (string about in (string[])["INFO", "DOCS"])
            {
                RespValue theirs = WithoutNames(WithoutSubcommands(there.Call("COMMAND", about, row.Name)));
                RespValue ours = WithoutNames(WithoutSubcommands(here.Call("COMMAND", about, row.Name)));
                if (about == "DOCS" && WrittenOtherwise.Contains(row.Name)) continue;
                if (!Sorted(theirs).Equals(Sorted(ours))) differences.Add($"{about} {row.Name}\n there {theirs}\n here  {ours}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory]
    [InlineData("COMMAND COUNT x")]
    [InlineData("COMMAND HELP")]
    [InlineData("COMMAND NOSUCH")]
    [InlineData("COMMAND INFO nosuch get")]
    [InlineData("COMMAND INFO")]
    [InlineData("COMMAND INFO config|nosuch CONFIG|GET get|x")]
    [InlineData("COMMAND DOCS nosuch")]
    [InlineData("COMMAND LIST x")]
    [InlineData("COMMAND LIST FILTERBY x y")]
    [InlineData("COMMAND LIST FILTERBY MODULE x")]
    [InlineData("COMMAND LIST FILTERBY ACLCAT nosuch")]
    [InlineData("COMMAND LIST FILTERBY PATTERN g?t")]
    [InlineData("COMMAND LIST FILTERBY PATTERN")]
    [InlineData("COMMAND LIST FILTERBY PATTERN config*")]
    [InlineData("COMMAND GETKEYS")]
    [InlineData("COMMAND GETKEYS nosuch a")]
    [InlineData("COMMAND GETKEYS get")]
    [InlineData("COMMAND GETKEYS get a")]
    [InlineData("COMMAND GETKEYS ping")]
    [InlineData("COMMAND GETKEYS mset a 1 b 2")]
    [InlineData("COMMAND GETKEYS mset a")]
    [InlineData("COMMAND GETKEYS zunionstore d 2 a b")]
    [InlineData("COMMAND GETKEYS zunionstore d 3 a b")]
    [InlineData("COMMAND GETKEYS zunionstore d x a b")]
    [InlineData("COMMAND GETKEYS sort a store b")]
    [InlineData("COMMAND GETKEYS xread streams a b 0 0")]
    [InlineData("COMMAND GETKEYS config get a")]
    [InlineData("COMMAND GETKEYS object encoding a")]
    [InlineData("COMMAND GETKEYS lmpop 1 a left")]
    [InlineData("COMMAND GETKEYSANDFLAGS get a")]
    [InlineData("COMMAND GETKEYSANDFLAGS set a b")]
    [InlineData("COMMAND GETKEYSANDFLAGS set a b get")]
    [InlineData("COMMAND GETKEYSANDFLAGS bitfield a get u8 0")]
    [InlineData("COMMAND GETKEYSANDFLAGS bitfield a set u8 0 1")]
    [InlineData("COMMAND GETKEYSANDFLAGS lmove a b left right")]
    [InlineData("COMMAND GETKEYSANDFLAGS sort a store b")]
    [InlineData("COMMAND GETKEYSANDFLAGS zunionstore d 2 a b")]
    [InlineData("COMMAND GETKEYSANDFLAGS ping")]
    [InlineData("COMMAND GETKEYSANDFLAGS nosuch")]
    public void Replies_are_those_of_redis(string call)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard();
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);
        foreach (string line in (string[])[call, "HELLO 3", call])
        {
            RespValue theirs = there.Call(line.Split(' '));
            RespValue ours = here.Call(line.Split(' '));
            bool isAll = line == "COMMAND INFO";
            if (line == call && !isAll) Assert.Equal(Sorted(theirs), Sorted(ours));
        }
    }

    [Fact]
    public void Lists_and_counts_agree_with_what_is_served()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var redis = RedisServer.Start();
        using var shard = new LiveShard();
        using RespClient there = redis.Connect();
        using RespClient here = RespClient.Connect(shard.Port);
        HashSet<string> served = [.. CommandTable.All.Where(CommandRegistry.All.Serves).Select(row => row.Name)];

        Assert.Equal(there.Call("COMMAND", "LIST").Texts.Where(served.Contains).Order(StringComparer.Ordinal), here.Call("COMMAND", "LIST").Texts.Order(StringComparer.Ordinal));
        Assert.Equal(here.Call("COMMAND", "COUNT").Integer, here.Call("COMMAND").Count);
        Assert.Equal(here.Call("COMMAND", "COUNT").Integer, here.Call("COMMAND", "INFO").Count);
        foreach (string category in (string[])["string", "keyspace", "read", "write", "dangerous", "fast", "slow", "admin", "connection", "blocking", "transaction", "pubsub", "bitmap", "hyperloglog", "geo", "stream", "list", "set", "sortedset", "hash", "scripting"])
        {
            string[] call = ["COMMAND", "LIST", "FILTERBY", "ACLCAT", category];
            Assert.Equal(there.Call(call).Texts.Where(served.Contains).Order(StringComparer.Ordinal), here.Call(call).Texts.Order(StringComparer.Ordinal));
        }
    }

    private static RespValue WithoutSubcommands(RespValue reply)
    {
        if (reply.Count == 0) return reply;
        RespValue about = reply[0].Items.Count > 9 ? reply[0] : reply.Count > 1 ? reply[1] : reply;
        RespValue[] kept;
        if (about.Count == 10 && about.Kind is '*' && about[1].Kind == ':')
        {
            kept = [.. about.Items.Take(9)];
        }
        else
        {
            var pairs = new List<RespValue>();
            for (int i = 0; i + 1 < about.Count; i += 2)
            {
                if (!Ours.Contains(about[i].Text)) pairs.AddRange([about[i], about[i + 1]]);
            }

            kept = [.. pairs];
        }

        return about with { Items = kept };
    }

    // Notes are prose, words of a syntax go by themselves, groups of arguments have names that nobody sees, and since when an argument is there is not told.
    private static RespValue WithoutNames(RespValue reply)
    {
        var items = new List<RespValue>();
        for (int i = 0; i < reply.Count; i++)
        {
            bool isArgument = i == 0 && reply.Count > 3 && reply[0].Text == "name" && reply.Items.Any(item => item.Text is "oneof" or "block" or "pure-token");
            if (reply[i].Text == "notes" || isArgument) i++;
            else if (reply[0].Text == "name" && reply[i].Text == "since") i++;
            else items.Add(WithoutNames(reply[i]));
        }

        return reply with { Items = items };
    }

    // Sets, and what comes out of a hash table, have no order.
    private static RespValue Sorted(RespValue reply)
    {
        RespValue[] items = [.. reply.Items.Select(Sorted)];
        bool isSet = reply.Kind == '~' || (items.Length > 0 && items.All(item => item.Kind is '+' or '$'));
        return reply with { Items = isSet ? [.. items.OrderBy(item => item.Text, StringComparer.Ordinal)] : items };
    }
}
