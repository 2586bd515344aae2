using System.Net;
using System.Text.RegularExpressions;
using Keyway.Testing.RealServers;
using Keyway.Topology;

namespace Keyway.Gateway.Tests.Real;

/// <summary>What a client says of itself and asks about itself: the same bytes from the gateway as from a redis-server.</summary>
public sealed partial class RealSessionTests(RealSessionTests.Pair pair) : IClassFixture<RealSessionTests.Pair>
{
    // Each line is one connection; its requests are sent together, as clients pipeline their handshakes.
    public static TheoryData<string> Conversations =>
    [
        "PING|ECHO a|PING hello|PING a b|ECHO",
        "HELLO x|HELLO 4|HELLO 3 AUTH|HELLO 2 AUTH foo x|HELLO 2 SETNAME|HELLO 2 FOO|HELLO 3 AUTH default x SETNAME me|CLIENT GETNAME",
        "CLIENT SETNAME x|CLIENT GETNAME|HELLO 3|CLIENT GETNAME|RESET|CLIENT GETNAME",
        "AUTH|AUTH x|AUTH default x|AUTH foo x|AUTH a b c",
        "SELECT x|SELECT -1|SELECT 16|SELECT 99999999999|SELECT 15|SET k v|SELECT 0|GET k",
        "CLIENT|CLIENT FOO|CLIENT ID x|CLIENT SETNAME|CLIENT SETNAME a b|CLIENT GETNAME x|CLIENT NO-TOUCH on|CLIENT MAINT_NOTIFICATIONS ON",
        "CLIENT LIST TYPE foo|CLIENT LIST TYPE|CLIENT LIST TYPE pubsub|CLIENT LIST TYPE master|CLIENT LIST ID|CLIENT LIST ID 1 x|CLIENT LIST ID 99999|CLIENT LIST FOO|CLIENT LIST TYPE normal ID 1",
        "CLIENT KILL 1.2.3.4:5|CLIENT KILL ID|CLIENT KILL ID 99999|CLIENT KILL ID x|CLIENT KILL ID 0|CLIENT KILL TYPE foo|CLIENT KILL TYPE master|CLIENT KILL USER foo|CLIENT KILL ADDR 1.2.3.4:1|CLIENT KILL LADDR x|CLIENT KILL SKIPME x|CLIENT KILL FOO bar|CLIENT KILL ID 1 TYPE",
        "CLIENT PAUSE x|CLIENT PAUSE -1|CLIENT PAUSE 0|CLIENT PAUSE 10 FOO|CLIENT PAUSE 10 WRITE x|CLIENT PAUSE 99999999999999999999|CLIENT PAUSE 9223372036854775807|CLIENT UNPAUSE|CLIENT UNPAUSE x",
        "CLIENT REPLY FOO|CLIENT REPLY ON|CLIENT NO-EVICT FOO|CLIENT NO-EVICT on|CLIENT REPLY",
        "CLIENT GETREDIR|CLIENT TRACKINGINFO|HELLO 3|CLIENT TRACKINGINFO",
        "CLIENT REPLY OFF|GET a|NOSUCH|CLIENT REPLY SKIP|MGET a b|CLIENT REPLY ON|PING",
        "CLIENT REPLY SKIP|CLIENT REPLY SKIP|PING|PING|CLIENT REPLY SKIP|CLIENT REPLY ON|CLIENT REPLY SKIP|CLIENT REPLY OFF|PING|CLIENT REPLY ON",
        "CLIENT REPLY SKIP|RESET|PING|CLIENT REPLY OFF|RESET|PING",
        "SLOWLOG GET -2|SLOWLOG GET x|SLOWLOG GET 1 2|SLOWLOG RESET|SLOWLOG FOO|SLOWLOG",
        "CONFIG SET maxclients x|CONFIG SET maxclients 0|CONFIG SET timeout -1|CONFIG SET slowlog-log-slower-than -2|CONFIG SET maxclients|CONFIG GET timeout|CONFIG GET maxclients|CONFIG FOO|CONFIG|CONFIG GET",
        "LATENCY LATEST|LATENCY HISTORY foo|LATENCY RESET|LATENCY RESET foo|LATENCY HISTOGRAM foo|LATENCY FOO",
        "MEMORY PURGE|MEMORY USAGE nosuch|MEMORY USAGE x SAMPLES|MODULE LIST|LOLWUT VERSION x|INFO nosuch",
        "ACL WHOAMI|ACL LIST|ACL USERS|ACL GETUSER default|ACL GETUSER nosuch|ACL CAT|ACL CAT foo|ACL CAT a b|ACL LOG x|ACL LOG RESET|ACL LOG|ACL DRYRUN nosuch get x|ACL DRYRUN default nosuch x|ACL DRYRUN default get|ACL DRYRUN default get x|ACL GENPASS 0|ACL GENPASS x",
        "HELLO 3|ACL GETUSER default|ACL LIST|ACL LOG RESET|ACL LOG|SLOWLOG RESET|SLOWLOG GET|LATENCY LATEST|CONFIG GET timeout",
        "TIME x|QUIT x",
        "MONITOR|GET a|SET a b|RESET|GET a",
        "COMMAND GETKEYS get|COMMAND COUNT x|COMMAND FOO|COMMAND INFO nosuch",
    ];

    [Theory]
    [MemberData(nameof(Conversations))]
    public void The_gateway_and_a_redis_server_say_the_same(string conversation)
    {
        pair.Start();
        Assert.Equal(Talk(pair.Alone!.Connect(), conversation), Talk(pair.Gateway!.Connect(), conversation));
    }

    /// <summary>A redis-server alone, and one behind a gateway; started when first needed, so that their absence skips tests and fails no class.</summary>
    public sealed class Pair : IDisposable
    {
        internal RedisServer? Alone { get; private set; }

        internal RedisServer? Behind { get; private set; }

        internal RealGateway? Gateway { get; private set; }

        internal void Start()
        {
            if (Gateway is not null) return;
            Alone = RedisServer.Start();
            Behind = RedisServer.Start();
            Gateway = new RealGateway(
                OperatingSystem.IsLinux() ? "epoll" : "sockets", [new IPEndPoint(IPAddress.Loopback, Behind.Port)],
                [new PartitionRule { Name = "rest", Line = 1, Placement = new Placement.Single(0) }]);
        }

        public void Dispose()
        {
            Gateway?.Dispose();
            Behind?.Dispose();
            Alone?.Dispose();
        }
    }

    // All that comes until the answer to a last request, and whether the connection was closed before.
    private static string Talk(RespClient client, string conversation)
    {
        using (client)
        {
            client.SendRaw(string.Concat(conversation.Split('|').Append("ECHO the-end").Select(request => Latin1(RespClient.Encode(request.Split(' '))))));
            var said = new System.Text.StringBuilder();
            while (true)
            {
                string reply;
                try
                {
                    reply = client.ReadRawText();
                }
                catch (Exception closed) when (closed is IOException or System.Net.Sockets.SocketException or EndOfStreamException)
                {
                    return said.Append("<closed>").ToString();
                }
                if (reply.Contains("the-end")) return said.ToString();
                said.Append(Varying().Replace(reply, "$1…"));
            }
        }
    }

    private static string Latin1(byte[] bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    // Client numbers and the time of a monitor's lines.
    [GeneratedRegex(@"(\$2\r\nid\r\n:)\d+|(?<=^\+)\d+\.\d+ \[\d+ [^\]]*\]")]
    private static partial Regex Varying();
}
