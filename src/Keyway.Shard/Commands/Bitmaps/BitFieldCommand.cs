using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands.Bitmaps;

/// <summary>BITFIELD: integers of any width anywhere in a string. All operations are read and checked before the first is carried out.</summary>
internal static class BitFieldCommand
{
    private enum Action
    {
        Get,
        Set,
        Increment,
    }

    private enum Overflow
    {
        Wrap,
        Saturate,
        Fail,
    }

    // BITFIELD key [GET encoding offset] [SET encoding offset value] [INCRBY encoding offset increment] [OVERFLOW WRAP|SAT|FAIL] ...
    public static void BitField(ref CommandContext context) => Run(ref context, mayWrite: true);

    // BITFIELD_RO key [GET encoding offset ...]
    public static void BitFieldReadOnly(ref CommandContext context) => Run(ref context, mayWrite: false);

    private static void Run(ref CommandContext context, bool mayWrite)
    {
        // Checked in one pass and carried out in another: the arguments are the list of operations.
        var reader = new Operations(2);
        long highestWrite = -1;
        int count = 0;
        bool writes = false;
        while (reader.MoveNext(ref context))
        {
            count++;
            if (reader.Action == Action.Get) continue;
            writes = true;
            highestWrite = Math.Max(highestWrite, reader.Offset + reader.Bits - 1);
        }

        if (reader.HasFailed) return;
        if (writes && !mayWrite)
        {
            context.ReplyError("ERR BITFIELD_RO only supports the GET subcommand"u8);
            return;
        }

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, writes ? Lookup.Write : Lookup.Read);
        if (place.Exists && !context.IsString(place)) return;

        if (writes) Write(ref context, place, highestWrite, count);
        else Read(ref context, place, count);
    }

    private static void Read(ref CommandContext context, Place place, int count)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        ReadOnlySpan<byte> value = place.Exists ? StringText.Of(place.Entry, digits) : default;
        context.ReplyArray(count);
        var reader = new Operations(2);
        while (reader.MoveNext(ref context)) context.ReplyInteger(reader.ValueIn(value));
    }

    private static void Write(ref CommandContext context, Place place, long highestWrite, int count)
    {
        int length = (int)(highestWrite >> 3) + 1;
        bool grows = !place.Exists || StringText.LengthOf(place.Entry) < length;
        if (grows)
        {
            place = context.Keyspace.WriteInto(place, length, []);
        }
        else
        {
            context.Keyspace.BeginChange(place);
            place = context.Keyspace.MakeRaw(place);
        }

        Span<byte> value = place.Entry.WritableBytes;

        long changes = 0;
        context.ReplyArray(count);
        var reader = new Operations(2);
        while (reader.MoveNext(ref context))
        {
            long old = reader.ValueIn(value);
            if (reader.Action == Action.Get)
            {
                context.ReplyInteger(old);
                continue;
            }

            if (!reader.TryChange(old, out long changed))
            {
                context.ReplyNull();
                continue;
            }

            context.Keyspace.Overwriting(place, (int)(reader.Offset >> 3), sizeof(ulong) + 1);
            Bits.Write(value, reader.Offset, reader.Bits, (ulong)changed);
            if (grows || changed != old) changes++;
            context.ReplyInteger(reader.Action == Action.Set ? old : changed);
        }

        // Who watches the key hears of nothing where each field already was what it was to become.
        if (changes == 0) return;
        if (!grows) context.Keyspace.EndChange(place);
        context.Notify(KeyspaceEvents.String, "setbit"u8, context.Arguments[1]);
        context.Propagation.AsIs(changes);
    }

    /// <summary>Walks over the operations in a request.</summary>
    private struct Operations(int at)
    {
        private int _at = at;
        private Overflow _overflow;
        private bool _isSigned;
        private long _operand;

        public bool HasFailed { get; private set; }

        public Action Action { get; private set; }

        public int Bits { get; private set; }

        public long Offset { get; private set; }

        /// <summary>The next operation but OVERFLOW, which only changes those behind it. False at the end and after an error, which is then answered.</summary>
        public bool MoveNext(ref CommandContext context)
        {
            while (_at < context.Arguments.Count)
            {
                int left = context.Arguments.Count - _at - 1;
                ReadOnlySpan<byte> name = context.Arguments[_at];
                if (Word.Is(name, "OVERFLOW"u8) && left >= 1)
                {
                    if (!TryReadOverflow(ref context)) return Fail();
                    _at += 2;
                    continue;
                }

                if (Word.Is(name, "GET"u8) && left >= 2) Action = Action.Get;
                else if (Word.Is(name, "SET"u8) && left >= 3) Action = Action.Set;
                else if (Word.Is(name, "INCRBY"u8) && left >= 3) Action = Action.Increment;
                else return FailSyntax(ref context);

                return TryReadField(ref context) || Fail();
            }

            return false;
        }

        /// <summary>The field's number; an unsigned one has 63 bits at most and is never negative.</summary>
        public readonly long ValueIn(ReadOnlySpan<byte> value)
        {
            ulong raw = Bitmaps.Bits.Read(value, Offset, Bits);
            return _isSigned ? (long)(raw << (64 - Bits)) >> (64 - Bits) : (long)raw;
        }

        /// <summary>What the field becomes; false when it would run over and is to be left alone then.</summary>
        public readonly bool TryChange(long old, out long changed)
        {
            long value = Action == Action.Set ? _operand : old;
            long increment = Action == Action.Set ? 0 : _operand;
            int excess = _isSigned ? SignedExcess(value, increment) : UnsignedExcess((ulong)value, increment);
            changed = unchecked(value + increment);
            if (excess == 0) return true;
            if (_overflow == Overflow.Fail) return false;

            long highest = _isSigned ? long.MaxValue >> (64 - Bits) : (long)(ulong.MaxValue >> (64 - Bits));
            if (_overflow == Overflow.Saturate) changed = excess > 0 ? highest : _isSigned ? -highest - 1 : 0;
            else changed = _isSigned ? changed << (64 - Bits) >> (64 - Bits) : (long)((ulong)changed << (64 - Bits) >> (64 - Bits));
            return true;
        }

        /// <summary>Positive when it runs over upwards, negative downwards.</summary>
        private readonly int SignedExcess(long value, long increment)
        {
            long highest = long.MaxValue >> (64 - Bits);
            long lowest = -highest - 1;

            // The room on either side may itself run over, and then misleads in the same way as in Redis: the most negative number set in a narrow
            // field that saturates becomes the highest.
            long above = unchecked(highest - value);
            long below = unchecked(lowest - value);
            bool isNarrow = Bits != 64;
            if (value > highest || ((isNarrow || (value >= 0 && increment > 0)) && increment > above)) return 1;
            return value < lowest || ((isNarrow || (value < 0 && increment < 0)) && increment < below) ? -1 : 0;
        }

        /// <summary>A negative number given to an unsigned field is the large number of the same 64 bits.</summary>
        private readonly int UnsignedExcess(ulong value, long increment)
        {
            ulong highest = ulong.MaxValue >> (64 - Bits);
            if (value > highest || (increment > 0 && (ulong)increment > highest - value)) return 1;
            return increment < 0 && increment < -(long)value ? -1 : 0;
        }

        private bool TryReadField(ref CommandContext context)
        {
            if (!TryReadType(ref context, context.Arguments[_at + 1])) return false;
            if (!BitOffset.TryRead(ref context, context.Arguments[_at + 2], Bits, out long offset)) return false;
            Offset = offset;

            if (Action == Action.Get)
            {
                _at += 3;
                return true;
            }

            if (!context.TryReadInteger(_at + 3, out _operand)) return false;
            _at += 4;
            return true;
        }

        private bool TryReadType(ref CommandContext context, ReadOnlySpan<byte> type)
        {
            _isSigned = type.Length > 0 && type[0] == (byte)'i';
            bool isUnsigned = type.Length > 0 && type[0] == (byte)'u';
            if ((_isSigned || isUnsigned) && RespNumber.TryParseLong(type[1..], out long bits) && bits >= 1 && bits <= (_isSigned ? 64 : 63))
            {
                Bits = (int)bits;
                return true;
            }

            context.ReplyError("ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."u8);
            return false;
        }

        private bool TryReadOverflow(ref CommandContext context)
        {
            ReadOnlySpan<byte> name = context.Arguments[_at + 1];
            if (Word.Is(name, "WRAP"u8)) _overflow = Overflow.Wrap;
            else if (Word.Is(name, "SAT"u8)) _overflow = Overflow.Saturate;
            else if (Word.Is(name, "FAIL"u8)) _overflow = Overflow.Fail;
            else
            {
                context.ReplyError("ERR Invalid OVERFLOW type specified"u8);
                return false;
            }

            return true;
        }

        private bool FailSyntax(ref CommandContext context)
        {
            context.ReplySyntaxError();
            return Fail();
        }

        private bool Fail()
        {
            HasFailed = true;
            return false;
        }
    }
}
