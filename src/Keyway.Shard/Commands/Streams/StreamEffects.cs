using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>What a replica must repeat of what readers of a group do: not the reading, but what it has left behind.</summary>
internal static unsafe class StreamEffects
{
    /// <summary>The delivery as it stands now, whoever made it and how.</summary>
    public static void Claim(ref CommandContext context, ReadOnlySpan<byte> key, ConsumerGroup group, StreamId id, Delivery* delivery, long changes)
    {
        Span<byte> text = stackalloc byte[StreamId.MaxTextLength];
        Claim(ref context, key, group, text[..id.Format(text)], delivery, changes);
    }

    /// <param name="context">Whose client's database it is.</param>
    /// <param name="key">The stream's.</param>
    /// <param name="group">Whose delivery it is.</param>
    /// <param name="id">As the client has written it.</param>
    /// <param name="delivery">With its consumer.</param>
    /// <param name="changes">What it counts as, beside the others of the same command.</param>
    public static void Claim(ref CommandContext context, ReadOnlySpan<byte> key, ConsumerGroup group, scoped ReadOnlySpan<byte> id, Delivery* delivery, long changes)
    {
        if (!context.Propagation.BeginReplacement(14, changes)) return;
        context.Propagation.Add("XCLAIM"u8);
        context.Propagation.Add(key);
        context.Propagation.Add(group.Name);
        context.Propagation.Add(group.ConsumerOf(delivery).Name);
        context.Propagation.AddNumber(0);
        context.Propagation.Add(id);
        context.Propagation.Add("TIME"u8);
        context.Propagation.AddNumber(delivery->TimeMs);
        context.Propagation.Add("RETRYCOUNT"u8);
        context.Propagation.AddNumber(delivery->Times);
        context.Propagation.Add("FORCE"u8);
        context.Propagation.Add("JUSTID"u8);
        context.Propagation.Add("LASTID"u8);
        AddId(ref context, group.LastId);
        context.Propagation.EndReplacement(context.Keyspace.Index);
    }

    /// <summary>How far the group has come, where no delivery says so.</summary>
    public static void GroupPosition(ref CommandContext context, ReadOnlySpan<byte> key, ConsumerGroup group, long changes)
    {
        if (!context.Propagation.BeginReplacement(7, changes)) return;
        context.Propagation.Add("XGROUP"u8);
        context.Propagation.Add("SETID"u8);
        context.Propagation.Add(key);
        context.Propagation.Add(group.Name);
        AddId(ref context, group.LastId);
        context.Propagation.Add("ENTRIESREAD"u8);
        context.Propagation.AddNumber(group.EntriesRead);
        context.Propagation.EndReplacement(context.Keyspace.Index);
    }

    /// <summary>A consumer that no delivery makes known.</summary>
    public static void NewConsumer(ref CommandContext context, ReadOnlySpan<byte> key, ConsumerGroup group, Consumer consumer)
    {
        if (!context.Propagation.BeginReplacement(5, changes: 0)) return;
        context.Propagation.Add("XGROUP"u8);
        context.Propagation.Add("CREATECONSUMER"u8);
        context.Propagation.Add(key);
        context.Propagation.Add(group.Name);
        context.Propagation.Add(consumer.Name);
        context.Propagation.EndReplacement(context.Keyspace.Index);
    }

    public static void AddId(ref CommandContext context, StreamId id)
    {
        Span<byte> text = stackalloc byte[StreamId.MaxTextLength];
        context.Propagation.Add(text[..id.Format(text)]);
    }
}
