using System.Diagnostics.CodeAnalysis;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.HyperLogLogs;

namespace Keyway.Shard.Commands.HyperLogLogs;

/// <summary>PFADD, PFCOUNT, PFMERGE: about how many different elements there were.</summary>
internal static class HyperLogLogCommands
{
    // PFADD key [element ...]
    public static void PfAdd(ref CommandContext context)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!IsHyperLogLogOrMissing(ref context, place)) return;

        using var value = new HyperLogLogBuffer(context.Server.Pool, LargestSparse(ref context));
        long updates = 0;
        if (place.Exists)
        {
            context.Keyspace.MakeRaw(place);
            value.Load(place.Entry.Bytes);
        }
        else
        {
            value.LoadEmpty();
            updates++;
        }

        for (int i = 2; i < context.Arguments.Count; i++)
        {
            int index = HyperLogLog.RegisterOf(context.Arguments[i], out int rank);
            if (!value.TryRaise(index, rank, out bool isRaised))
            {
                // Redis keeps what it has done before it came to the damage. So do replicas, which are told to do the same.
                if (updates > 0) Keep(ref context, place, value, updates);
                ReplyDamaged(ref context);
                return;
            }

            if (isRaised) updates++;
        }

        if (updates > 0) Store(ref context, key, place, value, updates);
        context.ReplyInteger(updates > 0 ? 1 : 0);
    }

    // PFCOUNT key [key ...]
    public static void PfCount(ref CommandContext context)
    {
        if (context.Arguments.Count > 2) CountUnion(ref context);
        else CountOne(ref context);
    }

    // PFMERGE destkey [sourcekey ...]
    public static void PfMerge(ref CommandContext context)
    {
        Span<byte> registers = stackalloc byte[HyperLogLog.Registers];
        registers.Clear();
        bool isDense = false;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            if (!TryMerge(ref context, i, registers, ref isDense)) return;
        }

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        using var value = new HyperLogLogBuffer(context.Server.Pool, LargestSparse(ref context));
        if (place.Exists) value.Load(place.Entry.Bytes);
        else value.LoadEmpty();

        // One by one, in order: which runs a sparse one ends up with depends on it.
        if (isDense) value.TryMakeDense();
        for (int i = 0; i < registers.Length; i++)
        {
            if (registers[i] > 0) value.TryRaise(i, registers[i], out _);
        }

        Store(ref context, key, place, value, updates: 1);
        context.ReplyOk();
    }

    /// <summary>Answers with an error if the key, which may be missing, holds something else.</summary>
    public static bool IsHyperLogLogOrMissing(ref CommandContext context, Place place)
    {
        if (!place.Exists) return true;
        if (!context.IsString(place)) return false;
        if (place.Entry.Encoding != ValueEncoding.Integer && HyperLogLog.IsOne(place.Entry.Bytes)) return true;

        context.ReplyError("WRONGTYPE Key is not a valid HyperLogLog string value."u8);
        return false;
    }

    public static void ReplyDamaged(ref CommandContext context) => context.ReplyError("INVALIDOBJ Corrupted HLL object detected"u8);

    public static int LargestSparse(ref CommandContext context) => (int)Math.Min(int.MaxValue, context.Server.Settings.HllSparseMaxBytes);

    private static void Store(ref CommandContext context, ReadOnlySpan<byte> key, Place place, HyperLogLogBuffer value, long updates)
    {
        Keep(ref context, place, value, updates);
        context.Notify(KeyspaceEvents.String, "pfadd"u8, key);
    }

    private static void Keep(ref CommandContext context, Place place, HyperLogLogBuffer value, long updates)
    {
        HyperLogLog.Invalidate(value.Bytes);
        context.Keyspace.SetBytes(place, value.Bytes, Database.KeepExpiry);
        context.Propagation.AsIs(updates);
    }

    private static void CountOne(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!IsHyperLogLogOrMissing(ref context, place)) return;
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        Entry entry = place.Entry;
        context.Keyspace.MakeRaw(place);
        if (HyperLogLog.TryReadCached(entry.Bytes, out ulong count))
        {
            context.ReplyInteger((long)count);
            return;
        }

        Span<byte> registers = stackalloc byte[HyperLogLog.Registers];
        registers.Clear();
        if (!HyperLogLog.TryMerge(entry.Bytes, registers))
        {
            ReplyDamaged(ref context);
            return;
        }

        // The estimate is part of the value: replicas get it too.
        count = HyperLogLog.Estimate(registers);
        context.Keyspace.BeginChange(place);
        HyperLogLog.Cache(entry.WritableBytes, count);
        context.Keyspace.EndChange(place);
        context.Propagation.AsIs();
        context.ReplyInteger((long)count);
    }

    private static void CountUnion(ref CommandContext context)
    {
        Span<byte> registers = stackalloc byte[HyperLogLog.Registers];
        registers.Clear();
        bool isDense = false;
        for (int i = 1; i < context.Arguments.Count; i++)
        {
            if (!TryMerge(ref context, i, registers, ref isDense)) return;
        }

        context.ReplyInteger((long)HyperLogLog.Estimate(registers));
    }

    private static bool TryMerge(ref CommandContext context, int index, scoped Span<byte> registers, ref bool isDense)
    {
        Place place = context.Keyspace.Find(context.Arguments[index], Lookup.Read);
        if (!IsHyperLogLogOrMissing(ref context, place)) return false;
        if (!place.Exists) return true;

        isDense |= HyperLogLog.IsDense(place.Entry.Bytes);
        if (HyperLogLog.TryMerge(place.Entry.Bytes, registers)) return true;
        ReplyDamaged(ref context);
        return false;
    }
}
