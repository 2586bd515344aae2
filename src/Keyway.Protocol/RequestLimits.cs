namespace Keyway.Protocol;

/// <summary>What one request may announce. The counts and lengths of one digit are never refused.</summary>
/// <param name="MaxArguments">The highest count that a <c>*</c> header may announce.</param>
/// <param name="MaxBulkLength">The longest argument, Redis's proto-max-bulk-len.</param>
public readonly record struct RequestLimits(int MaxArguments, long MaxBulkLength)
{
    /// <summary>Redis's own: any count that fits an int, arguments of 512 MB.</summary>
    public static RequestLimits Default => new(int.MaxValue, 512L * 1024 * 1024);

    /// <summary>Before a password was given, strangers get enough for AUTH and HELLO and not for filling our memory.</summary>
    public static RequestLimits Unauthenticated => new(10, 16 * 1024) { IsUnauthenticated = true };

    /// <summary>Chooses the words of the refusal, so that a client learns that a password would help.</summary>
    public bool IsUnauthenticated { get; init; }
}
