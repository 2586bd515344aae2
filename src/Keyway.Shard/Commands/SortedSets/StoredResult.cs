using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>What the commands do that keep a result under a key: an empty one deletes the key.</summary>
internal static class StoredResult
{
    /// <summary>Stores the result, over whatever was there, and answers with its length.</summary>
    /// <param name="context">Of the request, which is its own effect.</param>
    /// <param name="target">The argument that is the key.</param>
    /// <param name="result">All elements, in order.</param>
    /// <param name="what">The event's name.</param>
    /// <param name="changes">How many changes the result counts as.</param>
    /// <param name="answersLast">Whoever listens to events hears of them before the answer comes.</param>
    public static void Store(ref CommandContext context, int target, SortedSetBuilder result, ReadOnlySpan<byte> what, long changes = 1, bool answersLast = false)
    {
        ReadOnlySpan<byte> key = context.Arguments[target];
        long count = result.Count;
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!answersLast) context.ReplyInteger(count);
        if (count > 0)
        {
            result.StoreAt(context.Keyspace, place);
            context.Notify(KeyspaceEvents.SortedSet, what, key);
            context.Propagation.AsIs(changes);
        }
        else if (place.Exists)
        {
            context.Keyspace.Delete(place);
            context.Notify(KeyspaceEvents.Generic, "del"u8, key);
            context.Propagation.AsIs();
        }

        if (answersLast) context.ReplyInteger(count);
    }
}
