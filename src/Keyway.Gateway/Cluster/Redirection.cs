using System.Buffers.Text;
using System.Net;
using System.Text;
using Keyway.Topology;

namespace Keyway.Gateway.Cluster;

/// <summary>Where a server of a cluster sends us: "-MOVED 3999 127.0.0.1:6381" for good, "-ASK 3999 127.0.0.1:6381" for one request.</summary>
internal readonly record struct Redirection(int Slot, EndPoint Target)
{
    /// <param name="reply">With its line end.</param>
    /// <param name="from">Who said it: where no host is named, its own is meant.</param>
    public static bool TryRead(ReadOnlySpan<byte> reply, EndPoint from, out Redirection redirection)
    {
        redirection = default;
        if (!reply.EndsWith("\r\n"u8)) return false;
        ReadOnlySpan<byte> rest = reply[..^2];
        int afterCode = rest.IndexOf((byte)' ');
        if (afterCode < 0) return false;
        rest = rest[(afterCode + 1)..];

        // Behind the last colon is the port: an IPv6 address has colons of its own.
        if (!Utf8Parser.TryParse(rest, out int slot, out int digits) || slot is < 0 or >= HashSlot.Count) return false;
        if (digits >= rest.Length || rest[digits] != ' ') return false;
        rest = rest[(digits + 1)..];
        int colon = rest.LastIndexOf((byte)':');
        if (colon < 0 || !Utf8Parser.TryParse(rest[(colon + 1)..], out ushort port, out int used) || used != rest.Length - colon - 1 || port == 0) return false;

        string host = Encoding.UTF8.GetString(rest[..colon]);
        if (host.Length == 0 || host == "?") host = ClusterNode.HostOf(from);
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        if (host.Length is 0 or > 255) return false;
        redirection = new Redirection(slot, ClusterNode.EndPointOf(host, port));
        return true;
    }
}
