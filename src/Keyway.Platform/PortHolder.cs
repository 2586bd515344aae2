using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keyway.Platform;

/// <summary>Finds, for an operator, which process holds an address. Linux tells in /proc, about the processes that we may look at.</summary>
internal static class PortHolder
{
    private const string ListenState = "0A";

    public static string Describe(EndPoint endPoint)
    {
        string holder = endPoint switch
        {
            IPEndPoint ip => HolderOf(TcpInodes(ip)),
            UnixDomainSocketEndPoint unix => HolderOf(UnixInodes(unix)),
            _ => "another process",
        };
        return $"{endPoint} is in use by {holder}.";
    }

    private static string HolderOf(HashSet<string> inodes)
    {
        foreach (string process in NumberedDirectories())
        {
            try
            {
                foreach (string descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
                {
                    // A link whose target is no path but a name: "socket:[12345]".
                    string? target = new FileInfo(descriptor).LinkTarget;
                    if (target != null && target.StartsWith("socket:[") && inodes.Contains(target["socket:[".Length..^1])) return Name(process);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended: it keeps its secret.
            }
        }
        return "another process";
    }

    private static IEnumerable<string> NumberedDirectories() =>
        Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])) : [];

    private static string Name(string process)
    {
        string name = File.ReadAllText(Path.Combine(process, "comm")).Trim();
        return $"process {Path.GetFileName(process)} ({name})";
    }

    // sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode
    //  0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 …
    private static HashSet<string> TcpInodes(IPEndPoint wanted)
    {
        var inodes = new HashSet<string>();
        foreach (string table in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            foreach (string line in Lines(table))
            {
                string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > 9 && columns[3] == ListenState && Overlaps(columns[1], wanted)) inodes.Add(columns[9]);
            }
        }
        return inodes;
    }

    private static bool Overlaps(string local, IPEndPoint wanted)
    {
        string[] parts = local.Split(':');
        if (parts.Length != 2 || int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) != wanted.Port) return false;

        byte[] address = Convert.FromHexString(parts[0]);
        // The kernel prints 32-bit words in the machine's order.
        if (BitConverter.IsLittleEndian)
            for (int word = 0; word < address.Length; word += 4) Array.Reverse(address, word, 4);

        bool holdsAll = address.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        bool wantsAll = wanted.Address.Equals(IPAddress.Any) || wanted.Address.Equals(IPAddress.IPv6Any);
        var held = new IPAddress(address);
        return holdsAll || wantsAll || held.Equals(wanted.Address) || (held.IsIPv4MappedToIPv6 && held.MapToIPv4().Equals(wanted.Address));
    }

    // Num       RefCount Protocol Flags    Type St Inode Path
    // 00000000: 00000002 00000000 00010000 0001 01 12345 /run/keyway.sock
    private static HashSet<string> UnixInodes(UnixDomainSocketEndPoint wanted)
    {
        var inodes = new HashSet<string>();
        foreach (string line in Lines("/proc/net/unix"))
        {
            string[] columns = line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length == 8 && columns[7] == wanted.ToString()) inodes.Add(columns[6]);
        }
        return inodes;
    }

    private static string[] Lines(string table)
    {
        try
        {
            return File.Exists(table) ? File.ReadAllLines(table) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
