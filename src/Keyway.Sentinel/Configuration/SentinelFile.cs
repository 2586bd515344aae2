using System.Text;
using Keyway.Platform.Disks;
using Keyway.Protocol.Configuration;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Configuration;

/// <summary>
/// sentinel.conf as the sentinel writes it: what it has learned and promised stands in the operator's own file. It is written anew for every vote and
/// every change, and what depends on it waits for the disk.
/// </summary>
internal sealed class SentinelFile(Disk disk, SentinelOptions options, GlobalSettings settings, SentinelConstants constants)
{
    // In whatever master: a line of these that is no longer true must go.
    private static readonly string[] OfMasters =
    [
        "monitor", "down-after-milliseconds", "failover-timeout", "parallel-syncs", "notification-script", "client-reconfig-script", "auth-pass", "auth-user",
        "master-reboot-down-after-period", "config-epoch", "leader-epoch", "known-replica", "known-slave", "known-sentinel", "rename-command",
    ];

    // Not in the table of directives, but lines that belong to somebody all the same.
    private static readonly string[] OtherNames = ["include", "user", "loadmodule"];

    /// <exception cref="DiskException">What stands there may be the old or the new.</exception>
    public void Write(SavedSentinel state) => disk.Replace(options.File, Encoding.Latin1.GetBytes(Format(ReadLines(), state)));

    /// <returns>The file's new content.</returns>
    public string Format(IEnumerable<string> lines, SavedSentinel state)
    {
        var file = new RewrittenConf(lines, OptionOf);
        foreach (Directive directive in DirectiveTable.All)
        {
            string value = options.Values[directive.Name];
            if (directive.Name == "dir") file.Write("dir", $"dir {ConfLine.Quote(ByteText.Of(Path.GetFullPath(options.Folder)))}", isNeeded: true);
            else if (directive.Kind == DirectiveKind.SavePoints && value == directive.Default) continue;      // a sentinel saves nothing
            else DirectiveLines.Write(file, directive, value, writesDefaults: false);
        }

        file.Write("user", DefaultUser.Line(options.Password), isNeeded: true);
        WriteGlobal(file, "myid", state.MyId);
        WriteGlobal(file, "deny-scripts-reconfig", settings.DenyScriptsReconfig ? "" : "no");
        WriteGlobal(file, "resolve-hostnames", settings.ResolveHostnames ? "yes" : "");
        WriteGlobal(file, "announce-hostnames", settings.AnnounceHostnames ? "yes" : "");
        foreach (SavedMaster master in state.Masters) Write(file, master);
        WriteGlobal(file, "current-epoch", $"{state.CurrentEpoch}");
        if (settings.AnnounceIp.Length > 0) file.Write("sentinel announce-ip", $"sentinel announce-ip {ConfLine.Quote(ByteText.Of(settings.AnnounceIp))}", isNeeded: true);
        file.End("sentinel announce-ip");
        WriteGlobal(file, "announce-port", settings.AnnouncePort == 0 ? "" : $"{settings.AnnouncePort}");
        WriteGlobal(file, "sentinel-user", settings.SentinelUser);
        WriteGlobal(file, "sentinel-pass", settings.SentinelPassword);
        foreach (string name in OfMasters) file.End($"sentinel {name}");
        return file.Finish();
    }

    private static string? OptionOf(IReadOnlyList<string> words)
    {
        if (words[0].Equals("sentinel", StringComparison.OrdinalIgnoreCase)) return words.Count > 1 ? $"sentinel {words[1]}" : null;
        return DirectiveTable.Find(words[0])?.Name ?? OtherNames.FirstOrDefault(name => name.Equals(words[0], StringComparison.OrdinalIgnoreCase));
    }

    // Empty: the default, which is not written.
    private static void WriteGlobal(RewrittenConf file, string name, string value)
    {
        if (value.Length > 0) file.Write($"sentinel {name}", $"sentinel {name} {Word(value)}", isNeeded: true);
        file.End($"sentinel {name}");
    }

    private void Write(RewrittenConf file, SavedMaster master)
    {
        WriteOfMaster(file, "monitor", master, $"{master.Address.Text} {master.Address.Port} {master.Quorum}");
        if (master.DownAfterMs is { } downAfter && downAfter != constants.DefaultDownAfter) WriteOfMaster(file, "down-after-milliseconds", master, $"{downAfter}");
        if (master.FailoverTimeoutMs is { } timeout && timeout != constants.DefaultFailoverTimeout) WriteOfMaster(file, "failover-timeout", master, $"{timeout}");
        if (master.ParallelSyncs != SentinelConstants.DefaultParallelSyncs) WriteOfMaster(file, "parallel-syncs", master, $"{master.ParallelSyncs}");
        if (master.NotificationScript is { } notification) WriteOfMaster(file, "notification-script", master, Word(notification));
        if (master.ClientReconfigScript is { } reconfiguration) WriteOfMaster(file, "client-reconfig-script", master, Word(reconfiguration));
        if (master.AuthPassword is { } password) WriteOfMaster(file, "auth-pass", master, Word(password));
        if (master.AuthUser is { } user) WriteOfMaster(file, "auth-user", master, Word(user));
        if (master.RebootDownAfterMs != 0) WriteOfMaster(file, "master-reboot-down-after-period", master, $"{master.RebootDownAfterMs}");
        WriteOfMaster(file, "config-epoch", master, $"{master.ConfigEpoch}");
        WriteOfMaster(file, "leader-epoch", master, $"{master.LeaderEpoch}");
        foreach (ServerAddress replica in master.Replicas) WriteOfMaster(file, "known-replica", master, $"{replica.Text} {replica.Port}");
        foreach (SavedPeer sentinel in master.Sentinels) WriteOfMaster(file, "known-sentinel", master, $"{sentinel.Address.Text} {sentinel.Address.Port} {sentinel.Id}");
        foreach ((string from, string to) in master.RenamedCommands) WriteOfMaster(file, "rename-command", master, $"{Word(from)} {Word(to)}");
    }

    private static void WriteOfMaster(RewrittenConf file, string name, SavedMaster master, string values) =>
        file.Write($"sentinel {name}", $"sentinel {name} {Word(master.Name)} {values}", isNeeded: true);

    /// <summary>As it is where a reader would take it for one word, else in quotes: a password with a blank or a line break must not become a statement.</summary>
    private static string Word(string text)
    {
        string bytes = ByteText.Of(text);
        bool isPlain = bytes.Length > 0 && bytes.All(c => c is > ' ' and < '\x7f' and not ('"' or '\'' or '\\' or '#'));
        return isPlain ? bytes : ConfLine.Quote(bytes);
    }

    private List<string> ReadLines()
    {
        if (!disk.Exists(options.File)) return [];
        using DiskFile file = disk.OpenForReading(options.File);
        var bytes = new byte[file.Length];
        int length = 0;
        while (length < bytes.Length && file.Read(length, bytes.AsSpan(length)) is > 0 and var read) length += read;

        var lines = new List<string>();
        using var reader = new StringReader(Encoding.Latin1.GetString(bytes, 0, length));
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }
}
