namespace Keyway.Benchmarks.Peers;

/// <summary>Finds programs and our own build output.</summary>
internal static class Executables
{
    public static string? Find(string name)
    {
        // Debian puts servers into sbin, which is not on every user's PATH.
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin"];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>keyway.dll as the release build of this tree leaves it, seen from our own folder or from the current one.</summary>
    public static string? FindKeyway()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string file = Path.Combine(folder.FullName, "src", "Keyway", "bin", "Release", "net10.0", "keyway.dll");
                if (File.Exists(file)) return file;
            }
        }

        return null;
    }
}
