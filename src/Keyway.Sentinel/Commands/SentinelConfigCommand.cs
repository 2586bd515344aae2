using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Sentinel.Configuration;

namespace Keyway.Sentinel.Commands;

/// <summary>SENTINEL CONFIG: what holds for all masters.</summary>
internal static class SentinelConfigCommand
{
    private static readonly (string Name, Func<GlobalSettings, string> Get, Func<GlobalSettings, string, bool> TrySet)[] Parameters =
    [
        ("resolve-hostnames", settings => YesNo(settings.ResolveHostnames), (settings, value) => TrySet(value, isOn => settings.ResolveHostnames = isOn)),
        ("announce-hostnames", settings => YesNo(settings.AnnounceHostnames), (settings, value) => TrySet(value, isOn => settings.AnnounceHostnames = isOn)),
        ("announce-ip", settings => settings.AnnounceIp, (settings, value) => Set(() => settings.AnnounceIp = value)),
        ("announce-port", settings => settings.AnnouncePort.ToString(CultureInfo.InvariantCulture), TrySetPort),
        ("sentinel-user", settings => settings.SentinelUser, (settings, value) => Set(() => settings.SentinelUser = value)),
        ("sentinel-pass", settings => settings.SentinelPassword, (settings, value) => Set(() => settings.SentinelPassword = value)),
    ];

    // SENTINEL CONFIG GET pattern | SET parameter value
    public static void Config(in SentinelCall call)
    {
        if (call.Is(2, "SET") && call.Arguments.Count == 5) Set(call);
        else if (call.Is(2, "GET") && call.Arguments.Count == 4) Get(call);
        else call.ReplyError("ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.");
    }

    private static void Get(in SentinelCall call)
    {
        var found = new List<(string Name, string Value)>();
        foreach ((string name, Func<GlobalSettings, string> get, _) in Parameters)
        {
            if (GlobPattern.Matches(call.Arguments[3], Encoding.ASCII.GetBytes(name), ignoreCase: true)) found.Add((name, get(call.Server.GlobalSettings)));
        }

        call.Reply.WriteMap(found.Count, call.Resp3);
        foreach ((string name, string value) in found)
        {
            call.Reply.WriteBulk(name);
            call.Reply.WriteBulk(value);
        }
    }

    private static void Set(in SentinelCall call)
    {
        foreach ((string name, _, Func<GlobalSettings, string, bool> trySet) in Parameters)
        {
            if (!call.Is(3, name)) continue;
            if (!trySet(call.Server.GlobalSettings, call.Text(4)))
            {
                call.ReplyError($"ERR Invalid value '{call.Text(4)}' to SENTINEL CONFIG SET '{call.Text(3)}'");
                return;
            }

            call.Server.ApplyGlobalSettings();
            if (name is "sentinel-user" or "sentinel-pass") call.Server.DropLinks();
            call.Server.Save();
            call.ReplySaved();
            return;
        }

        call.ReplyError($"ERR Invalid argument '{call.Text(3)}' to SENTINEL CONFIG SET");
    }

    private static string YesNo(bool isOn) => isOn ? "yes" : "no";

    private static bool TrySet(string value, Action<bool> set)
    {
        bool isYes = value.Equals("yes", StringComparison.OrdinalIgnoreCase);
        if (!isYes && !value.Equals("no", StringComparison.OrdinalIgnoreCase)) return false;
        set(isYes);
        return true;
    }

    private static bool TrySetPort(GlobalSettings settings, string value)
    {
        if (!RespNumber.TryParseLong(Encoding.UTF8.GetBytes(value), out long port) || port is < 0 or > ushort.MaxValue) return false;
        settings.AnnouncePort = (int)port;
        return true;
    }

    private static bool Set(Action set)
    {
        set();
        return true;
    }
}
