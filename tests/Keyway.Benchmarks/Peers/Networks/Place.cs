using System.Net;

namespace Keyway.Benchmarks.Peers.Networks;

/// <summary>A network namespace with one address: what a machine of its own is to whoever runs there.</summary>
internal sealed record Place(string Name, string Namespace, IPAddress Address)
{
    /// <summary>The calling thread's sockets are opened there from now on. There is no way back.</summary>
    public void Enter() => NamespaceCalls.Enter($"/run/netns/{Namespace}");

    /// <summary>The process is the program's own: ip is replaced by it.</summary>
    public ChildProcess Start(Workspace workspace, string file, params string[] arguments) =>
        workspace.Start(Name, Executables.Find("ip")!, ["netns", "exec", Namespace, file, .. arguments]);
}
