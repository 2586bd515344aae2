using System.Globalization;

namespace Keyway.Benchmarks.Peers;

/// <summary>Microsoft's Garnet, the other server of Redis's protocol in C#: dotnet tool install garnet-server.</summary>
internal static class Garnet
{
    /// <returns>Null where it is not installed or does not serve; the reason is printed.</returns>
    public static Peer? Start(Workspace workspace, string? path)
    {
        string tools = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools", "garnet-server");
        string? executable = path ?? Executables.Find("garnet-server") ?? (File.Exists(tools) ? tools : null);
        if (executable is null)
        {
            Console.WriteLine("garnet-server is not installed: nothing to compare with (dotnet tool install -g garnet-server --version 2.2.5, or --garnet PATH)");
            return null;
        }

        int port = workspace.FreePort();
        ChildProcess process = workspace.Start(
            "garnet", executable, "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--memory", "4g", "--index", "256m",
            "--logger-level", "Error");
        if (Readiness.AwaitPong(process, port, TimeSpan.FromSeconds(20))) return new Peer("garnet", port, process);

        Console.WriteLine($"garnet-server does not serve:\n{process.LastOutput()}");
        process.Dispose();
        return null;
    }
}
