using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>Strings that count.</summary>
internal static class NumberCommands
{
    // INCR key
    public static void Incr(ref CommandContext context) => Add(ref context, 1);

    // DECR key
    public static void Decr(ref CommandContext context) => Add(ref context, -1);

    // INCRBY key increment
    public static void IncrBy(ref CommandContext context)
    {
        if (context.TryReadInteger(2, out long increment)) Add(ref context, increment);
    }

    // DECRBY key decrement
    public static void DecrBy(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long decrement)) return;

        // Its negative does not exist.
        if (decrement == long.MinValue) context.ReplyError("ERR decrement would overflow"u8);
        else Add(ref context, -decrement);
    }

    // INCRBYFLOAT key increment
    public static void IncrByFloat(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        if (place.Exists && !context.IsString(place)) return;

        LongDouble value = LongDouble.Zero;
        if (place.Exists)
        {
            Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
            if (!LongDouble.TryParse(StringText.Of(place.Entry, digits), out value))
            {
                context.ReplyError("ERR value is not a valid float"u8);
                return;
            }
        }

        if (!LongDouble.TryParse(context.Arguments[2], out LongDouble increment))
        {
            context.ReplyError("ERR value is not a valid float"u8);
            return;
        }

        LongDouble sum = value + increment;
        if (!sum.IsFinite)
        {
            context.ReplyError("ERR increment would produce NaN or Infinity"u8);
            return;
        }

        byte[] text = sum.ToText();
        context.Keyspace.SetText(place, text, Database.KeepExpiry);
        context.Notify(KeyspaceEvents.String, "incrbyfloat"u8, context.Arguments[1]);
        context.ReplyBulk(text);

        // The sum goes out, not the increment: no replica may round differently.
        context.Propagation.Replace(context.Keyspace.Index, "SET"u8, context.Arguments[1], text, "KEEPTTL"u8);
    }

    private static void Add(ref CommandContext context, long increment)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        long value = 0;
        if (place.Exists)
        {
            if (!context.IsString(place)) return;
            Entry entry = place.Entry;
            if (entry.Encoding == ValueEncoding.Integer)
            {
                value = entry.Integer;
            }
            else if (!RespNumber.TryParseLong(entry.Bytes, out value))
            {
                context.ReplyNotAnInteger();
                return;
            }
        }

        long sum = unchecked(value + increment);
        if (((value ^ sum) & (increment ^ sum)) < 0)
        {
            context.ReplyError("ERR increment or decrement would overflow"u8);
            return;
        }

        context.Keyspace.SetInteger(place, sum, Database.KeepExpiry);
        context.Notify(KeyspaceEvents.String, "incrby"u8, context.Arguments[1]);
        context.Propagation.AsIs();
        context.ReplyInteger(sum);
    }
}
