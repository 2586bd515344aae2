using Keyway.Protocol;
using Keyway.Sentinel.Core;
using Keyway.Sentinel.Scripts;

namespace Keyway.Sentinel.Commands;

/// <summary>SENTINEL SET: how a master is watched, changed option by option.</summary>
internal static class SentinelSetCommand
{
    private const string Hidden = "******";
    private const string Denied =
        "ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration";

    // SENTINEL SET name option value [option value ...]
    public static void Set(in SentinelCall call)
    {
        if (!call.TryFindMaster(2, out MonitoredMaster master)) return;

        bool hasChanged = false;
        int next;
        for (int at = 3; at < call.Arguments.Count; at = next)
        {
            bool isRename = call.Is(at, "rename-command") && at + 2 < call.Arguments.Count;
            next = at + (isRename ? 3 : 2);
            if (next > call.Arguments.Count)
            {
                call.ReplyError($"ERR Unknown option or number of arguments for SENTINEL SET '{call.Text(at)}'");
            }
            else if (TryApply(call, master, at))
            {
                hasChanged = true;
                call.Server.Core.OptionSet(call.Server.Loop.NowMs, master, Describe(call, at, next));
                continue;
            }

            // What came before the error holds.
            if (hasChanged) call.Server.Save();
            return;
        }

        call.Server.Save();
        call.ReplySaved();
    }

    private static string Describe(in SentinelCall call, int at, int next)
    {
        if (call.Is(at, "auth-pass")) return $"{call.Text(at)} {Hidden}";
        return next - at == 3 ? $"{call.Text(at)} {call.Text(at + 1)} {call.Text(at + 2)}" : $"{call.Text(at)} {call.Text(at + 1)}";
    }

    /// <summary>False once an error has been answered.</summary>
    private static bool TryApply(in SentinelCall call, MonitoredMaster master, int at)
    {
        string value = call.Text(at + 1);
        int number;
        switch (call.Text(at).ToLowerInvariant())
        {
            case "down-after-milliseconds":
                if (!TryReadNumber(call, at, least: 1, out number)) return false;
                SentinelCore.SetDownAfter(master, number);
                return true;
            case "failover-timeout":
                if (!TryReadNumber(call, at, least: 1, out number)) return false;
                master.FailoverTimeoutMs = number;
                return true;
            case "parallel-syncs":
                if (!TryReadNumber(call, at, least: 1, out number)) return false;
                master.ParallelSyncs = number;
                return true;
            case "quorum":
                if (!TryReadNumber(call, at, least: 1, out number)) return false;
                master.Quorum = number;
                return true;
            case "master-reboot-down-after-period":
                if (!TryReadNumber(call, at, least: 0, out number)) return false;
                master.RebootDownAfterMs = number;
                return true;
            case "notification-script":
                if (!MayRun(call, value, "Notification script")) return false;
                master.NotificationScript = value.Length == 0 ? null : value;
                return true;
            case "client-reconfig-script":
                if (!MayRun(call, value, "Client reconfiguration script")) return false;
                master.ClientReconfigScript = value.Length == 0 ? null : value;
                return true;
            case "auth-pass":
                master.AuthPassword = value.Length == 0 ? null : value;
                call.Server.DropLinks(master);
                return true;
            case "auth-user":
                master.AuthUser = value.Length == 0 ? null : value;
                call.Server.DropLinks(master);
                return true;
            case "rename-command" when at + 2 < call.Arguments.Count:
                return TryRename(call, master, at);
            default:
                call.ReplyError($"ERR Unknown option or number of arguments for SENTINEL SET '{call.Text(at)}'");
                return false;
        }
    }

    private static bool TryRename(in SentinelCall call, MonitoredMaster master, int at)
    {
        (string from, string to) = (call.Text(at + 1), call.Text(at + 2));
        if (from.Length == 0 || to.Length == 0)
        {
            ReplyInvalid(call, at, from.Length == 0 ? at + 1 : at + 2);
            return false;
        }

        master.RenamedCommands.Remove(from);
        if (!from.Equals(to, StringComparison.OrdinalIgnoreCase)) master.RenamedCommands[from] = to;
        return true;
    }

    private static bool TryReadNumber(in SentinelCall call, int at, long least, out int number)
    {
        number = 0;
        if (!RespNumber.TryParseLong(call.Arguments[at + 1], out long value) || value < least || value > int.MaxValue)
        {
            ReplyInvalid(call, at, at + 1);
            return false;
        }

        number = (int)value;
        return true;
    }

    private static void ReplyInvalid(in SentinelCall call, int option, int wrong) =>
        call.ReplyError($"ERR Invalid argument '{call.Text(wrong)}' for SENTINEL SET '{call.Text(option)}'");

    private static bool MayRun(in SentinelCall call, string path, string what)
    {
        if (call.Server.GlobalSettings.DenyScriptsReconfig)
        {
            call.ReplyError(Denied);
            return false;
        }

        if (path.Length == 0 || ScriptFile.IsExecutable(path)) return true;
        call.ReplyError($"ERR {what} seems non existing or non executable");
        return false;
    }
}
