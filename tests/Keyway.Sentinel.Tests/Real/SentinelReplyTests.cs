using System.Text;
using System.Text.RegularExpressions;
using Keyway.Testing.RealServers;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>What clients and tools are answered, byte by byte as a real sentinel of the same servers answers.</summary>
public sealed partial class SentinelReplyTests : IClassFixture<WatchedPair>
{
    private readonly WatchedPair _pair;

    public SentinelReplyTests(WatchedPair pair)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        _pair = pair;
    }

    public static TheoryData<string> Requests =>
    [
        "PING", "PING a", "PING a b", "ping", "GET a", "CONFIG GET port", "MULTI", "ECHO a", "SELECT 0", "CLUSTER INFO", "ROLE", "ROLE x",
        "SENTINEL", "SENTINEL foo", "SENTINEL master", "SENTINEL HELP", "SENTINEL masters x", "SENTINEL master m1", "SENTINEL master nope", "SENTINEL masters",
        "SENTINEL replicas m1", "SENTINEL slaves m1", "SENTINEL replicas nope", "SENTINEL sentinels m1", "SENTINEL sentinels nope",
        "SENTINEL get-master-addr-by-name m1", "SENTINEL get-master-addr-by-name nope", "SENTINEL GET-MASTER-ADDR-BY-NAME",
        "SENTINEL ckquorum m1", "SENTINEL ckquorum nope", "SENTINEL failover nope", "SENTINEL reset nope", "SENTINEL pending-scripts",
        "SENTINEL info-cache nope", "SENTINEL info-cache", "SENTINEL flushconfig", "SENTINEL flushconfig x",
        "SENTINEL is-master-down-by-addr 127.0.0.1 {master} 0 *", "SENTINEL is-master-down-by-addr 127.0.0.1 1 0 *",
        "SENTINEL is-master-down-by-addr 127.0.0.1 x 0 *", "SENTINEL is-master-down-by-addr 127.0.0.1 1 x *", "SENTINEL is-master-down-by-addr 127.0.0.1",
        "SENTINEL set nope quorum 1", "SENTINEL set m1 foo 1", "SENTINEL set m1 quorum", "SENTINEL set m1 quorum 0", "SENTINEL set m1 quorum x",
        "SENTINEL set m1 quorum 2", "SENTINEL set m1 parallel-syncs 0", "SENTINEL set m1 parallel-syncs 2; SENTINEL set m1 parallel-syncs 1",
        "SENTINEL set m1 down-after-milliseconds -1", "SENTINEL set m1 failover-timeout 0", "SENTINEL set m1 notification-script /bin/true",
        "SENTINEL set m1 client-reconfig-script /bin/true", "SENTINEL set m1 auth-pass x auth-user y; SENTINEL set m1 auth-pass '' auth-user ''",
        "SENTINEL set m1 rename-command '' x", "SENTINEL set m1 rename-command x ''", "SENTINEL set m1 rename-command a b", "SENTINEL set m1 rename-command a a",
        "SENTINEL set m1 rename-command a", "SENTINEL set m1 master-reboot-down-after-period -1", "SENTINEL set m1 quorum 2 foo",
        "SENTINEL monitor m1 127.0.0.1 1 1", "SENTINEL monitor m2 foo 1 1", "SENTINEL monitor m2 127.0.0.1 99999 1", "SENTINEL monitor m2 127.0.0.1 x 1",
        "SENTINEL monitor m2 127.0.0.1 1 0", "SENTINEL monitor m2 127.0.0.1 1 x", "SENTINEL monitor m2 127.0.0.1 1", "SENTINEL remove nope",
        "SENTINEL monitor m2 127.0.0.1 1 1; SENTINEL monitor m2 127.0.0.1 1 1; SENTINEL remove m2",
        "SENTINEL config get *", "SENTINEL config get foo", "SENTINEL config get", "SENTINEL config get announce-*", "SENTINEL config set foo bar", "SENTINEL config set announce-port x",
        "SENTINEL config set resolve-hostnames maybe", "SENTINEL config set announce-ip", "SENTINEL config foo bar",
        "SENTINEL config set sentinel-user a; SENTINEL config get sentinel-*; SENTINEL config set sentinel-user ''",
        "SENTINEL debug", "SENTINEL debug help", "SENTINEL debug ping-period 1000 foo 1", "SENTINEL debug ping-period x", "SENTINEL debug ping-period", "SENTINEL debug ping-period 0",
        "SENTINEL debug ping-period 1000 info-period 10000", "SENTINEL simulate-failure help", "SENTINEL simulate-failure foo", "SENTINEL simulate-failure",
        "PUBLISH a b", "PUBLISH __sentinel__:hello x", "PUBLISH a", "SUBSCRIBE", "SHUTDOWN foo", "SHUTDOWN abort", "SHUTDOWN save nosave",
        "AUTH x", "AUTH default x", "AUTH other x", "AUTH a b c", "AUTH", "HELLO 4", "HELLO x", "HELLO 2 FOO", "HELLO 2 AUTH a", "HELLO 2 SETNAME 'a b'",
        "HELLO 2 AUTH other x",
        "CLIENT", "CLIENT foo", "CLIENT SETNAME 'a b'", "CLIENT SETNAME abc", "CLIENT GETNAME", "CLIENT GETREDIR", "CLIENT REPLY x", "CLIENT NO-EVICT x",
        "CLIENT NO-EVICT ON", "CLIENT LIST TYPE x", "CLIENT LIST TYPE master", "CLIENT LIST ID x", "CLIENT LIST x", "CLIENT KILL 1.2.3.4:5", "CLIENT KILL ID 0",
        "CLIENT KILL ID 99999999", "CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE x", "CLIENT KILL USER x", "CLIENT KILL FOO 1", "CLIENT SETINFO LIB-NAME x",
        "ACL WHOAMI", "ACL LIST", "ACL USERS", "ACL GETUSER default", "ACL GETUSER x", "ACL CAT", "ACL CAT x", "ACL GENPASS 0", "ACL GENPASS x", "ACL foo",
        "COMMAND FOO", "COMMAND GETKEYS GET a", "COMMAND LIST x", "INFO foo", "LOLWUT",
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public void Answers_as_a_real_sentinel_in_both_protocols(string request)
    {
        foreach (string protocol in (string[])["2", "3"])
        {
            using RespClient real = _pair.Real.Connect();
            using RespClient own = _pair.Own.Connect();
            real.Call("HELLO", protocol);
            own.Call("HELLO", protocol);
            string expected = "", found = "";

            // A link that was dropped by another request is made anew soon.
            Poll.Until(() => (expected = Ask(real, request)) == (found = Ask(own, request)) && !found.Contains("disconnected", StringComparison.Ordinal),
                () => $"expected {expected}\nbut found {found}", limitSeconds: 5);
        }

        Assert.Null(_pair.Own.Bug);
    }

    [Fact]
    public void Serves_the_commands_of_a_real_sentinel_with_the_same_flags_and_categories()
    {
        using RespClient real = _pair.Real.Connect();
        using RespClient own = _pair.Own.Connect();
        Dictionary<string, RespValue> expected = Commands(real.Call("COMMAND"));
        Dictionary<string, RespValue> found = Commands(own.Call("COMMAND"));

        // Two more, which a client that leaves wants, and none of those about users with rights of their own, blocked clients and caches.
        Assert.Equal(["quit", "reset"], found.Keys.Except(expected.Keys));
        Assert.DoesNotContain(expected.Keys.Except(found.Keys), name => name.StartsWith("sentinel", StringComparison.Ordinal));
        foreach ((string name, RespValue row) in found)
        {
            if (!expected.TryGetValue(name, out RespValue? same)) continue;
            for (int i = 1; i < 8; i++) Assert.Equal(Sorted(same[i]), Sorted(row[i]));
        }
    }

    [Fact]
    public void Tells_events_to_who_listens_as_messages_in_resp2_and_pushes_in_resp3()
    {
        foreach (string protocol in (string[])["2", "3"])
        {
            using RespClient real = _pair.Real.Connect();
            using RespClient own = _pair.Own.Connect();
            var heard = new List<string>();
            foreach (RespClient client in (RespClient[])[real, own])
            {
                var replies = new StringBuilder();
                client.Call("HELLO", protocol);
                client.Send("SUBSCRIBE", "+monitor", "-monitor");
                client.Send("PSUBSCRIBE", "+set*", "*");
                client.Send("PING", "still here");
                if (protocol == "2") client.Send("SENTINEL", "masters");
                client.Send("UNSUBSCRIBE", "-monitor");
                client.Send("PUNSUBSCRIBE", "*");
                Read(client, replies, protocol == "2" ? 8 : 7);

                using RespClient other = client == real ? _pair.Real.Connect() : _pair.Own.Connect();
                Assert.Equal("OK", other.Call("SENTINEL", "monitor", "heard", "127.0.0.1", "1", "2").Text);
                Assert.Equal("OK", other.Call("SENTINEL", "set", "heard", "quorum", "3").Text);
                Assert.Equal("OK", other.Call("SENTINEL", "remove", "heard").Text);
                Read(client, replies, 2);

                client.Send("UNSUBSCRIBE");
                client.Send("PUNSUBSCRIBE");
                client.Send("UNSUBSCRIBE");
                client.Send("PING");
                Read(client, replies, 4);
                heard.Add(replies.ToString());
            }

            Assert.Equal(heard[0], heard[1]);
        }
    }

    [Fact]
    public void Shows_every_field_of_a_real_sentinels_INFO_but_those_of_data()
    {
        using RespClient real = _pair.Real.Connect();
        using RespClient own = _pair.Own.Connect();
        foreach (string section in (string[])["server", "clients", "cpu", "sentinel"])
            Assert.Equal(Names(real.Call("INFO", section).Text), Names(own.Call("INFO", section).Text));
        Assert.Equal(Sections(real.Call("INFO").Text), Sections(own.Call("INFO").Text));
        string pattern = $"master0:name=m1,status=ok,address=127.0.0.1:{_pair.MasterPort},slaves=1,sentinels=2\r\n";
        Assert.Contains(pattern, own.Call("INFO", "sentinel").Text);
        Assert.Contains(pattern, real.Call("INFO", "sentinel").Text);
    }

    [Fact]
    public void Leaves_and_resets_as_clients_wish()
    {
        using RespClient client = _pair.Own.Connect();
        client.Call("HELLO", "3");
        Assert.Equal("RESET", client.Call("RESET").Text);
        Assert.Equal("*-1\r\n", Raw(client, "SENTINEL", "get-master-addr-by-name", "nope"));
        Assert.Equal("OK", client.Call("QUIT").Text);
        Assert.True(client.IsClosedByPeer());
    }

    private static void Read(RespClient client, StringBuilder replies, int count)
    {
        for (int i = 0; i < count; i++) replies.Append(client.ReadRawText());
    }

    private string Ask(RespClient client, string requests)
    {
        var replies = new StringBuilder();
        foreach (string request in requests.Split("; "))
        {
            client.Send(Split(request.Replace("{master}", $"{_pair.MasterPort}", StringComparison.Ordinal)));
            replies.Append(Comparable(client.ReadRaw()));
        }

        return replies.ToString();
    }

    private static string Raw(RespClient client, params string[] words)
    {
        client.Send(words);
        return client.ReadRawText();
    }

    private static Dictionary<string, RespValue> Commands(RespValue reply)
    {
        var result = new Dictionary<string, RespValue>();
        foreach (RespValue row in reply.Items)
        {
            result[row[0].Text] = row;
            foreach (RespValue subcommand in row[9].Items) result[subcommand[0].Text] = subcommand;
        }

        return result;
    }

    private static string Sorted(RespValue value) => value.Items.Count == 0 ? value.ToString() : string.Join(' ', value.Texts.Order(StringComparer.Ordinal));

    private static string[] Names(string info) => [.. info.Split("\r\n").Select(line => line.Split(':')[0])];

    private static string[] Sections(string info) => [.. info.Split("\r\n").Where(line => line.StartsWith('#'))];

    private static string[] Split(string request) => [.. WordPattern().Matches(request).Select(word => word.Value.Trim('\''))];

    /// <summary>What differs from sentinel to sentinel and from moment to moment is blanked; ids, ports and times.</summary>
    private string Comparable(byte[] reply)
    {
        string text = Encoding.Latin1.GetString(reply);
        foreach (string field in (string[])["last-ping-sent", "last-ok-ping-reply", "last-ping-reply", "info-refresh", "role-reported-time", "last-hello-message", "link-pending-commands", "slave-repl-offset"])
            text = Regex.Replace(text, $@"({field}\r\n)\$\d+\r\n\d+\r\n", "$1");
        text = text.Replace(_pair.OwnId, "<id>", StringComparison.Ordinal).Replace(_pair.RealId, "<id>", StringComparison.Ordinal);
        return text.Replace($"{_pair.Own.Port}", "<port>", StringComparison.Ordinal).Replace($"{_pair.Real.Port}", "<port>", StringComparison.Ordinal);
    }

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex WordPattern();
}
