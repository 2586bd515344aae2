using Keyway.Protocol;

namespace Keyway.Gateway.Routing;

/// <summary>
/// RANDOMKEY: each shard says how many keys it has and draws one of them. A shard's key is taken as often as it has keys, so that every key of the
/// pool is as likely as any other, however unequal the shards are.
/// </summary>
internal sealed class RandomKeyMerge(Random random) : IMerge
{
    /// <summary>What each shard is asked, in this order: two parts.</summary>
    public static ReadOnlySpan<byte> Count => "*1\r\n$6\r\nDBSIZE\r\n"u8;

    public static ReadOnlySpan<byte> Draw => "*1\r\n$9\r\nRANDOMKEY\r\n"u8;

    public bool Takes(int part, ReadOnlySpan<byte> reply) => part % 2 == 0 ? reply[0] == ':' : reply[0] is (byte)'$' or (byte)'_';

    public void Write(Gather gather, ReplyBuffer output)
    {
        // A shard whose keys have all expired counts them still and draws none.
        long keys = 0;
        for (int i = 0; i < gather.PartCount; i += 2) keys += WeightOf(gather, i);
        long left = keys == 0 ? 0 : random.NextInt64(keys);
        int drawn = 0;
        for (int i = 0; i < gather.PartCount && left >= 0; i += 2)
        {
            drawn = i + 1;
            left -= WeightOf(gather, i);
        }
        output.Append(gather.ReplyOf(drawn));
    }

    private static long WeightOf(Gather gather, int part)
    {
        bool hasDrawn = !(gather.ReplyOf(part + 1) is [(byte)'_', ..] or [(byte)'$', (byte)'-', ..]);
        return hasDrawn ? Math.Max(1, Gather.IntegerOf(gather.ReplyOf(part))) : 0;
    }
}
