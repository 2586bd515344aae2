using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;

namespace Keyway.Shard.Commands.Hashes;

/// <summary>Fields that count.</summary>
internal static class HashNumberCommands
{
    // HINCRBY key field increment
    public static void HIncrBy(ref CommandContext context)
    {
        if (!context.TryReadInteger(3, out long increment)) return;
        if (!HashCommands.TryFindForWrite(ref context, out Place place)) return;

        long value = 0;
        if (place.Exists && new StoredHash(context.Keyspace, place.Entry).TryGet(context.Arguments[2], out ListpackElement old))
        {
            if (old.IsInteger)
            {
                value = old.Integer;
            }
            else if (!RespNumber.TryParseLong(old.Bytes, out value))
            {
                context.ReplyError("ERR hash value is not an integer"u8);
                return;
            }
        }

        long sum = unchecked(value + increment);
        if (((value ^ sum) & (increment ^ sum)) < 0)
        {
            context.ReplyError("ERR increment or decrement would overflow"u8);
            return;
        }

        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        HashCommands.SetField(ref context, place, digits[..RespNumber.FormatLong(digits, sum)], "hincrby"u8);
        context.Propagation.AsIs();
        context.ReplyInteger(sum);
    }

    // HINCRBYFLOAT key field increment
    public static void HIncrByFloat(ref CommandContext context)
    {
        if (!LongDouble.TryParse(context.Arguments[3], out LongDouble increment))
        {
            context.ReplyError("ERR value is not a valid float"u8);
            return;
        }

        if (!increment.IsFinite)
        {
            context.ReplyError("ERR value is NaN or Infinity"u8);
            return;
        }

        if (!HashCommands.TryFindForWrite(ref context, out Place place)) return;

        LongDouble value = LongDouble.Zero;
        if (place.Exists && new StoredHash(context.Keyspace, place.Entry).TryGet(context.Arguments[2], out ListpackElement old))
        {
            Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
            if (!LongDouble.TryParse(old.Text(digits), out value))
            {
                context.ReplyError("ERR hash value is not a float"u8);
                return;
            }
        }

        LongDouble sum = value + increment;
        if (!sum.IsFinite)
        {
            context.ReplyError("ERR increment would produce NaN or Infinity"u8);
            return;
        }

        byte[] text = sum.ToText();
        HashCommands.SetField(ref context, place, text, "hincrbyfloat"u8);
        context.ReplyBulk(text);

        // The sum goes out, not the increment: no replica may round differently.
        context.Propagation.Replace(context.Keyspace.Index, "HSET"u8, context.Arguments[1], context.Arguments[2], text);
    }
}
