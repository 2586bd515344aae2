using System.Globalization;
using System.Text;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.HyperLogLogs;

namespace Keyway.Shard.Commands.HyperLogLogs;

/// <summary>PFDEBUG and PFSELFTEST: for those who test HyperLogLogs.</summary>
internal static class HyperLogLogDebug
{
    private const int SelfTestElements = 100_000;

    // PFDEBUG GETREG|DECODE|ENCODING|TODENSE key
    public static void PfDebug(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[2], Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyError("ERR The specified key does not exist"u8);
            return;
        }

        if (!HyperLogLogCommands.IsHyperLogLogOrMissing(ref context, place)) return;
        place = context.Keyspace.MakeRaw(place);
        if (Word.Is(context.Arguments[1], "GETREG"u8)) GetRegisters(ref context, place);
        else if (Word.Is(context.Arguments[1], "DECODE"u8)) Decode(ref context, place);
        else if (Word.Is(context.Arguments[1], "ENCODING"u8)) context.ReplySimple(HyperLogLog.IsDense(place.Entry.Bytes) ? "dense"u8 : "sparse"u8);
        else if (Word.Is(context.Arguments[1], "TODENSE"u8)) ToDense(ref context, place);
        else context.ReplyError(CommandContext.Concatenate("ERR Unknown PFDEBUG subcommand '", context.Arguments[1], "'"));
    }

    // PFSELFTEST
    public static void PfSelfTest(ref CommandContext context)
    {
        if (!PackedRegistersHold())
        {
            context.ReplyError("ERR TESTFAILED a packed register does not hold what was written"u8);
            return;
        }

        if (!EstimatesAreClose(ref context))
        {
            context.ReplyError("ERR TESTFAILED an estimate is too far from the truth"u8);
            return;
        }

        context.ReplyOk();
    }

    private static void GetRegisters(ref CommandContext context, Place place)
    {
        if (!HyperLogLog.IsDense(place.Entry.Bytes) && !TryMakeDense(ref context, ref place)) return;

        ReadOnlySpan<byte> packed = place.Entry.Bytes[HyperLogLog.HeaderBytes..];
        context.ReplyArray(HyperLogLog.Registers);
        for (int i = 0; i < HyperLogLog.Registers; i++) context.ReplyInteger(DenseRegisters.Get(packed, i));
    }

    private static void Decode(ref CommandContext context, Place place)
    {
        if (HyperLogLog.IsDense(place.Entry.Bytes))
        {
            context.ReplyError("ERR HLL encoding is not sparse"u8);
            return;
        }

        var text = new StringBuilder();
        SparseRegisters.Describe(place.Entry.Bytes[HyperLogLog.HeaderBytes..], text);
        context.ReplyBulk(text.ToString());
    }

    private static void ToDense(ref CommandContext context, Place place)
    {
        bool converts = !HyperLogLog.IsDense(place.Entry.Bytes);
        if (converts && !TryMakeDense(ref context, ref place)) return;
        context.ReplyInteger(converts ? 1 : 0);
    }

    private static bool TryMakeDense(ref CommandContext context, ref Place place)
    {
        using var value = new HyperLogLogBuffer(context.Server.Pool, 0);
        value.Load(place.Entry.Bytes);
        if (!value.TryMakeDense())
        {
            HyperLogLogCommands.ReplyDamaged(ref context);
            return false;
        }

        place = context.Keyspace.SetBytes(place, value.Bytes, Database.KeepExpiry);
        context.Propagation.AsIs();
        return true;
    }

    private static bool PackedRegistersHold()
    {
        var packed = new byte[DenseRegisters.Bytes];
        var expected = new byte[HyperLogLog.Registers];
        var random = new Random(1);
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < HyperLogLog.Registers; i++)
            {
                int value = random.Next(64);
                expected[i] = (byte)Math.Max(expected[i], value);
                DenseRegisters.Raise(packed, i, value);
            }
        }

        for (int i = 0; i < HyperLogLog.Registers; i++)
        {
            if (DenseRegisters.Get(packed, i) != expected[i]) return false;
        }

        return true;
    }

    private static bool EstimatesAreClose(ref CommandContext context)
    {
        // Sparse and dense alike, at powers of ten; six standard errors are as good as never.
        double allowed = 6 * 1.04 / Math.Sqrt(HyperLogLog.Registers);
        using var value = new HyperLogLogBuffer(context.Server.Pool, HyperLogLogCommands.LargestSparse(ref context));
        value.LoadEmpty();
        Span<byte> registers = stackalloc byte[HyperLogLog.Registers];
        Span<byte> element = stackalloc byte[16];
        for (int i = 1, check = 1; i <= SelfTestElements; i++)
        {
            i.TryFormat(element, out int length, default, CultureInfo.InvariantCulture);
            if (!value.TryRaise(HyperLogLog.RegisterOf(element[..length], out int rank), rank, out _)) return false;
            if (i != check) continue;

            check *= 10;
            registers.Clear();
            if (!HyperLogLog.TryMerge(value.Bytes, registers)) return false;
            if (Math.Abs(i - (double)HyperLogLog.Estimate(registers)) > Math.Max(1, i * allowed)) return false;
        }

        return true;
    }
}
