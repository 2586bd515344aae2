using System.Diagnostics;

namespace Keyway.Benchmarks.Checks;

/// <summary>A file system in memory, of a megabyte at first, which only root may mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int MoreMegabytes = 16;                // than could wait in memory meanwhile

    private static readonly Lazy<string?> Reason = new(Try);

    private int _megabytes = 1;

    /// <exception cref="InvalidOperationException">It cannot be mounted.</exception>
    public SmallDisk(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        if (Execute("mount", "-t", "tmpfs", "-o", $"size={_megabytes}m", "tmpfs", path) is { } reason) throw new InvalidOperationException(reason);
    }

    /// <summary>Null where one can be mounted.</summary>
    public static string? Unavailable => Reason.Value;

    public string Path { get; }

    /// <summary>There is much more room.</summary>
    /// <exception cref="InvalidOperationException">It cannot be mounted anew.</exception>
    public void Grow()
    {
        _megabytes += MoreMegabytes;
        if (Execute("mount", "-o", $"remount,size={_megabytes}m", Path) is { } reason) throw new InvalidOperationException(reason);
    }

    public void Dispose() => Execute("umount", "-l", Path);

    private static string? Try()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("keyway-disk-");
        try
        {
            new SmallDisk(folder.FullName).Dispose();
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message;
        }
        finally
        {
            folder.Delete();
        }
    }

    private static string? Execute(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program}: {error}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
