using System.Net.Sockets;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Servers;

/// <summary>This program again, as a shard.</summary>
internal sealed class ShardProcess : ExternalServer
{
    public ShardProcess(string socket, string[] settings)
    {
        File.Delete(socket);
        string program = Path.Combine(AppContext.BaseDirectory, "Keyway.Differential.dll");
        StartProcess("dotnet", _ => [program, ShardProgram.Verb, .. settings], () => Accepts(socket));
    }

    private static bool Accepts(string socket)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Connect(new UnixDomainSocketEndPoint(socket));
        return true;
    }
}
