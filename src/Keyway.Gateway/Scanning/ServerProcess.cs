namespace Keyway.Gateway.Scanning;

/// <summary>Which process is at the other end of a link: another one walks its keys in another order.</summary>
/// <param name="Stamp">Of its run id.</param>
/// <param name="Refusal">Why it did not say; null when it did.</param>
internal sealed record ServerProcess(uint Stamp, string? Refusal = null)
{
    /// <summary>It has been asked, and the answer is on its way.</summary>
    public static readonly ServerProcess Asked = new(0);
}
