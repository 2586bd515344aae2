using Keyway.Protocol;

namespace Keyway.Shard;

/// <summary>A request that a pause has put off: it is still in its client's input.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="InputBytes">What it takes there.</param>
/// <param name="ArgumentBytes">Of all its arguments together.</param>
internal readonly record struct PostponedRequest(ClientSession Client, int InputBytes, long ArgumentBytes)
{
    public static long Sum(Arguments arguments)
    {
        long bytes = 0;
        for (int i = 0; i < arguments.Count; i++) bytes += arguments[i].Length;
        return bytes;
    }
}
