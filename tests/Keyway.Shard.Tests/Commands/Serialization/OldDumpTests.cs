using System.Text;
using Keyway.Platform.Simulation;
using Keyway.Shard.Rdb;
using Keyway.Shard.Tests.Rdb;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Commands.Serialization;

/// <summary>What servers of ten years have dumped is taken, and becomes what a real server makes of it.</summary>
public sealed class OldDumpTests
{
    private static readonly string[] Elements =
    [
        "a", "", "0", "1", "12", "13", "-1", "127", "128", "-128", "-129", "32767", "32768", "-32769", "8388607", "8388608", "-8388609", "2147483648",
        "-2147483649", "9223372036854775807", "007", new string('x', 63), new string('y', 64), new string('z', 300), new string('w', 17000), "end",
    ];

    public static TheoryData<string, byte[]> Dumps()
    {
        string[] pairs = [.. Elements.Select((element, i) => (string[])[$"f{i}", element]).SelectMany(pair => pair)];
        string[] short_ = [.. pairs.Take(40)];
        string[] scored = ["m", "-5", "n", "0", "7", "1.5", "o", "1.5", "p", "3", "q", "inf"];
        string[] scoredPairs = ["m", "-5", "n", "0.25", "7", "1.5e10", "o", "1e300"];
        return new TheoryData<string, byte[]>
        {
            { "list of strings", [(byte)RdbType.List, .. DumpMaker.Length(Elements.Length), .. Elements.SelectMany(DumpMaker.Text)] },
            { "list in a ziplist", [(byte)RdbType.ListZiplist, .. DumpMaker.Blob(DumpMaker.Ziplist(Elements))] },
            {
                "list in ziplists",
                [
                    (byte)RdbType.ListZiplists, 3, .. DumpMaker.Blob(DumpMaker.Ziplist(Elements)), .. DumpMaker.Blob(DumpMaker.Ziplist("1")),
                    .. DumpMaker.Blob(DumpMaker.Ziplist()),
                ]
            },
            { "list of plain and packed nodes", [(byte)RdbType.ListListpacks, 2, 1, .. DumpMaker.Text("plain"), 2, .. DumpMaker.Blob([9, 0, 0, 0, 1, 0, 5, 1, 0xFF])] },
            { "hash in a ziplist", [(byte)RdbType.HashZiplist, .. DumpMaker.Blob(DumpMaker.Ziplist(pairs))] },
            { "short hash in a ziplist", [(byte)RdbType.HashZiplist, .. DumpMaker.Blob(DumpMaker.Ziplist(short_))] },
            { "hash in a zipmap", [(byte)RdbType.HashZipmap, .. DumpMaker.Blob(DumpMaker.Zipmap(0, pairs))] },
            { "hash in a zipmap with holes", [(byte)RdbType.HashZipmap, .. DumpMaker.Blob(DumpMaker.Zipmap(3, short_))] },
            { "sorted set in a ziplist", [(byte)RdbType.SortedSetZiplist, .. DumpMaker.Blob(DumpMaker.Ziplist(scored))] },
            { "sorted set with scores as text", [(byte)RdbType.SortedSetWithText, 5, .. scoredPairs.SelectMany(DumpMaker.Text), .. DumpMaker.Text("q"), 255] },
            { "intset", [(byte)RdbType.SetIntset, .. DumpMaker.Blob([8, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])] },
        };
    }

    [Theory]
    [MemberData(nameof(Dumps))]
    public void Is_taken_as_a_real_server_takes_it(string what, byte[] value)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using RespClient real = redis.Connect();
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        RespValue Ours(string[] command) => RespValue.Parse(Encoding.Latin1.GetBytes(shard.Send(peer, Encoding.Latin1.GetString(RespClient.Encode(command)))));

        foreach (int version in (int[])[1, 6, 9, 10])
        {
            string dump = Encoding.Latin1.GetString(DumpMaker.Seal(value, version));
            string[] restore = ["RESTORE", "k", "0", dump, "REPLACE"];
            Assert.Equal($"{what}: {real.Call(restore)}", $"{what}: {Ours(restore)}");
            Assert.Equal(ValueText.Of("k", real.Call), ValueText.Of("k", Ours));
            Assert.Equal("OK", Ours(restore).Text);
        }

        string later = Encoding.Latin1.GetString(DumpMaker.Seal(value, 11));
        Assert.Equal("ERR DUMP payload version or checksum are wrong", Ours(["RESTORE", "k", "0", later, "REPLACE"]).Text);
    }

    [Fact]
    public void A_stream_from_before_7_gets_what_it_lacks()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using RedisServer redis = RedisServer.Start();
        using RespClient real = redis.Connect();
        using var shard = new TestShard();
        SimulatedPeer peer = shard.Connect();
        RespValue Ours(string[] command) => RespValue.Parse(Encoding.Latin1.GetBytes(shard.Send(peer, Encoding.Latin1.GetString(RespClient.Encode(command)))));

        foreach (string[] command in (string[][])[["XADD", "s", "1-1", "f", "v"], ["XADD", "s", "2-1", "f", "w"], ["XADD", "s", "3-0", "g", "1"]]) real.Call(command);
        byte[] dump = DumpMaker.Unseal(Encoding.Latin1.GetBytes(real.Call("DUMP", "s").Text));

        // Up to the last ID it is the same; then 7.0 added five numbers, and one to each group.
        int first = dump.AsSpan().LastIndexOf((byte[])[3, 3, 0, 1, 1, 0, 0, 3, 0]);
        byte[] before = [.. dump[..(first + 3)], 2, .. DumpMaker.Text("g"), 1, 1, 0, 0, .. DumpMaker.Text("last"), 3, 0, 0, 0];
        before[0] = (byte)RdbType.StreamBefore7;
        string sealed_ = Encoding.Latin1.GetString(DumpMaker.Seal(before, 9));
        string[] restore = ["RESTORE", "k", "0", sealed_];
        Assert.Equal("OK", real.Call(restore).Text);
        Assert.Equal("OK", Ours(restore).Text);
        Assert.Equal(ValueText.Of("k", real.Call), ValueText.Of("k", Ours));
    }
}
