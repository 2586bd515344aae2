using Keyway.Platform.Disks;
using Keyway.Shard.Persistence;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Commands.Server;

/// <summary>DEBUG RELOAD: the data goes through its file.</summary>
internal static class DebugReload
{
    // DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]
    public static void Reload(ref CommandContext context)
    {
        bool merges = false, flushes = true, saves = true;
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            if (Word.Is(word, "MERGE"u8)) merges = true;
            else if (Word.Is(word, "NOFLUSH"u8)) flushes = false;
            else if (Word.Is(word, "NOSAVE"u8)) saves = false;
            else
            {
                context.ReplyError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."u8);
                return;
            }
        }

        ShardServer server = context.Server;
        if (saves && !server.Saves.TrySave())
        {
            context.ReplyError("ERR"u8);
            return;
        }

        if (flushes) Clear(server);
        if (!TryLoad(server, merges))
        {
            context.ReplyError("ERR Error trying to load the RDB dump, check server logs."u8);
            return;
        }

        PersistenceLog.Reloaded(server.Logger);
        context.ReplyOk();
    }

    private static void Clear(ShardServer server)
    {
        for (int i = 0; i < server.Databases.Count; i++) server.Databases[i].Clear(inSlices: false);
        server.Functions.Clear();
    }

    private static bool TryLoad(ShardServer server, bool merges)
    {
        var options = new RdbLoadOptions { ReplacesKeys = merges, Functions = server.Functions };
        var loader = new RdbLoader(server.Databases, server.Settings, options) { SkipsChecksum = server.SkipsChecksums };
        try
        {
            using DiskFile file = server.Disk.OpenForReading(RdbFiles.PathOf(server.Settings));
            server.Loading.Begin(file.Length);
            RdbFileLoad.LoadAtOnce(loader, file);
            RdbFileLoad.Tell(server, loader.Aux);
            PersistenceLog.Loaded(server.Logger, loader.KeysLoaded, loader.KeysExpired);
            return true;
        }
        catch (DiskException unreadable)
        {
            PersistenceLog.Unreadable(server.Logger, unreadable.Message);
            return false;
        }
        catch (RdbException damaged)
        {
            // The data from before is gone, and half of the file's is no data.
            PersistenceLog.Damaged(server.Logger, damaged.Offset, damaged.Reason);
            loader.Discard();
            Clear(server);
            return false;
        }
        finally
        {
            server.Loading.NoteKeys(loader);
            server.Loading.End();
        }
    }
}
