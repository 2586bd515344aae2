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

    /// <summary>Those that are there, of servers that the shard has or has had.</summary>
    public IReadOnlyList<string> Of(string shard)
    {
        string folder = Path.Combine(data, shard);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetDirectories(folder).Where(path => Path.GetFileName(path) is { Length: > 0 } name && name.All(char.IsAsciiDigit)).Order(StringComparer.Ordinal)];
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
}
