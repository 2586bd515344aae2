using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keyway.Platform.Epoll;

/// <summary>A peer's address in 24 bytes inside its connection: most connections are never asked for it, so no objects are made until one is.</summary>
internal struct PeerAddress
{
    /// <summary>Room for a <c>sockaddr_in6</c>; a Unix peer's name is empty or does not matter.</summary>
    public const int MaxNative = 28;

    private const int FamilyUnix = 1;
    private const int FamilyIPv4 = 2;
    private const int FamilyIPv6 = 10;

    private AddressBytes address;
    private uint scope;
    private ushort port;
    private ushort family;

    public static PeerAddress FromNative(ReadOnlySpan<byte> native)
    {
        var peer = new PeerAddress();
        if (native.Length < 2) return peer;

        peer.family = MemoryMarshal.Read<ushort>(native);
        if (peer.family == FamilyIPv4)
        {
            peer.port = BinaryPrimitives.ReadUInt16BigEndian(native[2..]);
            native.Slice(4, 4).CopyTo(peer.address);
        }
        else if (peer.family == FamilyIPv6)
        {
            peer.port = BinaryPrimitives.ReadUInt16BigEndian(native[2..]);
            native.Slice(8, 16).CopyTo(peer.address);
            peer.scope = MemoryMarshal.Read<uint>(native[24..]);
        }
        return peer;
    }

    public static PeerAddress FromEndPoint(EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint) return default;

        ReadOnlySpan<byte> native = endPoint.Serialize().Buffer.Span;
        return FromNative(native[..Math.Min(native.Length, MaxNative)]);
    }

    public readonly EndPoint? ToEndPoint()
    {
        ReadOnlySpan<byte> bytes = address;
        return family switch
        {
            FamilyIPv4 => new IPEndPoint(new IPAddress(bytes[..4]), port),
            FamilyIPv6 => new IPEndPoint(new IPAddress(bytes, scope), port),
            FamilyUnix => UnnamedUnix,
            _ => null,
        };
    }

    // Clients do not bind their end. The type wants a name that is not empty.
    private static readonly UnixDomainSocketEndPoint UnnamedUnix = new("unnamed");

    [InlineArray(16)]
    private struct AddressBytes
    {
        private byte first;
    }
}
