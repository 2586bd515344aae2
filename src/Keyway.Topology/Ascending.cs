using System.Runtime.CompilerServices;

namespace Keyway.Topology;

/// <summary>Binary search without a branch on the data: which half is taken cannot be predicted, and a wrong guess costs more than both loads.</summary>
internal static class Ascending
{
    /// <returns>How many of the numbers, which ascend, are below the value.</returns>
    public static int CountBelow(ulong[] numbers, ulong value)
    {
        if (numbers.Length == 0) return 0;

        int low = 0;
        int count = numbers.Length;
        while (count > 1)
        {
            int half = count >> 1;
            low += half & -IsBelow(numbers[low + half - 1], value);
            count -= half;
        }

        return low + IsBelow(numbers[low], value);
    }

    // A conditional expression would become a branch within a loop.
    private static int IsBelow(ulong left, ulong right) => Unsafe.BitCast<bool, byte>(left < right);
}
