using System.Text;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Tests.Core;

/// <summary>What stands at an address in a test: a data server or another sentinel, and how it answers.</summary>
internal sealed class TestServer(string ip, int port)
{
    public string Ip { get; } = ip;

    public int Port { get; } = port;

    public string Address => $"{Ip}:{Port}";

    /// <summary>Takes connections and commands and says nothing.</summary>
    public bool IsSilent { get; set; }

    public bool RefusesConnections { get; set; }

    public SentinelReply Ping { get; set; } = SentinelReply.Status("PONG");

    public string RunId { get; set; } = Ids.Of(ip, port);

    /// <summary>Null: a master.</summary>
    public TestServer? Master { get; set; }

    public bool LinkUp { get; set; } = true;

    public int LinkDownSeconds { get; set; }

    public int Priority { get; set; } = 100;

    public long Offset { get; set; } = 1000;

    public List<TestServer> Replicas { get; } = [];

    /// <summary>Does what SLAVEOF says.</summary>
    public bool Obeys { get; set; } = true;

    public bool SaysMasterIsDown { get; set; }

    /// <summary>Whom it votes for when asked; null: the one that asks.</summary>
    public string? VotesFor { get; set; }

    public bool Votes { get; set; } = true;

    public string Info
    {
        get
        {
            var info = new StringBuilder($"# Server\r\nrun_id:{RunId}\r\n# Replication\r\nrole:{(Master == null ? "master" : "slave")}\r\n");
            if (Master != null)
            {
                info.Append($"master_host:{Master.Ip}\r\nmaster_port:{Master.Port}\r\nmaster_link_status:{(LinkUp ? "up" : "down")}\r\n");
                if (!LinkUp) info.Append($"master_link_down_since_seconds:{LinkDownSeconds}\r\n");
                info.Append($"slave_repl_offset:{Offset}\r\nslave_priority:{Priority}\r\n");
            }
            for (int i = 0; i < Replicas.Count; i++) info.Append($"slave{i}:ip={Replicas[i].Ip},port={Replicas[i].Port},state=online,offset=1,lag=0\r\n");
            return info.ToString();
        }
    }
}
