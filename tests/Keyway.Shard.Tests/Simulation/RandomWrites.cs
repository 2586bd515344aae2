using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Simulation;

/// <summary>Writes of all kinds, to few keys, so that they meet.</summary>
/// <param name="random">Chooses.</param>
/// <param name="flushes">At times all keys go, and with them, on a real server, the snapshot that is just being taken for a replica.</param>
internal sealed class RandomWrites(Random random, bool flushes = true)
{
    private const int Keys = 12;

    private int _number;

    /// <summary>One request, or a whole transaction.</summary>
    public byte[] Next()
    {
        if (random.Next(12) > 0) return Request();
        using var transaction = new MemoryStream();
        transaction.Write(RespClient.Encode("MULTI"));
        for (int i = random.Next(1, 6); i > 0; i--) transaction.Write(Request());
        transaction.Write(RespClient.Encode("EXEC"));
        return transaction.ToArray();
    }

    private byte[] Request() => RespClient.Encode(Words().Split(' '));

    private string Words() => random.Next(30) switch
    {
        0 => $"SET {Key("s")} {Value()}",
        1 => $"SET {Key("s")} {Value()} PX {random.Next(1, 2000)}",
        2 => $"APPEND {Key("s")} {Value()}",
        3 => $"INCRBY {Key("n")} {random.Next(-5, 100)}",
        4 => $"INCRBYFLOAT {Key("n")} 0.5",
        5 => $"SETRANGE {Key("s")} {random.Next(50)} {Value()}",
        6 => $"RPUSH {Key("l")} {Value()} {Value()} {Value()}",
        7 => $"LPOP {Key("l")} {random.Next(1, 4)}",
        8 => $"LMOVE {Key("l")} {Key("l")} LEFT RIGHT",
        9 => $"HSET {Key("h")} {Field()} {Value()} {Field()} {Value()}",
        10 => $"HDEL {Key("h")} {Field()}",
        11 => $"HINCRBYFLOAT {Key("f")} {Field()} 1.25",
        12 => $"SADD {Key("m")} {Field()} {random.Next(100)} {Field()}",
        13 => $"SPOP {Key("m")} {random.Next(1, 3)}",
        14 => $"ZADD {Key("z")} {random.Next(1000)} {Field()} {random.Next(1000)} {Field()}",
        15 => $"ZPOPMIN {Key("z")} {random.Next(1, 3)}",
        16 => $"XADD {Key("x")} MAXLEN ~ 20 * {Field()} {Value()}",
        17 => $"XTRIM {Key("x")} MAXLEN {random.Next(5)}",
        18 => $"EXPIRE {Key("lhmzs"[random.Next(5)].ToString())} {random.Next(3)}",
        19 => $"PERSIST {Key("s")}",
        20 => $"DEL {Key("slhmzx"[random.Next(6)].ToString())}",
        21 => $"RENAME {Key("s")} {Key("s")}",
        22 => $"COPY {Key("h")} {Key("h")} REPLACE",
        23 => $"PFADD {Key("p")} {Value()}",
        24 => $"SELECT {random.Next(3)}",
        25 => $"SINTERSTORE {Key("m")} {Key("m")} {Key("m")}",
        26 => $"BITOP XOR {Key("s")} {Key("s")} {Key("s")}",
        27 => random.Next(10) > 0 ? $"GETEX {Key("s")} PX {random.Next(1, 900)}" : $"SWAPDB {random.Next(3)} {random.Next(3)}",
        28 => !flushes || random.Next(20) > 0 ? $"SET {Key("s")} {new string('v', random.Next(1, 3000))}" : "FLUSHALL",
        _ => $"ZUNIONSTORE {Key("z")} 2 {Key("z")} {Key("z")} WEIGHTS 1 2",
    };

    private string Key(string kind) => $"{kind}{random.Next(Keys)}";

    private string Field() => $"f{random.Next(40)}";

    private string Value() => random.Next(3) == 0 ? $"{_number++}" : $"value-{_number++}-{Convert.ToHexString(Encoding.ASCII.GetBytes($"{random.Next()}"))}";
}
