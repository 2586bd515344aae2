using Keyway.Gateway.Links;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Sessions;

/// <summary>A reply that is put together here, out of what one or several shards say; until all has come it stands among the client's replies.</summary>
internal abstract class AwaitedReply
{
    public Command Command { get; protected set; } = null!;

    public long StartTicks { get; protected set; }

    public long CollectedBytes { get; protected set; }

    /// <summary>The client does not want to hear of it.</summary>
    public bool IsMuted { get; set; }

    public abstract bool IsComplete { get; }

    public abstract bool HasFailed { get; }

    public void Answer(int part, ReadOnlySpan<byte> reply) => Collect(part, reply, isLast: true);

    /// <summary>A piece of a part's reply.</summary>
    public abstract void Collect(int part, ReadOnlySpan<byte> piece, bool isLast);

    /// <summary>No reply to a part will come.</summary>
    public abstract void Fail(int part, ShardFailure failure);

    /// <summary>All has come. Its turn among the client's replies may be later.</summary>
    public virtual void OnComplete(ClientSession session) { }

    public abstract void WriteTo(ReplyBuffer output);

    /// <summary>It is not needed any more.</summary>
    public abstract void Return(GatewayLoop loop);
}
