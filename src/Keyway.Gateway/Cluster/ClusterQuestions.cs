using System.Net;
using Keyway.Gateway.Links;
using Keyway.Gateway.Shards;

namespace Keyway.Gateway.Cluster;

/// <summary>Asks one server of a cluster how it sees the whole, again and again on the same connection while it is asked.</summary>
internal sealed class ClusterQuestions(LinkHandshake handshake, ClusterWatch watch, EndPoint server, bool isTls) : ControlLink(handshake)
{
    private static readonly byte[] InfoAndShards = [.. "*2\r\n$7\r\nCLUSTER\r\n$4\r\nINFO\r\n*2\r\n$7\r\nCLUSTER\r\n$6\r\nSHARDS\r\n"u8];
    private static readonly byte[] Slots = [.. "*2\r\n$7\r\nCLUSTER\r\n$5\r\nSLOTS\r\n"u8];

    private enum Awaited : byte { Nothing, Info, Shards, Slots }

    private Awaited _awaited;
    private (bool IsOk, long Epoch) _info;

    public EndPoint Server => server;

    /// <summary>Since when it owes us a connection or an answer; -1 while it owes nothing.</summary>
    public long AskedMs { get; private set; }

    /// <summary>Once it is ready, and whenever its last answer has come.</summary>
    public void Ask(long nowMs)
    {
        AskedMs = nowMs;
        if (!IsReady) return;
        _awaited = Awaited.Info;
        Send(InfoAndShards);
    }

    protected override void WhenReady() => Ask(AskedMs);

    protected override void TakeReply(ReadOnlySpan<byte> reply)
    {
        switch (_awaited)
        {
            case Awaited.Info when ClusterReplies.Info(reply) is { } info:
                _info = info;
                _awaited = Awaited.Shards;
                break;
            case Awaited.Info:
                // "-ERR This instance has cluster support disabled"; the second answer will say the same.
                Give(ReplyWords.ErrorOf(reply) ?? "it does not answer CLUSTER INFO as a cluster does");
                break;
            case Awaited.Shards when reply[0] == '-':
                // Older than 7.0.
                _awaited = Awaited.Slots;
                Send(Slots);
                break;
            case Awaited.Shards:
                Take(ClusterReplies.Shards(reply, server, isTls));
                break;
            case Awaited.Slots:
                Take(ClusterReplies.Slots(reply, server));
                break;
            default:
                End("it sent more replies than it was asked for", FailureKind.Protocol);
                break;
        }
    }

    protected override void WhenEnded(string reason, FailureKind kind) => watch.OnFailed(this, reason, kind);

    private void Take(IReadOnlyList<ClusterShard>? shards)
    {
        if (shards is null)
        {
            Give("its answer makes no sense");
            return;
        }

        _awaited = Awaited.Nothing;
        AskedMs = -1;
        watch.OnView(this, new ClusterView(shards, _info.Epoch, _info.IsOk));
    }

    private void Give(string reason) => End(reason, FailureKind.Protocol);
}
