using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>Adding and deleting entries.</summary>
internal static class StreamCommands
{
    // XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]] *|id field value [field value ...]
    public static void XAdd(ref CommandContext context)
    {
        if (!StreamAddOptions.TryRead(ref context, forAdd: true, out StreamAddOptions options)) return;
        int firstField = options.IdIndex + 1;
        int elements = context.Arguments.Count - firstField;
        if (elements < 2 || elements % 2 == 1)
        {
            context.ReplyWrongArity();
            return;
        }

        if (options is { HasId: true, HasSequence: true, Id.IsZero: true })
        {
            context.ReplyError("ERR The ID specified in XADD must be greater than 0-0"u8);
            return;
        }

        ReadOnlySpan<byte> key = context.Arguments[1];
        if (!StreamLookup.TryFind(ref context, key, Lookup.Write, out Place place, out StreamValue? stream)) return;
        if (stream == null && options.OnlyIfExists)
        {
            context.ReplyNull();
            return;
        }

        if (!TryChooseId(ref context, stream, options, out StreamId id)) return;
        if (!StreamValue.Fits(context.Arguments, firstField))
        {
            context.ReplyError("ERR Elements are too large to be stored"u8);
            return;
        }

        if (stream == null)
        {
            stream = new StreamValue(context.Databases.Values);
            place = context.Keyspace.SetLarge(place, ValueKind.Stream, stream);
        }
        else
        {
            context.Keyspace.BeginChange(place);
        }

        stream.Append(id, context.Arguments, firstField, context.Server.Settings.StreamNodeMaxBytes, context.Server.Settings.StreamNodeMaxEntries);
        long trimmed = options.Trim.By == TrimBy.Nothing ? 0 : stream.Trim(options.Trim);
        context.Keyspace.EndChange(place);
        context.Server.Blocked.Wake(context.Keyspace, key);

        context.Reply.WriteStreamId(id);
        context.Notify(KeyspaceEvents.Stream, "xadd"u8, key);
        if (trimmed > 0) context.Notify(KeyspaceEvents.Stream, "xtrim"u8, key);
        bool isIdChosen = !options.HasId || !options.HasSequence;
        if (isIdChosen || options.Trim.IsApproximate) Propagate(ref context, options, stream, isIdChosen ? options.IdIndex : 0, id, changes: 1);
        else context.Propagation.AsIs();
    }

    // XLEN key
    public static void XLen(ref CommandContext context)
    {
        if (StreamLookup.TryFind(ref context, context.Arguments[1], Lookup.Read, out _, out StreamValue? stream)) context.ReplyInteger(stream?.Length ?? 0);
    }

    // XDEL key id [id ...]
    public static void XDel(ref CommandContext context)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        if (!StreamLookup.TryFind(ref context, key, Lookup.Write, out Place place, out StreamValue? stream)) return;
        if (stream == null)
        {
            context.ReplyInteger(0);
            return;
        }

        if (!StreamArguments.AreIds(ref context, 2)) return;
        long deleted = 0;
        bool firstHasGone = false;
        context.Keyspace.BeginChange(place);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            StreamId.TryParse(context.Arguments[i], missingSequence: 0, out StreamId id);
            if (!stream.Delete(id)) continue;
            firstHasGone |= id == stream.FirstId;
            deleted++;
        }

        if (deleted > 0)
        {
            if (firstHasGone || stream.Length == 0) stream.RefreshFirstId();
            context.Keyspace.EndChange(place);
            context.Notify(KeyspaceEvents.Stream, "xdel"u8, key);
        }

        context.Propagation.AsIs(deleted);
        context.ReplyInteger(deleted);
    }

    // XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count]
    public static void XTrim(ref CommandContext context)
    {
        if (!StreamAddOptions.TryRead(ref context, forAdd: false, out StreamAddOptions options)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        if (!StreamLookup.TryFind(ref context, key, Lookup.Write, out Place place, out StreamValue? stream)) return;
        if (stream == null)
        {
            context.ReplyInteger(0);
            return;
        }

        context.Keyspace.BeginChange(place);
        long deleted = stream.Trim(options.Trim);
        if (deleted > 0)
        {
            context.Keyspace.EndChange(place);
            context.Notify(KeyspaceEvents.Stream, "xtrim"u8, key);
            if (options.Trim.IsApproximate) Propagate(ref context, options, stream, idIndex: 0, default, deleted);
            else context.Propagation.AsIs(deleted);
        }

        context.ReplyInteger(deleted);
    }

    // XSETID key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]
    public static void XSetId(ref CommandContext context)
    {
        if (!StreamArguments.TryReadId(ref context, 2, out StreamId id)) return;
        if (!TryReadSetIdOptions(ref context, id, out long entriesAdded, out StreamId maxDeletedId)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        if (!StreamLookup.TryFind(ref context, key, Lookup.Write, out Place place, out StreamValue? stream)) return;
        if (stream == null)
        {
            context.ReplyNoSuchKey();
            return;
        }

        if (stream.Length > 0 && id < stream.FindEdge(isLast: true, StreamId.Zero))
        {
            context.ReplyError("ERR The ID specified in XSETID is smaller than the target stream top item"u8);
            return;
        }

        if (stream.Length > 0 && entriesAdded >= 0 && entriesAdded < stream.Length)
        {
            context.ReplyError("ERR The entries_added specified in XSETID is smaller than the target stream length"u8);
            return;
        }

        // Nobody who watches the key or waits for entries hears of it, as in Redis.
        context.Keyspace.BeginChange(place);
        stream.SetLastId(id);
        if (entriesAdded >= 0) stream.EntriesAdded = entriesAdded;
        if (!maxDeletedId.IsZero) stream.MaxDeletedId = maxDeletedId;
        context.ReplyOk();
        context.Propagation.AsIs();
        context.Notify(KeyspaceEvents.Stream, "xsetid"u8, key);
    }

    private static bool TryReadSetIdOptions(ref CommandContext context, StreamId id, out long entriesAdded, out StreamId maxDeletedId)
    {
        entriesAdded = -1;
        maxDeletedId = StreamId.Zero;
        for (int i = 3; i < context.Arguments.Count; i += 2)
        {
            bool hasMore = i + 1 < context.Arguments.Count;
            if (hasMore && Word.Is(context.Arguments[i], "ENTRIESADDED"u8))
            {
                if (!context.TryReadInteger(i + 1, out entriesAdded)) return false;
                if (entriesAdded >= 0) continue;
                context.ReplyError("ERR entries_added must be positive"u8);
                return false;
            }

            if (!hasMore || !Word.Is(context.Arguments[i], "MAXDELETEDID"u8))
            {
                context.ReplySyntaxError();
                return false;
            }

            if (!StreamArguments.TryReadId(ref context, i + 1, out maxDeletedId)) return false;
            if (maxDeletedId <= id) continue;
            context.ReplyError("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id"u8);
            return false;
        }

        return true;
    }

    private static bool TryChooseId(ref CommandContext context, StreamValue? stream, in StreamAddOptions options, out StreamId id)
    {
        StreamId last = stream?.LastId ?? StreamId.Zero;
        id = options.Id;
        if (last == StreamId.Max)
        {
            context.ReplyError("ERR The stream has exhausted the last possible ID, unable to add more items"u8);
            return false;
        }

        bool isGreater = true;
        if (!options.HasId)
        {
            long nowMs = context.NowMs;
            if ((ulong)nowMs > last.Milliseconds) id = new StreamId((ulong)nowMs, 0);
            else isGreater = last.TryIncrement(out id);
        }
        else if (!options.HasSequence && id.Milliseconds == last.Milliseconds)
        {
            // The client has chosen the time: it must not run on with the sequence.
            isGreater = last.Sequence < ulong.MaxValue;
            if (isGreater) id = new StreamId(last.Milliseconds, last.Sequence + 1);
        }

        if (isGreater && id > last) return true;
        context.ReplyError("ERR The ID specified in XADD is equal or smaller than the target stream top item"u8);
        return false;
    }

    /// <summary>The request with what has come of it: the ID that was chosen, and the exact length or ID that a shortening by whole nodes has led to.</summary>
    private static void Propagate(ref CommandContext context, in StreamAddOptions options, StreamValue stream, int idIndex, StreamId id, long changes)
    {
        if (!context.Propagation.BeginReplacement(context.Arguments.Count, changes)) return;
        int thresholdIndex = options.Trim.IsApproximate ? options.ThresholdIndex : -1;
        for (int i = 0; i < context.Arguments.Count; i++)
        {
            if (i == idIndex && i > 0) StreamEffects.AddId(ref context, id);
            else if (i == thresholdIndex - 1) context.Propagation.Add("="u8);
            else if (i != thresholdIndex) context.Propagation.Add(context.Arguments[i]);
            else if (options.Trim.By == TrimBy.MaxLength) context.Propagation.AddNumber(stream.Length);
            else StreamEffects.AddId(ref context, stream.FindEdge(isLast: false, ifNone: StreamId.Max, seesDeleted: true));
        }

        context.Propagation.EndReplacement(context.Keyspace.Index);
    }
}
