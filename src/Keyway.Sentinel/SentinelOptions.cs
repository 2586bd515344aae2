using System.Collections.Immutable;
using System.Net.Sockets;
using Keyway.Platform;
using Keyway.Platform.Tls;
using Keyway.Protocol.Configuration;
using Keyway.Sentinel.Configuration;

namespace Keyway.Sentinel;

/// <summary>With what a sentinel starts: the directives that every server has, and the statements about masters in the order given.</summary>
public sealed class SentinelOptions
{
    // What a sentinel is told otherwise than a server of data.
    private static readonly ImmutableDictionary<string, string> Defaults = DirectiveTable.All
        .ToImmutableDictionary(directive => directive.Name, directive => directive.Default)
        .SetItem("port", "26379")
        .SetItem("protected-mode", "no");

    private static readonly string[] Heeded =
    [
        "port", "bind", "unixsocket", "unixsocketperm", "tcp-backlog", "tcp-keepalive", "maxclients", "timeout", "requirepass", "protected-mode", "loglevel",
        "logfile", "dir", "pidfile", "tls-port", "tls-replication", "tls-auth-clients", "tls-session-caching", "tls-cert-file", "tls-key-file",
        "tls-key-file-pass", "tls-client-cert-file", "tls-client-key-file", "tls-client-key-file-pass", "tls-ca-cert-file", "tls-ca-cert-dir", "tls-protocols",
        "tls-ciphers", "tls-ciphersuites",
    ];

    private readonly ImmutableDictionary<string, string> _values;

    private SentinelOptions(ImmutableDictionary<string, string> values, ImmutableArray<string> withoutEffect, ImmutableArray<ConfLine> statements, string file)
    {
        _values = values;
        WithoutEffect = withoutEffect;
        Statements = statements;
        File = file;
    }

    /// <summary>Where it keeps what it must not forget; it is written anew each time.</summary>
    public string File { get; }

    /// <summary>Directives that were given and that a sentinel accepts without doing anything by them; the log names each once.</summary>
    public ImmutableArray<string> WithoutEffect { get; }

    public int Port => int.Parse(_values["port"]);

    public int TlsPort => int.Parse(_values["tls-port"]);

    public int Backlog => int.Parse(_values["tcp-backlog"]);

    public int KeepAliveSeconds => int.Parse(_values["tcp-keepalive"]);

    public long MaxClients => long.Parse(_values["maxclients"]);

    /// <summary>Clients silent for so long are closed; 0: none is.</summary>
    public int IdleSeconds => int.Parse(_values["timeout"]);

    public bool ProtectedMode => _values["protected-mode"] == "yes";

    /// <summary>Links to servers and sentinels speak TLS.</summary>
    public bool TlsLinks => _values["tls-replication"] == "yes";

    /// <summary>Empty: none.</summary>
    public string UnixSocket => ByteText.ToText(_values["unixsocket"]);

    /// <summary>Null leaves the mode of the Unix socket to the umask.</summary>
    public UnixFileMode? UnixSocketMode => _values["unixsocketperm"] is "0" ? null : (UnixFileMode)Convert.ToInt32(_values["unixsocketperm"], 8);

    /// <summary>A file to log to in place of standard output; empty: none.</summary>
    public string LogFile => ByteText.ToText(_values["logfile"]);

    /// <summary>debug, verbose, notice, warning or nothing.</summary>
    public string LogLevel => _values["loglevel"];

    /// <summary>A file that holds the process's number while it runs; empty: none.</summary>
    public string PidFile => ByteText.ToText(_values["pidfile"]);

    /// <summary>The directory that file names are relative to.</summary>
    public string Folder => ByteText.ToText(_values["dir"]);

    /// <summary>What clients must give; empty: nothing.</summary>
    internal string Password => _values["requirepass"];

    internal IReadOnlyDictionary<string, string> Values => _values;

    private TlsDirectives TlsDirectives => new(name => ByteText.ToText(_values[name]), Folder);

    /// <summary>The lines that begin with "sentinel", without that word.</summary>
    internal ImmutableArray<ConfLine> Statements { get; }

    /// <summary>A configuration file and <c>--directive value …</c>, as redis-server takes them.</summary>
    /// <exception cref="ConfFileException">Names the line.</exception>
    public static SentinelOptions FromCommandLine(IReadOnlyList<string> arguments)
    {
        List<ConfLine> lines = RedisConf.ParseCommandLine(arguments, out string file);
        return Read(lines, file);
    }

    /// <summary>What a program gives that has a sentinel within it. Without "port" nobody can connect to it.</summary>
    /// <param name="lines">
    /// As they would stand in sentinel.conf. They say which masters there are and how they are watched; who is the master by now, the file knows better,
    /// unless "known-replica" lines name all servers and that one is not among them.
    /// </param>
    /// <param name="file">Where the sentinel keeps what it must not forget. It need not be there yet.</param>
    /// <exception cref="ConfFileException">Names the line.</exception>
    public static SentinelOptions FromLines(IEnumerable<string> lines, string file)
    {
        string path = Path.GetFullPath(file);
        List<ConfLine> kept = System.IO.File.Exists(path) ? RedisConf.Parse(RedisConf.ReadLines(path), RedisConf.ReadLines) : [];
        List<ConfLine> said = RedisConf.Parse(lines.Prepend("port 0").Select(ByteText.Of), RedisConf.ReadLines);
        return Read(KeptState.Join(said, kept), path);
    }

    /// <summary>Where to listen: each address of "bind" with the port and with the TLS port, and the Unix socket.</summary>
    public IReadOnlyList<ListenPlace> EndPoints()
    {
        List<ListenPlace> result = ListenPlace.Of(_values["bind"], Port, TlsPort);
        if (UnixSocket.Length > 0) result.Add(new ListenPlace(new UnixDomainSocketEndPoint(UnixSocket)));
        return result;
    }

    /// <summary>With what listeners speak TLS.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    internal TlsOptions Tls() => TlsDirectives.OfListeners(TlsLinks);

    /// <summary>With what links speak TLS.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    internal TlsOptions TlsOfLinks() => TlsDirectives.OfConnections(TlsLinks);

    private static SentinelOptions Read(List<ConfLine> lines, string file)
    {
        ImmutableDictionary<string, string>.Builder values = Defaults.ToBuilder();
        ImmutableArray<string>.Builder withoutEffect = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<ConfLine>.Builder statements = ImmutableArray.CreateBuilder<ConfLine>();
        var users = new List<ConfLine>();
        var seen = new HashSet<string>();
        foreach (ConfLine line in lines)
        {
            if (line.Name == "sentinel" && line.Arguments.Count > 0) statements.Add(line with { Name = line.Arguments[0].ToLowerInvariant(), Arguments = [.. line.Arguments.Skip(1)] });
            else if (DirectiveTable.Find(line.Name) is { } directive) ReadValue(directive, line, values, seen, withoutEffect);
            else if (line.Name == "user" && line.Arguments.Count > 0) users.Add(line);
            else if (line.Name == "loadmodule" && line.Arguments.Count > 0) throw ConfFileException.At(line.Number, line.Text, "modules are not supported by this server");
            else if (!DirectiveTable.IsObsolete(line.Name) || line.Arguments.Count != 1) throw ConfFileException.At(line.Number, line.Text, "Bad directive or wrong number of arguments");
        }

        foreach (ConfLine user in users) DefaultUser.Check(user, values["requirepass"]);
        return new SentinelOptions(values.ToImmutable(), withoutEffect.ToImmutable(), statements.ToImmutable(), file);
    }

    private static void ReadValue(
        Directive directive, ConfLine line, ImmutableDictionary<string, string>.Builder values, HashSet<string> seen, ImmutableArray<string>.Builder withoutEffect)
    {
        IReadOnlyList<string> arguments = line.Arguments;
        if (directive.TakesSeveral && arguments is [{ Length: > 0 } only]) arguments = ConfLine.Split(only) ?? arguments;
        if (arguments.Count == 0) throw ConfFileException.At(line.Number, line.Text, "wrong number of arguments");

        // The first "save" line replaces the default, the others add to it.
        bool isFirst = seen.Add(directive.Name);
        string before = isFirst && directive.Kind == DirectiveKind.SavePoints ? "" : values[directive.Name];
        string? error = DirectiveValue.TryNormalize(directive, arguments, before, out string value);
        if (error == null && directive.Name == "bind") error = ListenPlace.WhyUnreadable(value);
        if (error != null) throw ConfFileException.At(line.Number, line.Text, error);

        values[directive.Name] = value;

        // What the sentinel writes into every file is nobody's wish.
        bool isWish = !Heeded.Contains(directive.Name) && value != directive.Default;
        if (isWish && isFirst && !withoutEffect.Contains(directive.Name)) withoutEffect.Add(directive.Name);
    }
}
