using System.Globalization;
using System.Text;

namespace Keyway.Shard.Commands.Server;

/// <summary>How INFO writes its lines and numbers.</summary>
internal static class InfoText
{
    private static readonly string[] Units = ["B", "K", "M", "G", "T", "P"];

    public static StringBuilder Field(this StringBuilder text, string name, string value) => text.Append(name).Append(':').Append(value).Append("\r\n");

    public static StringBuilder Field(this StringBuilder text, string name, long value) => text.Append(name).Append(':').Append(value).Append("\r\n");

    /// <summary>With two digits after the point.</summary>
    public static StringBuilder Field(this StringBuilder text, string name, double value) => text.Field(name, value.ToString("F2", CultureInfo.InvariantCulture));

    public static StringBuilder Field(this StringBuilder text, string name, TimeSpan time) =>
        text.Field(name, time.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture));

    public static StringBuilder Percent(this StringBuilder text, string name, double part, double whole) =>
        text.Field(name, string.Create(CultureInfo.InvariantCulture, $"{(whole <= 0 ? 100 : part * 100 / whole):F2}%"));

    /// <summary>1.50M: what a person reads beside the bytes.</summary>
    public static string Human(long bytes)
    {
        if (bytes < 1024) return $"{bytes}B";
        double value = bytes;
        int unit = 0;
        for (; value >= 1024 && unit < Units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:F2}{Units[unit]}");
    }
}
