using System.Text;
using Keyway.Platform;
using Keyway.Protocol.Configuration;

namespace Keyway.Shard.Configuration;

/// <summary>
/// CONFIG REWRITE: the settings as they are now go into the file that they came from. Comments and the order of lines stay; a directive's line changes in
/// place, what is new and not the default goes to the end.
/// </summary>
internal static class ConfRewrite
{
    /// <summary>
    /// Stands in a file that was rewritten by a server whose command line named a master: from then on the file knows the role better. Whoever starts the
    /// server anew with the same command line, as containers are, would undo a failover otherwise.
    /// </summary>
    public const string RoleRemark = "# The role is this file's (replicaof, or none): --replicaof on the command line does not count any more.";

    // Not in the table, but lines that belong to somebody all the same.
    private static readonly string[] OtherNames = ["include", "rename-command", "user", "loadmodule"];

    /// <summary>Writes beside the file and renames, so that a crash leaves the old one or the new one.</summary>
    public static bool TryRewrite(string file, Settings settings, out string reason, bool isForced = false, bool keepsRole = false)
    {
        reason = "";
        string temporary = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            string text = Rewrite(File.Exists(file) ? RedisConf.ReadLines(file) : [], settings, isForced, keepsRole);
            using (FileStream stream = File.Create(temporary))
            {
                stream.Write(Encoding.Latin1.GetBytes(text));
                stream.Flush();
                FileSync.Fsync(stream.SafeFileHandle);
            }

            File.Move(temporary, file, overwrite: true);
            FileSync.FsyncDirectory(Path.GetDirectoryName(file)!);
            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            reason = failed.Message;
            return false;
        }
    }

    /// <param name="isForced">Defaults are written too.</param>
    /// <param name="keepsRole">The role is the file's from now on.</param>
    /// <returns>The file's new content.</returns>
    public static string Rewrite(IEnumerable<string> lines, Settings settings, bool isForced = false, bool keepsRole = false)
    {
        var file = new RewrittenConf(lines, OptionOf);
        foreach (Directive directive in DirectiveTable.All) DirectiveLines.Write(file, directive, settings[directive], isForced);
        file.Write("user", DefaultUser.Line(settings[DirectiveTable.Find("requirepass")!]), isNeeded: true);
        if (keepsRole) file.Remark(RoleRemark);
        return file.Finish();
    }

    private static string? OptionOf(IReadOnlyList<string> words) =>
        DirectiveTable.Find(words[0])?.Name ?? OtherNames.FirstOrDefault(name => name.Equals(words[0], StringComparison.OrdinalIgnoreCase));
}
