using System.Net;

namespace Keyway.Gateway.Tests.Harness;

/// <summary>What a fake server says when it is asked for its role, its history and whether it has its data.</summary>
internal sealed class FakeRole
{
    private const string None = "0000000000000000000000000000000000000000";

    public bool IsMaster { get; set; }

    public bool IsLoading { get; set; }

    /// <summary>It takes the questions and says nothing, as a process that is stopped.</summary>
    public bool IsSilent { get; set; }

    public string History { get; set; } = "";

    public string FormerHistory { get; set; } = None;

    public long Offset { get; set; } = 100;

    public FakeShard? Follows { get; set; }

    public bool IsLinked { get; set; } = true;

    public int Looks { get; private set; }

    public static FakeRole Master(string history, string former = None) => new() { IsMaster = true, History = history, FormerHistory = former };

    public static FakeRole ReplicaOf(FakeShard master) => new() { Follows = master, History = master.Role!.History };

    /// <summary>As after REPLICAOF NO ONE: another history, which goes on from the former.</summary>
    public void Promote(string history)
    {
        FormerHistory = History;
        History = history;
        IsMaster = true;
        Follows = null;
    }

    public void Follow(FakeShard master)
    {
        IsMaster = false;
        Follows = master;
        IsLinked = true;
        History = master.Role!.History;
    }

    /// <summary>Null: not such a question. Empty: no answer.</summary>
    public string? Answer(string request)
    {
        if (request is not ("PING" or "ROLE" or "INFO replication")) return null;
        if (IsSilent) return "";
        if (request == "PING") return IsLoading ? "-LOADING Redis is loading the dataset in memory\r\n" : "+PONG\r\n";
        if (request == "ROLE") return Role();
        Looks++;
        string info = string.Join("\r\n", Info()) + "\r\n";
        return $"${info.Length}\r\n{info}\r\n";
    }

    private string Role()
    {
        if (IsMaster) return $"*3\r\n$6\r\nmaster\r\n:{Offset}\r\n*0\r\n";
        IPEndPoint master = Follows!.Address;
        string ip = master.Address.ToString();
        return $"*5\r\n$5\r\nslave\r\n${ip.Length}\r\n{ip}\r\n:{master.Port}\r\n$9\r\nconnected\r\n:{Offset}\r\n";
    }

    private IEnumerable<string> Info()
    {
        yield return "# Replication";
        yield return $"role:{(IsMaster ? "master" : "slave")}";
        if (!IsMaster)
        {
            yield return $"master_link_status:{(IsLinked ? "up" : "down")}";
            yield return "master_sync_in_progress:0";
            yield return $"slave_repl_offset:{Offset}";
        }
        yield return $"master_replid:{History}";
        yield return $"master_replid2:{FormerHistory}";
        yield return $"master_repl_offset:{Offset}";
    }
}
