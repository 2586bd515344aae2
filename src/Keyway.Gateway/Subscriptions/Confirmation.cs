using Keyway.Protocol;

namespace Keyway.Gateway.Subscriptions;

/// <summary>"*3 subscribe channel 1": what a client is told of each channel, in RESP3 as a push.</summary>
internal static class Confirmation
{
    public static void Write(ReplyBuffer output, bool resp3, ReadOnlySpan<byte> word, ReadOnlySpan<byte> name, int count)
    {
        output.WritePush(3, resp3);
        output.WriteBulk(word);
        output.WriteBulk(name);
        output.WriteInteger(count);
    }

    /// <summary>Of UNSUBSCRIBE from everything, where there was nothing.</summary>
    public static void WriteNothing(ReplyBuffer output, bool resp3, ReadOnlySpan<byte> word, int count)
    {
        output.WritePush(3, resp3);
        output.WriteBulk(word);
        output.WriteNull(resp3);
        output.WriteInteger(count);
    }
}
