using System.Globalization;
using Keyway.Shard.Commands.SortedSets;

namespace Keyway.Shard.Commands.Geo;

/// <summary>Places, lengths and units as they are written. What is wrong with them has been answered when these return false.</summary>
internal static class GeoArguments
{
    /// <summary>Longitude and latitude.</summary>
    public static bool TryReadPoint(ref CommandContext context, int index, out GeoPoint point)
    {
        point = default;
        if (!Scores.TryRead(ref context, index, out double longitude) || !Scores.TryRead(ref context, index + 1, out double latitude)) return false;

        point = new GeoPoint(longitude, latitude);
        if (point.IsValid) return true;
        context.ReplyError($"ERR invalid longitude,latitude pair {Fixed(longitude)},{Fixed(latitude)}");
        return false;
    }

    /// <summary>A radius and its unit.</summary>
    public static bool TryReadRadius(ref CommandContext context, int index, ref GeoShape shape)
    {
        if (!Scores.TryRead(ref context, index, "ERR need numeric radius"u8, out double radius)) return false;
        if (radius < 0)
        {
            context.ReplyError("ERR radius cannot be negative"u8);
            return false;
        }

        shape.Radius = radius;
        shape.IsBox = false;
        return TryReadUnit(ref context, index + 1, out shape.MetersPerUnit);
    }

    /// <summary>Width, height and their unit.</summary>
    public static bool TryReadBox(ref CommandContext context, int index, ref GeoShape shape)
    {
        if (!Scores.TryRead(ref context, index, "ERR need numeric width"u8, out double width)) return false;
        if (!Scores.TryRead(ref context, index + 1, "ERR need numeric height"u8, out double height)) return false;
        if (width < 0 || height < 0)
        {
            context.ReplyError("ERR height or width cannot be negative"u8);
            return false;
        }

        shape.Width = width;
        shape.Height = height;
        shape.IsBox = true;
        return TryReadUnit(ref context, index + 2, out shape.MetersPerUnit);
    }

    public static bool TryReadUnit(ref CommandContext context, int index, out double meters)
    {
        ReadOnlySpan<byte> word = context.Arguments[index];
        meters =
            Word.Is(word, "m"u8) ? 1
            : Word.Is(word, "km"u8) ? 1000
            : Word.Is(word, "ft"u8) ? 0.3048
            : Word.Is(word, "mi"u8) ? 1609.34
            : 0;
        if (meters > 0) return true;
        context.ReplyError("ERR unsupported unit provided. please use M, KM, FT, MI"u8);
        return false;
    }

    // C's "%f".
    private static string Fixed(double value) =>
        double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf") : value.ToString("F6", CultureInfo.InvariantCulture);
}
