using Keyway.Gateway.Routing;
using Keyway.Protocol;

namespace Keyway.Gateway.Scanning;

/// <summary>A master's answer to SCAN, with the client's own cursor in the place of the master's.</summary>
/// <param name="here">Where the walk goes on while the master is not through.</param>
/// <param name="next">Where it goes on behind it.</param>
internal sealed class ScanMerge(ScanCursor here, ScanCursor next) : IMerge
{
    public bool Takes(int part, ReadOnlySpan<byte> reply) => ScanReply.TryRead(reply, out _, out _);

    public void Write(Gather gather, ReplyBuffer output)
    {
        ReadOnlySpan<byte> reply = gather.ReplyOf(0);
        _ = ScanReply.TryRead(reply, out ulong position, out int rest);
        if (position >= ScanCursor.PositionLimit)
        {
            output.WriteError($"ERR shard '{gather.BackendOf(0).Definition.Name}' walks through its keys with a cursor of more than 43 bits");
            return;
        }
        ScanCursor cursor = position > 0 ? here with { Position = position } : next;
        Span<byte> text = stackalloc byte[RespNumber.MaxLongLength];
        output.WriteArray(2);
        output.WriteBulk(text[..cursor.Format(text)]);
        output.Append(reply[rest..]);
    }
}
