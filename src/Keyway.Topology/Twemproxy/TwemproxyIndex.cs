using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Keyway.Topology.Twemproxy;

/// <summary>Which server of a twemproxy pool a key belongs to.</summary>
internal sealed class TwemproxyIndex
{
    private const int PointsPerServer = 160;
    private const int PointsPerDigest = 4;

    private readonly TwemproxyHash _hash;
    private readonly byte[] _tag;
    private readonly bool _isAlone;
    private readonly int _first;

    /// <summary>Ketama: the ring's points. Modula: the last remainder of each server. Ascending.</summary>
    public uint[] Points { get; }

    /// <summary>The server of each point.</summary>
    public int[] Servers { get; }

    /// <summary>Modula: the sum of all weights. Ketama: 0.</summary>
    public uint TotalWeight { get; }

    /// <param name="placement">Every declaration parses; there is at least one.</param>
    public TwemproxyIndex(Placement.Twemproxy placement)
    {
        _hash = placement.Hash;
        _tag = placement.Tag;
        _isAlone = placement.Servers.Count == 1;

        var servers = new ServerDeclaration[placement.Servers.Count];
        for (int i = 0; i < servers.Length; i++)
        {
            if (!ServerDeclaration.TryParse(placement.Servers[i].Declaration, out servers[i]))
                throw new ArgumentException($"'{placement.Servers[i].Declaration}' is not a server declaration");
        }

        int[] order = ServerOrder(servers);
        _first = order[0];
        (Points, Servers) = placement.Distribution == TwemproxyDistribution.Ketama ? Ketama(servers, order) : Modula(servers, order);
        if (placement.Distribution == TwemproxyDistribution.Modula) TotalWeight = Points[^1] + 1;
    }

    /// <returns>The position of the server in the pool.</returns>
    public int Find(ReadOnlySpan<byte> key)
    {
        key = Tagged(key, _tag);

        // nutcracker hashes neither for a lone server nor an empty key.
        if (_isAlone || key.IsEmpty) return _first;

        uint hash = KeyHash.Of(_hash, key);
        if (TotalWeight > 0) hash %= TotalWeight;
        return Servers[PointFor(hash)];
    }

    /// <summary>The first point at or after the hash; past the last one the ring begins again.</summary>
    private int PointFor(uint hash)
    {
        uint[] points = Points;
        int low = 0;
        int high = points.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (points[middle] < hash) low = middle + 1;
            else high = middle;
        }

        return low == points.Length ? 0 : low;
    }

    /// <summary>What is hashed: the bytes between the tag's first character and the next second one, unless there are none.</summary>
    public static ReadOnlySpan<byte> Tagged(ReadOnlySpan<byte> key, ReadOnlySpan<byte> tag)
    {
        if (tag.Length != 2) return key;

        int open = key.IndexOf(tag[0]);
        if (open < 0) return key;

        ReadOnlySpan<byte> afterOpen = key[(open + 1)..];
        int length = afterOpen.IndexOf(tag[1]);
        return length > 0 ? afterOpen[..length] : key;
    }

    /// <summary>nutcracker counts its servers by name, the shorter name first, whatever their order in the file.</summary>
    private static int[] ServerOrder(ServerDeclaration[] servers)
    {
        int[] order = [.. Enumerable.Range(0, servers.Length)];
        byte[][] names = Array.ConvertAll(servers, server => Encoding.UTF8.GetBytes(server.Name));
        Array.Sort(order, (left, right) => names[left].Length != names[right].Length
            ? names[left].Length.CompareTo(names[right].Length)
            : names[left].AsSpan().SequenceCompareTo(names[right]));
        return order;
    }

    /// <summary>Every server in turn holds as many remainders as it weighs.</summary>
    private static (uint[] Lasts, int[] Servers) Modula(ServerDeclaration[] servers, int[] order)
    {
        var lasts = new uint[order.Length];
        uint held = 0;
        for (int i = 0; i < order.Length; i++)
        {
            held = checked(held + (uint)servers[order[i]].Weight);
            lasts[i] = held - 1;
        }

        return (lasts, order);
    }

    private static (uint[] Points, int[] Servers) Ketama(ServerDeclaration[] servers, int[] order)
    {
        uint totalWeight = 0;
        foreach (ServerDeclaration server in servers) totalWeight += (uint)server.Weight;

        var points = new List<uint>();
        var owners = new List<int>();
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        foreach (int i in order)
        {
            // In single precision and in this order, as nutcracker does: a server more or less on the ring hangs on the last bit.
            float share = (float)servers[i].Weight / (float)totalWeight;
            float exact = (float)((double)(share * PointsPerServer / PointsPerDigest * (float)servers.Length) + 0.0000000001);
            int digests = (int)MathF.Floor(exact);

            for (int n = 0; n < digests; n++)
            {
                MD5.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{servers[i].Name}-{n}")), digest);
                for (int part = 0; part < PointsPerDigest; part++)
                {
                    points.Add(BinaryPrimitives.ReadUInt32LittleEndian(digest[(4 * part)..]));
                    owners.Add(i);
                }
            }
        }

        return Sorted(points, owners);
    }

    /// <summary>By point; the few that are equal stay in the order of their servers.</summary>
    private static (uint[] Points, int[] Servers) Sorted(List<uint> points, List<int> owners)
    {
        int[] order = [.. Enumerable.Range(0, points.Count)];
        Array.Sort(order, (left, right) => (points[left], left).CompareTo((points[right], right)));
        return (Array.ConvertAll(order, i => points[i]), Array.ConvertAll(order, i => owners[i]));
    }
}
