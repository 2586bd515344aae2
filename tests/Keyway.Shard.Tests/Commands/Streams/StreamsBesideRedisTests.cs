using System.Text;
using System.Text.RegularExpressions;
using Keyway.Platform.Simulation;
using Keyway.Shard.Effects;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Streams;

/// <summary>Random stream commands to a real server and to a shard: the same replies, byte for byte, and the same effects as the real one keeps in its journal.</summary>
public sealed partial class StreamsBesideRedisTests
{
    private const int Commands = 3000;

    [Theory]
    [InlineData(1, 2, "100")]
    [InlineData(2, 3, "3")]
    [InlineData(3, 2, "4")]
    [InlineData(4, 3, "1")]
    [InlineData(5, 2, "0")]
    [InlineData(6, 2, "130")]
    public void Random_commands_have_the_same_replies_and_effects(int seed, int protocol, string entriesPerNode)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        string[] options = ["--stream-node-max-entries", entriesPerNode, "--stream-node-max-bytes", seed == 6 ? "700" : "4096"];
        using RedisServer redis = RedisServer.Start([.. options, "--appendonly", "yes", "--appendfsync", "no"]);
        using RespClient real = redis.Connect();
        using var shard = new TestShard(options);
        SimulatedPeer ours = shard.Connect();
        var effects = new EffectRecord();
        shard.Server.Propagation.Install(effects);

        real.Call("HELLO", $"{protocol}");
        shard.Call(ours, $"HELLO {protocol}");
        var generator = new StreamCommandGenerator(seed);
        for (int i = 0; i < Commands; i++)
        {
            string[] command = generator.Next();
            byte[] request = RespClient.Encode(command);
            real.SendRaw(request);
            string expected = Comparable(command, real.ReadRaw());
            string actual = Comparable(command, Encoding.Latin1.GetBytes(shard.Send(ours, Encoding.Latin1.GetString(request))));
            AssertSame($"command {i}: {string.Join(' ', command)}", expected, actual);

            if (i % 10 != 0) continue;
            string[] look = ["XINFO", "STREAM", "s", "FULL", "COUNT", "0"];
            real.Send(look);
            expected = Comparable(look, real.ReadRaw());
            actual = Comparable(look, Encoding.Latin1.GetBytes(shard.Call(ours, string.Join(' ', look))));
            AssertSame($"after command {i}: {string.Join(' ', command)}", expected, actual);
        }

        AssertSameEffects(redis.Directory, effects.Commands);
    }

    private static void AssertSameEffects(string directory, List<string> effects)
    {
        byte[] journal = File.ReadAllBytes(Path.Combine(directory, "appendonlydir", "appendonly.aof.1.incr.aof"));
        List<string> expected = [];
        for (int start = 0; start < journal.Length;)
        {
            expected.Add(MaskTimes(string.Join(' ', ReadCommand(journal, ref start))));
        }

        expected.RemoveAll(effect => effect.StartsWith("SELECT", StringComparison.Ordinal));
        List<string> actual = [.. effects.Select(MaskTimes)];
        for (int i = 0; i < Math.Min(expected.Count, actual.Count); i++)
        {
            AssertSame($"effect {i}, behind {expected[Math.Max(0, i - 1)]}", expected[i], actual[i]);
        }

        Assert.Equal(expected.Count, actual.Count);
    }

    // Where they part, with what stands before: some replies are long.
    private static void AssertSame(string what, string expected, string actual)
    {
        if (expected == actual) return;
        int same = 0;
        while (same < expected.Length && same < actual.Length && expected[same] == actual[same]) same++;
        int start = Math.Max(0, same - 200);
        Assert.Fail($"{Shown(what)}\nredis:  {Shown(Part(expected, start))}\nkeyway: {Shown(Part(actual, start))}");
    }

    private static string Part(string text, int start) => text.Substring(start, Math.Min(400, text.Length - start));

    private static List<string> ReadCommand(byte[] journal, ref int start)
    {
        var words = new List<string>();
        int count = int.Parse(Line(journal, ref start)[1..]);
        for (int i = 0; i < count; i++)
        {
            int length = int.Parse(Line(journal, ref start)[1..]);
            words.Add(Encoding.Latin1.GetString(journal, start, length));
            start += length + 2;
        }

        return words;
    }

    private static string Line(byte[] journal, ref int start)
    {
        int end = Array.IndexOf(journal, (byte)'\r', start);
        string line = Encoding.Latin1.GetString(journal, start, end - start);
        start = end + 2;
        return line;
    }

    // Times of now, and how long ago something was a moment ago.
    private static string Comparable(string[] command, byte[] reply)
    {
        string text = MaskTimes(Encoding.Latin1.GetString(reply));
        string name = command[0].ToUpperInvariant();
        if (name == "XPENDING" && command.Length > 3) text = IdleOfDelivery().Replace(text, match => $"{match.Groups[1].Value}:idle\r\n");
        if (name == "XINFO") text = IdleOfConsumer().Replace(text, "idle");
        return text;
    }

    private static string MaskTimes(string text) => TimeOfNow().Replace(text, "time");

    private static string Shown(string text) => text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    [GeneratedRegex(@"\b17\d{11}\b")]
    private static partial Regex TimeOfNow();

    [GeneratedRegex(@"(\*4\r\n\$\d+\r\n[-\d]+\r\n\$\d+\r\n[^\r]*\r\n):\d{1,3}\r\n")]
    private static partial Regex IdleOfDelivery();

    [GeneratedRegex(@"idle\r\n:\d+")]
    private static partial Regex IdleOfConsumer();

    private sealed class EffectRecord : IEffectSink
    {
        public List<string> Commands { get; } = [];

        public void OnEffect(int database, ReadOnlySpan<byte> command) => Commands.Add(string.Join(' ', RespValue.Parse(command).Texts));
    }
}
