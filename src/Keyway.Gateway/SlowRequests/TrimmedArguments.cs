using System.Text;
using Keyway.Protocol;

namespace Keyway.Gateway.SlowRequests;

/// <summary>A request's arguments as a slow log keeps them: the first ones, and of each the first bytes.</summary>
internal static class TrimmedArguments
{
    private const int MostArguments = 32;
    private const int MostBytes = 128;

    public static byte[][] Of(Arguments arguments)
    {
        int shown = Math.Min(arguments.Count, MostArguments);
        var trimmed = new byte[shown][];
        for (int i = 0; i < shown; i++)
        {
            bool standsForRest = i == MostArguments - 1 && arguments.Count > MostArguments;
            trimmed[i] = standsForRest
                ? Encoding.ASCII.GetBytes($"... ({arguments.Count - MostArguments + 1} more arguments)")
                : Of(arguments[i]);
        }
        return trimmed;
    }

    private static byte[] Of(ReadOnlySpan<byte> argument)
    {
        if (argument.Length <= MostBytes) return argument.ToArray();
        return [.. argument[..MostBytes], .. Encoding.ASCII.GetBytes($"... ({argument.Length - MostBytes} more bytes)")];
    }
}
