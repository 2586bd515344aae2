namespace Keyway.Client;

/// <summary>A decoded reply.</summary>
/// <param name="Type">The first byte of its RESP form: + - : $ * and RESP3's _ # , ( = ! % ~ &gt;.</param>
/// <param name="Bytes">The text of what is no aggregate; null for the null reply.</param>
/// <param name="Elements">Of an aggregate; a map's keys and values in turn.</param>
internal sealed record RedisReply(char Type, byte[]? Bytes, IReadOnlyList<RedisReply> Elements)
{
    public bool IsError => Type is '-' or '!';

    public bool IsNull => Bytes is null && !IsAggregate;

    public bool IsAggregate => Type is '*' or '%' or '~' or '>' && Bytes is null && !isNullArray;

    // RESP2's *-1
    private readonly bool isNullArray;

    public static RedisReply NullArray { get; } = new(isNull: true);

    private RedisReply(bool isNull) : this('*', null, []) => isNullArray = isNull;

    public string Text => Bytes is null ? "" : System.Text.Encoding.Latin1.GetString(Bytes);
}
