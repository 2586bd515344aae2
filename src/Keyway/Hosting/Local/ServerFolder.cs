using System.Globalization;
using Keyway.Configuration;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;
using Keyway.Shard.Persistence;
using Keyway.State;

namespace Keyway.Hosting.Local;

/// <summary>
/// data/&lt;shard&gt;/&lt;port&gt; of a server with a process of its own: its keys, its log, its number, and the file with its settings. That file is
/// written anew at each start from what the map says; of what was in it before, only the role counts, which the server writes there itself when it changes
/// (CONFIG REWRITE).
/// </summary>
internal sealed class ServerFolder(ShardConfig shard, int port, string path)
{
    private const string ConfName = "shard.conf";

    public int Port { get; } = port;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string ConfPath => System.IO.Path.Combine(Path, ConfName);

    public string LogPath => System.IO.Path.Combine(Path, "shard.log");

    /// <exception cref="StateException">The file is there and cannot be read.</exception>
    public FolderRole Role => RoleIn(Path);

    /// <exception cref="StateException">The file with a server's settings is there and cannot be read.</exception>
    public static FolderRole RoleIn(string folder)
    {
        string path = System.IO.Path.Combine(folder, ConfName);
        try
        {
            return ShardOptions.FromLines(File.ReadAllLines(path)).ReplicaOf.Length > 0 ? FolderRole.Replica : FolderRole.Master;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return FolderRole.Unknown;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or ConfFileException)
        {
            throw new StateException($"'{System.IO.Path.GetFullPath(path)}', which says whether this server is a master, cannot be read: {broken.Message}; restore it, or remove it", broken);
        }
    }

    public FolderFacts Facts()
    {
        string keysFile = IncludedConf.Options(shard).KeysFile;
        return new FolderFacts
        {
            Port = Port,
            IsInMap = shard.Kind is ShardKind.Local local && local.Ports.Contains(Port),
            Role = Role,
            HasKeys = SavedKeys.MayBeIn(Path, keysFile),
            Position = SavedKeys.PositionIn(Path, keysFile),
        };
    }

    /// <summary>As the map says, or by default.</summary>
    public string Priority => IncludedConf.Options(shard).ReplicaPriority;

    /// <summary>
    /// Writes its settings, with this role; on the disk when it returns. Sentinels promote no replica until it is known to have its master's data: what it
    /// has at its start may be nothing, or old.
    /// </summary>
    /// <param name="master">The port that it follows; null: it is the master itself.</param>
    /// <exception cref="StateException">They could not be written.</exception>
    public void WriteConf(int? master) => WholeFile.Write(ConfPath, System.Text.Encoding.UTF8.GetBytes(Conf(master)));

    private string Conf(int? master)
    {
        ShardOptions options = IncludedConf.Options(shard, Port)
            .With("dir", Path)
            .With("pidfile", System.IO.Path.Combine(Path, "shard.pid"));
        if (options.LogFile.Length == 0) options = options.With("logfile", LogPath);

        // What the gateway needs to get in, its replicas need too.
        if (IncludedConf.Password(shard) is { } password) options = options.With("masterauth", password);
        if (master is { } followed)
            options = options.With("replicaof", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1 {followed}")).With("replica-priority", "0");
        return "# Written by keyway at each start from what the map says of this shard. Only the role (replicaof) is kept from here.\n" + options.ToConf();
    }
}
