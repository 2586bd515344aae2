using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Servers;

/// <summary>One server and the connections of the sequence that it is in.</summary>
internal sealed class Side(Server server) : IDisposable
{
    /// <summary>Connections that sequences may speak on.</summary>
    public const int Connections = 4;

    private readonly Connection?[] _connections = new Connection?[Connections];
    private readonly string[] _ids = new string[Connections];
    private Connection? _observer;
    private Connection? _healer;
    private int _protocol = 2;

    public Server Server { get; } = server;

    /// <summary>A setting that <see cref="Reset"/> leaves as the server was started with it.</summary>
    public string KeptSetting { get; set; } = "";

    public string Name => Server.Name;

    /// <summary>Looks at what is there without being part of it; always RESP2.</summary>
    public Connection Observer => _observer ??= Server.Connect();

    /// <summary>The connection of that number, or the one of <see cref="Call.Healer"/>.</summary>
    public Connection this[int number] => number == Call.Healer ? _healer ??= Server.Connect() : _connections[number]!;

    /// <summary>An empty server with settings as after its start, and new connections.</summary>
    public void Reset(int protocol, int connections)
    {
        _protocol = protocol;
        for (int i = 0; i < Connections; i++)
        {
            _connections[i]?.Dispose();
            _connections[i] = null;
            _ids[i] = "0";
        }

        _healer?.Dispose();
        _healer = null;
        Connection observer = Observer;

        // The closed connections' ends are with the server before this; once it has answered twice, it has seen them.
        string[][] requests =
        [
            ["CLIENT", "UNPAUSE"], ["RESET"], ["CLIENT", "SETNAME", "observer"], ["REPLICAOF", "NO", "ONE"], ["DEBUG", "SET-ACTIVE-EXPIRE", "0"], ["DEBUG", "QUICKLIST-PACKED-THRESHOLD", "0"],
            .. Thresholds.Defaults.Where(setting => setting.Name != KeptSetting).Select(setting => (string[])["CONFIG", "SET", setting.Name, setting.Default]), ["SLOWLOG", "RESET"], ["LATENCY", "RESET"], ["FLUSHALL"],
        ];
        foreach (string[] request in requests) observer.Append(request);
        observer.Flush();
        foreach (string[] _ in requests) observer.Read();
        observer.Ask("PING");
        for (int i = 0; i < connections; i++) Open(i);
    }

    /// <summary>A new connection in the place of one that is closed.</summary>
    public void Open(int number)
    {
        _connections[number]?.Dispose();
        Connection connection = Server.Connect();
        _connections[number] = connection;
        connection.Ids = _ids;
        byte[] id = connection.Ask("CLIENT", "ID");
        _ids[number] = Encoding.Latin1.GetString(id).Trim(':', '\r', '\n');
        if (_protocol == 3) connection.Ask("HELLO", "3");
    }

    /// <summary>After a crash or a silence: begins anew.</summary>
    public void Restart()
    {
        Dispose();
        Server.Restart();
    }

    /// <summary>A reply to the observer, decoded.</summary>
    public RespValue Ask(params ReadOnlySpan<string> words) => RespValue.Parse(Observer.Ask(words));

    /// <summary>Closes the connections; the server goes on.</summary>
    public void Dispose()
    {
        _observer?.Dispose();
        _observer = null;
        _healer?.Dispose();
        _healer = null;
        for (int i = 0; i < Connections; i++)
        {
            _connections[i]?.Dispose();
            _connections[i] = null;
        }
    }
}
