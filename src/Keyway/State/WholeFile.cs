using Keyway.Platform;

namespace Keyway.State;

/// <summary>
/// Writes a file that is there whole or not at all: written beside, synced, renamed, and the folder synced, so that the rename too outlives a power cut.
/// </summary>
internal static class WholeFile
{
    /// <exception cref="StateException">It could not be written safely; what was there before is still there.</exception>
    public static void Write(string path, byte[] content)
    {
        string directory = Path.GetDirectoryName(path)!;
        string beside = path + ".tmp";
        try
        {
            bool isNew = !Directory.Exists(directory);
            Directory.CreateDirectory(directory);
            if (isNew) FileSync.FsyncDirectory(Path.GetDirectoryName(directory)!);

            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                FileSync.Fsync(file.SafeFileHandle);
            }

            File.Move(beside, path, overwrite: true);
            FileSync.FsyncDirectory(directory);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"'{Path.GetFullPath(path)}' cannot be written: {failed.Message}; look at the disk's space and the folder's permissions", failed);
        }
    }
}
