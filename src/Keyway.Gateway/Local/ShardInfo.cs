using System.Text;
using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Local;

/// <summary>INFO SHARD name [section …]: what the shard's own master says of itself, unchanged.</summary>
internal sealed class ShardInfo(Router router)
{
    public static bool IsAskedBy(Command row, Arguments arguments) =>
        arguments.Count > 2 && row.Name == "info" && Ascii.EqualsIgnoreCase(arguments[1], "SHARD"u8);

    public bool Relay(ClientSession session, Command row, Arguments arguments)
    {
        string name = Encoding.UTF8.GetString(arguments[2]);
        PartitionMap map = session.Pool.Map;
        int shard = map.ShardsInUse.Where(one => map.ShardNames[one] == name).FirstOrDefault(-1);
        if (shard < 0)
        {
            string known = string.Join(", ", map.ShardsInUse.Select(one => map.ShardNames[one]));
            router.Refuse(session, row, Encoding.UTF8.GetBytes($"ERR no shard '{name}' in this pool; it has {known}"));
            return true;
        }
        byte[] request = [.. Encoding.ASCII.GetBytes($"*{arguments.Count - 2}\r\n$4\r\nINFO\r\n"), .. arguments.Encoded(3, arguments.Count)];
        var route = new Route(shard, -1, 0);
        return router.Relay(session, row, in route, default, request);
    }
}
