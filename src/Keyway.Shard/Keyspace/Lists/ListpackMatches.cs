using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.Lists;

/// <summary>Takes all elements of one value out of a listpack in one pass.</summary>
internal static class ListpackMatches
{
    /// <param name="listpack">All of it; its header then says how much is left.</param>
    /// <param name="value">What goes.</param>
    /// <param name="most">How many go at most: the first ones from that end.</param>
    /// <param name="from">Where the first ones are.</param>
    /// <returns>How many are gone.</returns>
    public static int Remove(Span<byte> listpack, ReadOnlySpan<byte> value, long most, ListEnd from)
    {
        int at = FindFrom(listpack, Listpack.HeaderBytes, value);
        if (from == ListEnd.Tail)
        {
            for (long toSkip = CountFrom(listpack, at, value) - most; toSkip > 0; toSkip--) at = FindFrom(listpack, at + Listpack.SizeAt(listpack, at), value);
        }

        if (at == Listpack.None) return 0;

        // What stays moves up run by run.
        int count = Listpack.Count(listpack);
        int removed = 0;
        int target = at;
        while (true)
        {
            int runStart = at + Listpack.SizeAt(listpack, at);
            removed++;
            at = removed < most ? FindFrom(listpack, runStart, value) : Listpack.None;
            int runEnd = at == Listpack.None ? listpack.Length : at;
            listpack[runStart..runEnd].CopyTo(listpack[target..]);
            target += runEnd - runStart;
            if (at == Listpack.None) break;
        }

        Listpack.WriteHeader(listpack, target, count - removed);
        return removed;
    }

    private static long CountFrom(ReadOnlySpan<byte> listpack, int at, ReadOnlySpan<byte> value)
    {
        long count = 0;
        for (; at != Listpack.None; at = FindFrom(listpack, at + Listpack.SizeAt(listpack, at), value)) count++;
        return count;
    }

    private static int FindFrom(ReadOnlySpan<byte> listpack, int at, ReadOnlySpan<byte> value) =>
        listpack[at] == Listpack.End ? Listpack.None : Listpack.Find(listpack, at, value, skip: 0);
}
