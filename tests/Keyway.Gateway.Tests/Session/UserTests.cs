using Keyway.Gateway.Tests.Harness;
using Keyway.Gateway.Users;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Session;

/// <summary>Users of a pool: nothing runs before the password, and nothing that the user may not do ever leaves the gateway.</summary>
public sealed class UserTests
{
    private const string NoPermission = "-NOPERM this user has no permissions to run the '{0}' command\r\n";
    private const string NoKey = "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n";
    private const string WrongPassword = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

    private readonly TestGateway _gateway = With(
        new UserDefinition { Name = "reader", Password = "r", Allow = ["@read"] },
        new UserDefinition { Name = "app", Password = "p", Keys = ["a:", "b:"] },
        new UserDefinition { Name = "odd", Password = "o", Allow = ["@all", "-@dangerous", "+config|get", "-get"], Keys = ["a:"] },
        new UserDefinition { Name = "onb", Password = "b", Map = OnShard(1) });

    public UserTests()
    {
        _gateway.Shard("a").Answer = _ => "+a\r\n";
        _gateway.Shard("b").Answer = _ => "+b\r\n";
    }

    [Fact]
    public void Nothing_runs_before_success_and_the_default_user_is_off_where_there_are_others()
    {
        TestClient client = _gateway.Connect();
        Assert.Equal("-NOAUTH Authentication required.\r\n", client.Ask("GET a:1"));
        Assert.Equal(WrongPassword, client.Ask("AUTH p"));
        Assert.Equal(WrongPassword, client.Ask("AUTH default p"));
        Assert.Equal(WrongPassword, client.Ask("AUTH app wrong"));
        Assert.Equal(WrongPassword, client.Ask("AUTH nobody p"));
        Assert.Equal("-NOAUTH Authentication required.\r\n", client.Ask("GET a:1"));
        client.Send("AUTH app wrong", "GET a:1", "AUTH app p", "GET a:1");
        client.Received(WrongPassword + "-NOAUTH Authentication required.\r\n+OK\r\n+a\r\n");
        Assert.Equal(["GET a:1"], _gateway.Shard("a").Log);
    }

    [Fact]
    public void A_wrong_password_leaves_who_is_somebody_who_it_is()
    {
        TestClient client = As("app", "p");
        Assert.Equal(WrongPassword, client.Ask("AUTH reader wrong"));
        Assert.Equal("$3\r\napp\r\n", client.Ask("ACL WHOAMI"));
        Assert.Equal("+OK\r\n", client.Ask("AUTH reader r"));
        Assert.Equal(string.Format(NoPermission, "acl|whoami"), client.Ask("ACL WHOAMI"));
        Assert.Equal("+RESET\r\n", client.Ask("RESET"));
        Assert.Equal("-NOAUTH Authentication required.\r\n", client.Ask("GET a:1"));
    }

    [Fact]
    public void HELLO_with_AUTH_is_enough()
    {
        TestClient client = _gateway.Connect();
        Assert.StartsWith("-NOAUTH HELLO must be called", client.Ask("HELLO 3"));
        Assert.Equal(WrongPassword, client.Ask("HELLO 3 AUTH app x"));
        Assert.StartsWith("%7\r\n", client.Ask("HELLO 3 AUTH app p SETNAME worker"));
        Assert.Contains(" name=worker ", client.Ask("CLIENT INFO"));
        Assert.Contains(" user=app ", client.Ask("CLIENT INFO"));
    }

    [Theory]
    [InlineData("GET a:1", "+a\r\n")]
    [InlineData("STRLEN x", null)]
    [InlineData("SET a:1 x", "set")]
    [InlineData("PING", "ping")]
    [InlineData("CLIENT ID", "client|id")]
    [InlineData("CONFIG GET maxclients", "config|get")]
    [InlineData("KEYWAY MAP", "keyway")]
    [InlineData("MULTI", "multi")]
    public void A_reader_reads(string request, string? expected)
    {
        string reply = As("reader", "r").Ask(request);
        if (expected is null) Assert.StartsWith("+", reply);
        else Assert.Equal(expected.StartsWith('+') ? expected : string.Format(NoPermission, expected), reply);
    }

    [Theory]
    [InlineData("GET a:1", true)]
    [InlineData("GET c:1", false)]
    [InlineData("SET a: x", true)]
    [InlineData("set A:1 x", false)]
    [InlineData("RENAME a:1 a:2", true)]
    [InlineData("RENAME a:1 c:2", false)]
    [InlineData("MGET a:1 c:2", false)]
    [InlineData("MSET a:1 x c:1 y", false)]
    [InlineData("BITOP AND a:1 a:2 c:3", false)]
    [InlineData("SORT a:1 STORE c:1", false)]
    [InlineData("SORT a:1 STORE a:2 STORE c:1", false)]
    [InlineData("SORT a:1 BY nosort", true)]
    [InlineData("GEORADIUS a:1 0 0 1 m STORE c:1", false)]
    [InlineData("XREAD STREAMS c:1 0", false)]
    [InlineData("XREAD COUNT 1 STREAMS a:1 0", true)]
    [InlineData("ZUNIONSTORE a:1 1 c:1", false)]
    [InlineData("OBJECT ENCODING c:1", false)]
    [InlineData("MEMORY USAGE c:1", false)]
    [InlineData("COPY a:1 c:1", false)]
    [InlineData("LMPOP 2 a:1 c:1 LEFT", false)]
    public void Keys_are_checked_wherever_they_stand(string request, bool allowed)
    {
        string reply = As("app", "p").Ask(request);
        Assert.Equal(allowed ? "+a\r\n" : NoKey, reply);
        if (!allowed) Assert.Empty(_gateway.Shard("a").Log.Concat(_gateway.Shard("b").Log));
    }

    [Theory]
    [InlineData("SORT a:1 BY a:*", "BY")]
    [InlineData("SORT a:1 GET #", "GET")]
    [InlineData("SORT_RO a:1 LIMIT 0 1 GET a:*", "GET")]
    public void Patterns_of_SORT_want_all_keys(string request, string option) =>
        Assert.Equal($"-ERR {option} option of SORT denied due to insufficient ACL permissions.\r\n", As("app", "p").Ask(request));

    [Theory]
    [InlineData("GET a:1", "get")]
    [InlineData("KEYS *", "keys")]
    [InlineData("CONFIG SET maxclients 10", "config|set")]
    [InlineData("CLIENT KILL 1.2.3.4:5", "client|kill")]
    [InlineData("FLUSHALL", "flushall")]
    [InlineData("INFO", "info")]
    public void The_last_rule_that_fits_decides(string request, string command)
    {
        TestClient client = As("odd", "o");
        Assert.Equal(string.Format(NoPermission, command), client.Ask(request));
        Assert.StartsWith("*2\r\n$10\r\nmaxclients", client.Ask("CONFIG GET maxclients"));
        Assert.Equal("+a\r\n", client.Ask("GETEX a:1"));
    }

    [Fact]
    public void A_user_bound_to_a_shard_finds_all_its_keys_there()
    {
        TestClient client = As("onb", "b");
        Assert.Equal("+b\r\n", client.Ask("GET a:1"));
        Assert.Equal("+b\r\n", client.Ask("MSET a:1 x b:1 y c:1 z"));
        Assert.Equal("+b\r\n", client.Ask("RENAME a:1 zzz"));
        Assert.Equal("+OK\r\n", client.Ask("AUTH app p"));
        Assert.Equal("+a\r\n", client.Ask("GET a:1"));
    }

    [Fact]
    public void A_large_request_that_is_not_allowed_is_read_and_goes_nowhere()
    {
        TestClient client = As("app", "p");
        client.SendRaw(TestClient.Encode("SET", "c:1", new string('x', 300_000)) + TestClient.Encode("PING"));
        client.Received(NoKey + "+PONG\r\n");
        Assert.Empty(_gateway.Shard("a").Log.Concat(_gateway.Shard("b").Log));
        client = As("reader", "r");
        client.SendRaw(TestClient.Encode("SET", "a:1", new string('x', 300_000)) + TestClient.Encode("GET", "a:1"));
        client.Received(string.Format(NoPermission, "set") + "+a\r\n");
        client = As("app", "p");
        client.SendRaw(TestClient.Encode("SET", "a:1", new string('x', 300_000)));
        client.Received("+a\r\n");
    }

    [Fact]
    public void A_reload_changes_what_a_connected_user_may_do_and_closes_those_who_are_gone()
    {
        TestClient app = As("app", "p");
        TestClient reader = As("reader", "r");
        GatewayOptions next = _gateway.Server.Options;
        next = next with { Pools = [next.Pools[0] with { Users = [new UserDefinition { Name = "app", Password = "new", Keys = ["c:"] }] }] };
        Assert.Null(ReloadDriver.Finish(_gateway, _gateway.Server.ReloadAsync(next)));
        Assert.True(reader.IsClosed);
        Assert.Equal(NoKey, app.Ask("GET a:1"));
        Assert.StartsWith("+", app.Ask("GET c:1"));
        Assert.Equal(WrongPassword, app.Ask("AUTH app p"));
    }

    [Fact]
    public void ACL_tells_in_Rediss_shapes()
    {
        TestClient client = As("app", "p");
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("p"u8));
        Assert.Contains($"user app on #{digest} ~a:* ~b:* resetchannels &a:* &b:* +@all", client.Ask("ACL LIST"));
        Assert.Contains("-@all +@read", client.Ask("ACL LIST"));
        Assert.Contains("+@all -@dangerous +config|get -get", client.Ask("ACL LIST"));
        Assert.Equal("*5\r\n$3\r\napp\r\n$7\r\ndefault\r\n$3\r\nodd\r\n$3\r\nonb\r\n$6\r\nreader\r\n", client.Ask("ACL USERS"));
        Assert.StartsWith("*12\r\n$5\r\nflags\r\n*1\r\n$2\r\non\r\n$9\r\npasswords\r\n*1\r\n$64\r\n", client.Ask("ACL GETUSER app"));
        Assert.Equal("$-1\r\n", client.Ask("ACL GETUSER nosuch"));
        Assert.StartsWith("*21\r\n$8\r\nkeyspace\r\n", client.Ask("ACL CAT"));
        Assert.Equal("-ERR Unknown category 'foo'\r\n", client.Ask("ACL CAT foo"));
        Assert.Equal("+OK\r\n", client.Ask("ACL DRYRUN reader get x"));
        Assert.Equal("$53\r\nThis user has no permissions to run the 'set' command\r\n", client.Ask("ACL DRYRUN reader set x y"));
        Assert.Equal("$50\r\nThis user has no permissions to access the 'x' key\r\n", client.Ask("ACL DRYRUN app get x"));
        Assert.Equal("-ERR User 'nosuch' not found\r\n", client.Ask("ACL DRYRUN nosuch get x"));
        Assert.Equal("-ERR Command 'nosuch' not found\r\n", client.Ask("ACL DRYRUN app nosuch x"));
        Assert.Equal("-ERR command 'acl setuser' is refused by this gateway\r\n", client.Ask("ACL SETUSER x on"));
        Assert.Matches("^\\$2\r\n[0-9a-f]{2}\r\n$", client.Ask("ACL GENPASS 5"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ACL_LOG_counts_what_was_refused(int loops)
    {
        TestGateway gateway = TestGateway.With(["a", "b"], options => options with
        {
            Pools = [options.Pools[0] with { Users = [new UserDefinition { Name = "app", Password = "p", Keys = ["a:"] }] }],
        }, loops: loops);
        TestClient client = gateway.Connect();
        client.Send("AUTH app bad", "AUTH app p", "GET x", "GET x", "ACL LOG RESET", "GET y", "GET y", "GET y");
        client.Take();
        string log = client.Ask("ACL LOG");
        Assert.StartsWith("*1\r\n*14\r\n$5\r\ncount\r\n:3\r\n$6\r\nreason\r\n$3\r\nkey\r\n$7\r\ncontext\r\n$8\r\ntoplevel\r\n$6\r\nobject\r\n$1\r\ny\r\n$8\r\nusername\r\n$3\r\napp\r\n$11\r\nage-seconds\r\n", log);
        Assert.Contains(" cmd=get user=app ", log);
    }

    [Fact]
    public void A_user_that_needs_no_password_is_what_clients_are_at_first()
    {
        TestGateway gateway = With(new UserDefinition { Name = "default", Keys = ["a:"] });
        gateway.Shard("a").Answer = _ => "+a\r\n";
        TestClient client = gateway.Connect();
        Assert.Equal("+a\r\n", client.Ask("GET a:1"));
        Assert.Equal(NoKey, client.Ask("GET b:1"));
    }

    [Theory]
    [InlineData("@read", null)]
    [InlineData("+@read", null)]
    [InlineData("get", null)]
    [InlineData("-config|set", null)]
    [InlineData("keyway", null)]
    [InlineData("@nosuch", "@nosuch")]
    [InlineData("nosuch", "nosuch")]
    [InlineData("config|nosuch", "config|nosuch")]
    [InlineData("", "")]
    public void Rules_name_what_there_is(string rule, string? wrong)
    {
        CommandRules.Parse([rule], out string? found);
        Assert.Equal(wrong, found);
    }

    private TestClient As(string user, string password)
    {
        TestClient client = _gateway.Connect();
        Assert.Equal("+OK\r\n", client.Ask($"AUTH {user} {password}"));
        return client;
    }

    private static TestGateway With(params UserDefinition[] users) =>
        TestGateway.With(["a", "b"], options => options with { Pools = [options.Pools[0] with { Users = users }] });

    private static PartitionMap OnShard(int shard) =>
        PartitionMap.Build([new PartitionRule { Name = "rest", Line = 9, Placement = new Placement.Single(shard) }], ["a", "b"]);
}
