using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Gateway.Tests.Real;

/// <summary>Scripts and functions through the gateway beside a lone redis-server.</summary>
public class RealScriptTests
{
    private const string Sha = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";

    private static readonly string[] Requests =
    [
        "EVAL return~1 0", "EVAL return~{1,'a',{true,false}} 0", "EVAL return~redis.call('set',KEYS[1],ARGV[1]) 1 {t}k v", "EVAL return~redis.call('get',KEYS[1]) 1 {t}k",
        "EVAL return~redis.error_reply('MY~error') 0", "EVAL return~redis.status_reply('FINE') 0", "EVAL return~redis.error_reply('x\\r\\n$5\\r\\nadmin') 0", "EVAL retur 0",
        "EVAL return~redis.call('nosuch') 0", "EVAL return~redis.call('lpush',KEYS[1],1) 1 {t}k", "EVAL redis.setresp(3);return~redis.call('hgetall',KEYS[1]) 1 {t}h", "EVAL return~3.9 0",
        "EVAL redis.setresp(3);return~{map={a=1},double={double=1.5}} 0", "EVAL return~{double=1.5} 0", "EVAL #!lua~flags=no-writes\nreturn~redis.call('get',KEYS[1]) 1 {t}k",
        "EVAL #!lua~flags=no-writes\nreturn~redis.call('del',KEYS[1]) 1 {t}k", "EVAL #!lua~flags=nonsense\nreturn~1 0", "EVAL_RO return~redis.call('get',KEYS[1]) 1 {t}k", "EVAL_RO return~redis.call('del',KEYS[1]) 1 {t}k",
        "EVAL return~1 x", "EVAL return~1 -1", "EVAL return~1 2 a", "EVAL return~1", $"EVALSHA {Sha} 0", "SCRIPT LOAD retur", "SCRIPT LOAD return~1", $"EVALSHA {Sha} 0", $"EVALSHA {Sha.ToUpperInvariant()} 1 {{t}}k",
        $"EVALSHA_RO {Sha} 0", "EVALSHA x 0", $"SCRIPT EXISTS {Sha} x {Sha.ToUpperInvariant()}", "SCRIPT EXISTS", "SCRIPT KILL", "FUNCTION KILL", "SCRIPT FLUSH NOW", "SCRIPT FLUSH SYNC NOW", "SCRIPT FLUSH ASYNC",
        $"SCRIPT EXISTS {Sha}", $"EVALSHA {Sha} 0", "SCRIPT", "SCRIPT NOSUCH", "SCRIPT LOAD", "FUNCTION", "FUNCTION NOSUCH", "FUNCTION LIST", "FUNCTION STATS",
        "FUNCTION LOAD #!lua~name=lib\nredis.register_function('f',function(keys,args)~return~redis.call('incr',keys[1])~end)", "FUNCTION LOAD #!lua~name=lib\nredis.register_function('f',function()~return~1~end)",
        "FUNCTION LOAD REPLACE #!lua~name=lib\nredis.register_function{function_name='f',callback=function(keys)~return~#keys~end,flags={'no-writes'}}", "FUNCTION LOAD nonsense", "FUNCTION LOAD #!lua~name=x\nretur",
        "FCALL f 1 {t}k", "FCALL_RO f 2 {t}k {t}l", "FCALL f 0", "FCALL nosuch 0", "FCALL f x", "FUNCTION LIST", "FUNCTION LIST WITHCODE LIBRARYNAME l*", "FUNCTION LIST NOSUCH", "FUNCTION STATS", "FUNCTION DUMP",
        "FUNCTION DELETE nosuch", "FUNCTION RESTORE nonsense", "FUNCTION FLUSH NOW", "FUNCTION DELETE lib", "FUNCTION LIST", "FCALL f 0", "FUNCTION FLUSH", "PING",
    ];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void They_answer_as_a_lone_server_does(int protocol)
    {
        using var twins = new Twins(protocol);
        (RespClient, RespClient) clients = twins.Connect();
        Twins.Ask(clients, "HSET {t}h a 1");
        foreach (string request in Requests) Twins.Ask(clients, request);
    }

    [Fact]
    public void Libraries_dumped_and_restored_are_on_every_shard()
    {
        using var twins = new Twins();
        using RespClient client = twins.Gateway.Connect();
        Assert.Equal("lib", client.Call("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function(keys) return keys[1] end)").Text);
        client.Send("FUNCTION", "DUMP");
        byte[] bulk = client.ReadRaw();
        byte[] dump = bulk[(Array.IndexOf(bulk, (byte)'\n') + 1)..^2];
        Assert.Equal("OK", client.Call("FUNCTION", "FLUSH").Text);
        Assert.Equal("OK", client.Call("FUNCTION"u8.ToArray(), "RESTORE"u8.ToArray(), dump).Text);
        foreach (string key in new[] { "a", "b", "c", "d", "e" }) Assert.Equal(key, client.Call("FCALL", "f", "1", key).Text);
    }

    [Fact]
    public void A_shard_that_has_lost_its_scripts_gets_them_again()
    {
        using var twins = new Twins();
        using RespClient client = twins.Gateway.Connect();
        string sha = client.Call("SCRIPT", "LOAD", "return redis.call('INCR', KEYS[1])").Text;
        foreach (RedisServer server in twins.Servers)
        {
            using RespClient control = server.Connect();
            control.Call("SCRIPT", "FLUSH");
        }
        string[] keys = [.. Enumerable.Range(0, 40).Select(i => $"key{i}")];
        foreach (string key in keys) client.Send("EVALSHA", sha, "1", key);
        foreach (string _ in keys)
        {
            // Those behind the first on each shard may have been refused too, or have run behind its loading.
            RespValue reply = client.ReadReply();
            Assert.True(reply.Integer == 1, reply.Text);
        }
        foreach (RedisServer server in twins.Servers)
        {
            using RespClient control = server.Connect();
            Assert.Equal(1, control.Call("SCRIPT", "EXISTS", sha)[0].Integer);
            control.Call("SCRIPT", "FLUSH");
        }

        // What the gateway remembers EVALSHA finds.
        Assert.Equal(1, client.Call("SCRIPT", "EXISTS", sha)[0].Integer);
        Assert.Equal(2, client.Call("EVALSHA", sha, "1", keys[0]).Integer);
        Assert.Equal("OK", client.Call("SCRIPT", "FLUSH").Text);
        Assert.Equal("NOSCRIPT No matching script. Please use EVAL.", client.Call("EVALSHA", sha, "1", keys[0]).Text);
        Assert.Equal(0, client.Call("SCRIPT", "EXISTS", sha)[0].Integer);
    }

    [Fact]
    public void A_script_that_never_ends_is_stopped_and_others_are_told_that_the_shard_is_busy()
    {
        using var twins = new Twins(2, "--lua-time-limit", "100");
        using RespClient runner = twins.Gateway.Connect();
        using RespClient other = twins.Gateway.Connect();
        runner.Send("EVAL", "while true do end", "1", "{t}k");

        // Beside the links that stand behind the script: on one of their own.
        string killed = "";
        ReplicatedShard.Await(() => (killed = other.Call("SCRIPT", "KILL").Text) == "OK", $"the script is stopped, not {killed}");
        Assert.Contains("Script killed by user with SCRIPT KILL", runner.ReadReply().Text);
        ReplicatedShard.Await(() => other.Call("SET", "{t}k", "v").Text == "OK", "the shard serves again");

        runner.Send("EVAL", "redis.call('SET', KEYS[1], 'x'); local i = 0; while i < 3e8 do i = i + 1 end; return 'done'", "1", "{t}k");
        string reply = "";
        ReplicatedShard.Await(() => (reply = other.Call("FUNCTION", "KILL").Text) != "NOTBUSY No scripts in execution right now.", "the next runs");
        Assert.True(reply.StartsWith("BUSY ", StringComparison.Ordinal) || reply.StartsWith("UNKILLABLE ", StringComparison.Ordinal) || reply.StartsWith("UNCERTAIN ", StringComparison.Ordinal), reply);
    }

    [Fact]
    public void Error_text_with_line_breaks_cannot_shift_anybodys_replies()
    {
        using var twins = new Twins();
        using RespClient attacker = twins.Gateway.Connect();
        using RespClient victim = twins.Gateway.Connect();
        string request = Encoding.Latin1.GetString(RespClient.Encode("EVAL", "return redis.error_reply('x\\r\\n$5\\r\\nadmin\\r\\n')", "1", "{t}k"));
        string status = Encoding.Latin1.GetString(RespClient.Encode("EVAL", "return redis.status_reply('x\\r\\n$5\\r\\nadmin\\r\\n')", "1", "{t}k"));
        for (int i = 0; i < 200; i++)
        {
            attacker.SendRaw(request + status);
            victim.Send("ECHO", $"{i}");
            victim.Send("SET", "{t}v", $"{i}");
            victim.Send("GET", "{t}v");
            Assert.Equal($"{i}", victim.ReadReply().Text);
            Assert.Equal("OK", victim.ReadReply().Text);
            Assert.Equal($"{i}", victim.ReadReply().Text);
            Assert.StartsWith("-", attacker.ReadRawText());
            Assert.StartsWith("+", attacker.ReadRawText());
        }
    }
}
