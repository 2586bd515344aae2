namespace Keyway.Tests.Hosting;

/// <summary>A working directory that goes away with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("keyway-run-").FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }

    /// <summary>As editors and deployments do: another file takes the name.</summary>
    public void Replace(string name, string content)
    {
        File.WriteAllText(PathOf(name + ".new"), content);
        File.Move(PathOf(name + ".new"), PathOf(name), overwrite: true);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A file that is still being written keeps a directory in the temporary folder: no reason to fail a test that has passed.
        }
    }
}
