using System.Globalization;
using Keyway.Protocol.Clients;

namespace Keyway.Shard.Limits;

/// <summary>How much may wait for clients of one type to read it: never more than the hard limit, above the soft one only for so long. 0 is no limit.</summary>
internal readonly record struct OutputLimit(long HardBytes, long SoftBytes, long SoftSeconds)
{
    /// <summary>Below this nothing need be looked at.</summary>
    public long LowestBytes
    {
        get
        {
            long hard = HardBytes == 0 ? long.MaxValue : HardBytes;
            return SoftBytes == 0 ? hard : Math.Min(hard, SoftBytes);
        }
    }

    /// <summary>Reads client-output-buffer-limit as CONFIG GET shows it: "normal 0 0 0 slave 268435456 67108864 60 pubsub …".</summary>
    public static OutputLimit[] ParseAll(string value)
    {
        var limits = new OutputLimit[(int)ClientType.Master + 1];
        string[] words = value.Split(' ');
        for (int i = 0; i + 3 < words.Length; i += 4)
        {
            ClientType type = words[i] switch { "normal" => ClientType.Normal, "pubsub" => ClientType.PubSub, _ => ClientType.Replica };
            limits[(int)type] = new OutputLimit(Number(words[i + 1]), Number(words[i + 2]), Number(words[i + 3]));
        }

        limits[(int)ClientType.Master] = limits[(int)ClientType.Normal];
        return limits;
    }

    // Redis takes sizes up to 2^64.
    private static long Number(string word) => (long)Math.Min(ulong.Parse(word, CultureInfo.InvariantCulture), long.MaxValue);
}
