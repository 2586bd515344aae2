using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>From keys and names to streams and groups, with the errors that the stream commands have in common.</summary>
internal static class StreamLookup
{
    /// <summary>The key's stream, or null when there is no key; false when it holds something else, which has been answered.</summary>
    public static bool TryFind(ref CommandContext context, ReadOnlySpan<byte> key, Lookup lookup, out Place place, out StreamValue? stream)
    {
        stream = null;
        place = context.Keyspace.Find(key, lookup);
        if (!place.Exists) return true;
        if (!context.Is(place, ValueKind.Stream)) return false;

        stream = (StreamValue)context.Keyspace.LargeValueOf(place.Entry);
        return true;
    }

    /// <summary>The key and group that the first two arguments name, which must be there; else it has been answered.</summary>
    public static bool TryFindGroup(ref CommandContext context, out Place place, out StreamValue stream, out ConsumerGroup group, Lookup lookup = Lookup.Read)
    {
        group = null!;
        stream = null!;
        if (!TryFind(ref context, context.Arguments[1], lookup, out place, out StreamValue? found)) return false;
        if (found?.Groups.Find(context.Arguments[2]) is not { } member)
        {
            ReplyNoGroup(ref context, context.Arguments[1], context.Arguments[2], []);
            return false;
        }

        stream = found;
        group = member;
        return true;
    }

    public static void ReplyNoGroup(ref CommandContext context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> group, ReadOnlySpan<byte> more) =>
        context.ReplyError([.. "NOGROUP No such key '"u8, .. Shown(key), .. "' or consumer group '"u8, .. Shown(group), .. "'"u8, .. more]);

    /// <summary>The same where the key is known to be there.</summary>
    public static void ReplyNoGroupOfKey(ref CommandContext context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> group) =>
        context.ReplyError([.. "NOGROUP No such consumer group '"u8, .. Shown(group), .. "' for key name '"u8, .. Shown(key), .. "'"u8]);

    /// <summary>As C prints a string: up to the first NUL.</summary>
    public static ReadOnlySpan<byte> Shown(ReadOnlySpan<byte> text) => text.IndexOf((byte)0) is >= 0 and var end ? text[..end] : text;
}
