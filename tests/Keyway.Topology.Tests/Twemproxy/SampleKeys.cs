using System.Text;

namespace Keyway.Topology.Tests.Twemproxy;

/// <summary>Always the same keys: everyday ones, tagged ones, and bytes of every value in every length that a hash treats apart.</summary>
internal static class SampleKeys
{
    public static byte[][] Take(int count)
    {
        var keys = new byte[count][];
        uint state = 20251120;
        for (int i = 0; i < count; i++)
        {
            keys[i] = (i % 4) switch
            {
                0 => Encoding.ASCII.GetBytes($"user:{i}"),
                1 => Encoding.ASCII.GetBytes($"session:{{{i / 7}}}:{Next(ref state)}"),
                _ => Bytes(1 + i % 37, ref state),
            };
        }

        return keys;
    }

    private static byte[] Bytes(int length, ref uint state)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)(Next(ref state) >> 24);
        return bytes;
    }

    private static uint Next(ref uint state) => state = state * 1664525 + 1013904223;
}
