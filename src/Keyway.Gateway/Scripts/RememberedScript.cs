namespace Keyway.Gateway.Scripts;

/// <summary>A script that every shard has taken.</summary>
/// <param name="Load">The whole request SCRIPT LOAD, to be sent again.</param>
/// <param name="BodyStart">Where the script stands in it.</param>
internal sealed record RememberedScript(byte[] Load, int BodyStart)
{
    public ReadOnlySpan<byte> Body => Load.AsSpan()[BodyStart..^2];
}
