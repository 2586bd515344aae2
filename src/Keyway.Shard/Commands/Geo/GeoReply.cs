using System.Globalization;
using Keyway.Protocol;

namespace Keyway.Shard.Commands.Geo;

/// <summary>Distances and coordinates as Redis prints them.</summary>
internal static class GeoReply
{
    private const ulong Scale = 10_000;
    private const double LimitOfLong = 9223372036854775808.0;
    private const int LongestCoordinate = 32;

    /// <summary>A distance: four decimals, in RESP3 too as text.</summary>
    public static void WriteDistance(ref CommandContext context, double distance)
    {
        Span<byte> text = stackalloc byte[RespNumber.MaxLongLength + 6];
        context.ReplyBulk(text[..FormatDistance(text, distance)]);
    }

    /// <summary>As Redis rounds: a whole number of ten-thousandths, to even. What is no number becomes the lowest one, as a processor has it.</summary>
    internal static int FormatDistance(Span<byte> target, double distance)
    {
        double scaled = Math.Round(distance * Scale, MidpointRounding.ToEven);
        long units = scaled is >= -LimitOfLong and < LimitOfLong ? (long)scaled : long.MinValue;
        ulong magnitude = units < 0 ? (ulong)-(units + 1) + 1 : (ulong)units;

        int length = 0;
        if (units < 0) target[length++] = (byte)'-';
        length += RespNumber.FormatLong(target[length..], (long)(magnitude / Scale));
        target[length++] = (byte)'.';
        ulong decimals = magnitude % Scale;
        for (ulong unit = Scale / 10; unit > 0; unit /= 10) target[length++] = (byte)('0' + (decimals / unit % 10));
        return length;
    }

    /// <summary>Longitude and latitude with all decimals that a double has and seventeen at most, without the zeros at their ends.</summary>
    public static void WritePoint(ref CommandContext context, GeoPoint point)
    {
        context.ReplyArray(2);
        WriteCoordinate(ref context, point.Longitude);
        WriteCoordinate(ref context, point.Latitude);
    }

    private static void WriteCoordinate(ref CommandContext context, double degrees)
    {
        Span<byte> buffer = stackalloc byte[LongestCoordinate];
        degrees.TryFormat(buffer, out int length, "F17", CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> text = buffer[..length];
        text = text.TrimEnd((byte)'0').TrimEnd((byte)'.');
        if (text.SequenceEqual("-0"u8)) text = text[1..];
        if (!context.Resp3)
        {
            context.ReplyBulk(text);
            return;
        }

        context.Reply.Append(","u8);
        context.Reply.Append(text);
        context.Reply.Append("\r\n"u8);
    }
}
