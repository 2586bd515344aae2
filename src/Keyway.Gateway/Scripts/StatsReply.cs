using Keyway.Gateway.Routing;
using Keyway.Protocol;

namespace Keyway.Gateway.Scripts;

/// <summary>FUNCTION STATS: the shard that runs a function speaks for all; they have the same libraries.</summary>
internal sealed class StatsReply : IMerge
{
    public static readonly StatsReply Instance = new();

    public bool Takes(int part, ReadOnlySpan<byte> reply) => true;

    public void Write(Gather gather, ReplyBuffer output)
    {
        int speaker = 0;
        for (int i = gather.PartCount - 1; i >= 0; i--)
        {
            if (IsRunning(gather.ReplyOf(i))) speaker = i;
        }
        output.Append(gather.ReplyOf(speaker));
    }

    // *4 "running_script" null …, or what runs in the null's place; in RESP3 a map.
    private static bool IsRunning(ReadOnlySpan<byte> reply)
    {
        ReadOnlySpan<byte> name = "$14\r\nrunning_script\r\n"u8;
        int at = reply.IndexOf(name);
        return at >= 0 && reply[(at + name.Length)..] is [(byte)'*' or (byte)'%', not (byte)'-', ..];
    }
}
