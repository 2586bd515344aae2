namespace Keyway.Sentinel.Core;

/// <summary>A reply as far as a decision can depend on it. Text is without its leading sign: "PONG", "LOADING …".</summary>
internal readonly record struct SentinelReply(ReplyKind Kind, string Text, long Number, SentinelReply[] Items)
{
    public static SentinelReply Other => new(ReplyKind.Other, "", 0, []);

    public static SentinelReply Status(string text) => new(ReplyKind.Status, text, 0, []);

    public static SentinelReply Error(string text) => new(ReplyKind.Error, text, 0, []);

    public static SentinelReply Bulk(string text) => new(ReplyKind.Bulk, text, 0, []);

    public static SentinelReply Integer(long number) => new(ReplyKind.Integer, "", number, []);

    public static SentinelReply Array(params SentinelReply[] items) => new(ReplyKind.Array, "", 0, items);
}
