namespace Keyway.Shard.Commands.SortedSets;

/// <summary>Elements in an array: members alone, or with their scores, which RESP2 sets behind them and RESP3 beside them.</summary>
internal static class ElementReply
{
    public static void WriteHead(ref CommandContext context, long count, bool withScores) =>
        context.ReplyArray(withScores && !context.Resp3 ? count * 2 : count);

    public static void Write(ref CommandContext context, scoped ReadOnlySpan<byte> member, double score, bool withScore)
    {
        if (withScore && context.Resp3) context.ReplyArray(2);
        context.ReplyBulk(member);
        if (withScore) context.ReplyDouble(score);
    }
}
