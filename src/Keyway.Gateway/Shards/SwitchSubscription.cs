using Keyway.Gateway.Links;

namespace Keyway.Gateway.Shards;

/// <summary>
/// Listens to a sentinel's "+switch-master name oldip oldport newip newport": a reason to look at once. What to believe is then asked for, so
/// what is said here need not even be true.
/// </summary>
internal sealed class SwitchSubscription(LinkHandshake handshake, ShardWatch watch, Action<SwitchSubscription> whenEnded) : ControlLink(handshake)
{
    protected override void WhenReady() => Send("*2\r\n$9\r\nSUBSCRIBE\r\n$14\r\n+switch-master\r\n"u8);

    protected override void TakeReply(ReadOnlySpan<byte> reply)
    {
        List<string> words = ReplyWords.Of(reply);
        if (words.Count == 3 && words[0] == "message" && words[2].StartsWith(watch.Definition.MasterName + " ", StringComparison.Ordinal)) watch.LookNow();
    }

    protected override void WhenEnded(string reason, FailureKind kind) => whenEnded(this);
}
