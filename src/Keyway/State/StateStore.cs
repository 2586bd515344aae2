using System.Security.Cryptography;
using System.Text.Json;

namespace Keyway.State;

/// <summary>
/// The map last served and the ids of included shards, in the data folder.
/// </summary>
public sealed class StateStore(DataFolder folder)
{
    private const int IdBytes = 20;   // 40 hexadecimal digits, as Redis's run ids have

    /// <summary>data/state/map.json</summary>
    public string MapPath => Path.Combine(folder.Path, "state", "map.json");

    /// <returns>Null before the first start.</returns>
    /// <exception cref="StateException">The file is there and cannot be understood.</exception>
    public ServedMap? Read()
    {
        try
        {
            return ServedMapJson.Read(File.ReadAllBytes(MapPath));
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StateException(
                $"'{Path.GetFullPath(MapPath)}', the map last served, cannot be read: {broken.Message}; restore it, or remove it if you know that the map names every shard as before", broken);
        }
    }

    /// <exception cref="StateException">It could not be written safely; what was there before is still there.</exception>
    public void Write(ServedMap map) => WholeFile.Write(MapPath, ServedMapJson.Write(map));

    /// <summary>The id of an included shard, made when it is first asked for.</summary>
    public string ShardId(string shard)
    {
        if (ReadShardId(shard) is { } known) return known;

        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        WholeFile.Write(IdPath(shard), System.Text.Encoding.ASCII.GetBytes(id + "\n"));
        return id;
    }

    /// <returns>Null when it was never made.</returns>
    /// <exception cref="StateException">The file is there and holds no id.</exception>
    public string? ReadShardId(string shard)
    {
        string path = IdPath(shard);
        try
        {
            string id = File.ReadAllText(path).Trim();
            if (id.Length == 2 * IdBytes && id.All(char.IsAsciiHexDigitLower)) return id;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"'{Path.GetFullPath(path)}', the id of shard '{shard}', cannot be read: {unreadable.Message}; mend its permissions", unreadable);
        }

        throw new StateException($"'{Path.GetFullPath(path)}' holds no id of shard '{shard}'; restore the folder");
    }

    /// <summary>data/&lt;shard&gt;/id</summary>
    private string IdPath(string shard) => Path.Combine(folder.Path, shard, "id");
}
