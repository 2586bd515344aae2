namespace Keyway.Sentinel.Tests.Core;

/// <summary>Ids of forty hex digits that say whose they are.</summary>
internal static class Ids
{
    public const string Mine = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static string Of(string ip, int port) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes($"{ip}:{port}")).ToLowerInvariant().PadLeft(40, '0');
}
