using System.Globalization;
using Keyway.Platform;

namespace Keyway.State;

/// <summary>
/// data/&lt;shard&gt;/&lt;port&gt;: where each server of an included shard keeps its files. The folder goes with the shard, not with the port: a port that changes
/// in the map takes the folder along, since a server that started in a new one would have lost sight of its keys.
/// </summary>
public sealed class ShardFolders(string data)
{
    public string PathOf(string shard, int port) => Path.Combine(data, shard, port.ToString(CultureInfo.InvariantCulture));

    /// <summary>data/state/&lt;name&gt;: where this process keeps what it must not forget.</summary>
    public string StatePath(string name) => Path.Combine(data, "state", name);

    /// <summary>Those that are there, of servers that the shard has or has had.</summary>
    public IReadOnlyList<string> Of(string shard)
    {
        string folder = Path.Combine(data, shard);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetDirectories(folder).Where(path => Path.GetFileName(path) is { Length: > 0 } name && name.All(char.IsAsciiDigit)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The port in a folder's name.</summary>
    public static int PortOf(string folder) => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0;

    /// <summary>The server that was last known to be the master of a shard of several; null when nobody has noted one.</summary>
    /// <exception cref="StateException">It is noted and cannot be read.</exception>
    public int? NotedMaster(string shard)
    {
        string path = MasterPath(shard);
        try
        {
            return int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"'{Path.GetFullPath(path)}', which names the master of shard '{shard}', cannot be read: {unreadable.Message}; mend its permissions", unreadable);
        }
    }

    /// <summary>On the disk when it returns.</summary>
    /// <exception cref="StateException">It could not be written safely.</exception>
    public void NoteMaster(string shard, int port) =>
        WholeFile.Write(MasterPath(shard), System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{port}\n")));

    /// <summary>
    /// Sees to it that a shard of several servers has a folder for each. Where one port has taken another's place, the folder goes along.
    /// </summary>
    /// <returns>Where a folder was until now, and where it is; null when all are where they were, or are new.</returns>
    /// <exception cref="StateException">One cannot be made.</exception>
    public (string From, string To)? Prepare(string shard, IReadOnlyList<int> ports)
    {
        string[] missing = [.. ports.Select(port => PathOf(shard, port)).Where(path => !Directory.Exists(path))];
        string[] others = [.. Of(shard).Where(path => !ports.Contains(PortOf(path)))];
        bool moves = missing.Length == 1 && others.Length == 1;
        string parent = Path.Combine(data, shard);
        try
        {
            bool isNew = !Directory.Exists(parent);
            if (moves) Directory.Move(others[0], missing[0]);
            else foreach (string path in missing) Directory.CreateDirectory(path);
            if (missing.Length > 0) FileSync.FsyncDirectory(parent);
            if (isNew) FileSync.FsyncDirectory(data);
            if (moves && NotedMaster(shard) == PortOf(others[0])) NoteMaster(shard, PortOf(missing[0]));
            return moves ? (others[0], missing[0]) : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"the folders of shard '{shard}' in '{Path.GetFullPath(parent)}' cannot be made: {refused.Message}", refused);
        }
    }

    /// <summary>Sees to it that a shard of one server has its folder.</summary>
    /// <returns>Where the folder was until now; null when it was where it is, or is new.</returns>
    /// <exception cref="StateException">It cannot be made, or nobody can say which one it is.</exception>
    public string? Prepare(string shard, int port)
    {
        string wanted = PathOf(shard, port);
        if (Directory.Exists(wanted)) return null;

        try
        {
            IReadOnlyList<string> others = Of(shard);
            if (others.Count > 1)
            {
                throw new StateException(
                    $"shard '{shard}' has no folder for port {port}, and more than one for others ({string.Join(", ", others)}): name the one that holds its keys '{wanted}'");
            }

            string parent = Path.Combine(data, shard);
            bool isNew = !Directory.Exists(parent);
            if (others.Count == 1) Directory.Move(others[0], wanted);
            else Directory.CreateDirectory(wanted);
            FileSync.FsyncDirectory(parent);
            if (isNew) FileSync.FsyncDirectory(data);
            return others.Count == 1 ? others[0] : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"'{Path.GetFullPath(wanted)}', where shard '{shard}' keeps its keys, cannot be made: {refused.Message}", refused);
        }
    }

    /// <summary>data/&lt;shard&gt;/master</summary>
    private string MasterPath(string shard) => Path.Combine(data, shard, "master");
}
