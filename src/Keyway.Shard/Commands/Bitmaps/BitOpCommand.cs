using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands.Bitmaps;

/// <summary>BITOP: strings combined bit by bit.</summary>
internal static class BitOpCommand
{
    private enum Operation
    {
        And,
        Or,
        Xor,
        Not,
    }

    // BITOP AND|OR|XOR|NOT destkey key [key ...]
    public static void BitOp(ref CommandContext context)
    {
        if (!TryReadOperation(ref context, out Operation operation)) return;

        int longest = 0;
        for (int i = 3; i < context.Arguments.Count; i++)
        {
            Place place = context.Keyspace.Find(context.Arguments[i], Lookup.Read);
            if (!place.Exists) continue;
            if (!context.IsString(place)) return;
            longest = Math.Max(longest, StringText.LengthOf(place.Entry));
        }

        ReadOnlySpan<byte> target = context.Arguments[2];
        if (longest == 0)
        {
            DeleteTarget(ref context, target);
        }
        else
        {
            byte[] result = context.Server.Pool.Rent(longest);
            Combine(ref context, operation, result.AsSpan(0, longest));
            Place place = context.Keyspace.Find(target, Lookup.Write);
            context.Keyspace.SetBytes(place, result.AsSpan(0, longest));
            context.Server.Pool.Return(result);
            context.Notify(KeyspaceEvents.String, "set"u8, target);
            context.Propagation.AsIs();
        }

        context.ReplyInteger(longest);
    }

    private static bool TryReadOperation(ref CommandContext context, out Operation operation)
    {
        ReadOnlySpan<byte> name = context.Arguments[1];
        operation = Operation.Not;
        if (Word.Is(name, "AND"u8)) operation = Operation.And;
        else if (Word.Is(name, "OR"u8)) operation = Operation.Or;
        else if (Word.Is(name, "XOR"u8)) operation = Operation.Xor;
        else if (!Word.Is(name, "NOT"u8)) return Refuse(ref context, "ERR syntax error"u8);

        if (operation != Operation.Not || context.Arguments.Count == 4) return true;
        return Refuse(ref context, "ERR BITOP NOT must be called with a single source key."u8);
    }

    private static bool Refuse(ref CommandContext context, ReadOnlySpan<byte> error)
    {
        context.ReplyError(error);
        return false;
    }

    private static void DeleteTarget(ref CommandContext context, ReadOnlySpan<byte> target)
    {
        Place place = context.Keyspace.Find(target, Lookup.Write);
        if (!place.Exists) return;
        context.Keyspace.Delete(place);
        context.Notify(KeyspaceEvents.Generic, "del"u8, target);
        context.Propagation.AsIs();
    }

    private static void Combine(scoped ref CommandContext context, Operation operation, Span<byte> result)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        result.Clear();
        SourceOf(context.Keyspace, context.Arguments[3], digits).CopyTo(result);
        if (operation == Operation.Not) Bits.Invert(result);

        for (int i = 4; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> source = SourceOf(context.Keyspace, context.Arguments[i], digits);
            Span<byte> common = result[..source.Length];
            if (operation == Operation.And)
            {
                Bits.And(common, source);
                result[source.Length..].Clear();
            }
            else if (operation == Operation.Or)
            {
                Bits.Or(common, source);
            }
            else
            {
                Bits.Xor(common, source);
            }
        }
    }

    private static ReadOnlySpan<byte> SourceOf(Database database, ReadOnlySpan<byte> key, Span<byte> digits)
    {
        Place place = database.Find(key);
        return place.Exists ? StringText.Of(place.Entry, digits) : default;
    }
}
