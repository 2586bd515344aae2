using Keyway.Gateway.Routing;
using Keyway.Protocol;

namespace Keyway.Gateway.Scripts;

/// <summary>SCRIPT EXISTS says what EVALSHA would find: a script that the gateway remembers, or that every shard has, whichever the keys may choose.</summary>
/// <param name="remembered">By argument.</param>
internal sealed class ExistsReply(bool[] remembered) : IMerge
{
    // ":1\r\n"
    private const int BytesEach = 4;

    public bool Takes(int part, ReadOnlySpan<byte> reply) => reply[0] == '*' && reply.Length > BytesEach * remembered.Length;

    public void Write(Gather gather, ReplyBuffer output)
    {
        output.WriteArray(remembered.Length);
        for (int i = 0; i < remembered.Length; i++) output.WriteInteger(remembered[i] || AllHave(gather, i) ? 1 : 0);
    }

    // From the end, since the header's length varies.
    private bool AllHave(Gather gather, int index)
    {
        int fromEnd = BytesEach * (remembered.Length - index) - 1;
        for (int part = 0; part < gather.PartCount; part++)
        {
            if (gather.ReplyOf(part)[^fromEnd] != '1') return false;
        }
        return true;
    }
}
