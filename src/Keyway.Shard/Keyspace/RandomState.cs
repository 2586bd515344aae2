namespace Keyway.Shard.Keyspace;

/// <summary>xorshift64*: speed over quality; the state is seeded and never zero.</summary>
internal static class RandomState
{
    public static ulong Next(ref ulong state)
    {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        return state * 0x2545F4914F6CDD1D;
    }

    /// <summary>A number from 0 up to the limit, which is not reached.</summary>
    public static long Below(ref ulong state, long limit) => (long)Math.BigMul(Next(ref state), (ulong)limit, out _);
}
