using Keyway.Gateway.Routing;
using Keyway.Protocol;

namespace Keyway.Gateway.Scripts;

/// <summary>SCRIPT LOAD: what every shard has taken is remembered under the name that they give it.</summary>
internal sealed class LoadReply(ScriptLibrary scripts, RememberedScript script) : IMerge
{
    public bool Takes(int part, ReadOnlySpan<byte> reply) => true;

    public void Write(Gather gather, ReplyBuffer output) => output.Append(gather.ReplyOf(0));

    public void OnSucceeded(Gather gather)
    {
        // "$40\r\nsha1\r\n"
        ReadOnlySpan<byte> reply = gather.ReplyOf(0);
        if (!reply.StartsWith("$40\r\n"u8) || !ScriptHash.TryParse(reply[5..^2], out ScriptHash hash)) return;
        for (int i = 1; i < gather.PartCount; i++)
        {
            if (!gather.ReplyOf(i).SequenceEqual(reply)) return;
        }
        scripts.Remember(hash, script);
    }
}
