using System.Collections.Immutable;
using System.Net.Sockets;
using Keyway.Platform;
using Keyway.Protocol.Configuration;

namespace Keyway.Shard.Configuration;

/// <summary>With what a shard server starts: every directive of redis.conf, checked.</summary>
public sealed class ShardOptions
{
    private readonly ImmutableDictionary<string, string> _values;

    private ShardOptions(ImmutableDictionary<string, string> values, ImmutableArray<string> withoutEffect, ImmutableArray<(string From, string To)> renames, string file)
    {
        _values = values;
        WithoutEffect = withoutEffect;
        Renames = renames;
        File = file;
    }

    public static ShardOptions Default { get; } = new(
        DirectiveTable.All.ToImmutableDictionary(directive => directive.Name, directive => directive.Default), [], [], "");

    /// <summary>Directives that were given and that this server accepts without doing anything by them; the log names each once.</summary>
    public ImmutableArray<string> WithoutEffect { get; }

    /// <summary>The configuration file's absolute path, which CONFIG REWRITE writes to; empty without one.</summary>
    public string File { get; }

    /// <summary>The command line names a master, or did before the file took that over, beside a file that CONFIG REWRITE can keep the role in.</summary>
    internal bool NamesRoleBesideFile { get; private set; }

    /// <summary>What the command line says of the role and does not count, since the file says it; empty: nothing.</summary>
    public string PassedOverRole { get; private set; } = "";

    public int Port => int.Parse(_values["port"]);

    public int TlsPort => int.Parse(_values["tls-port"]);

    public int Backlog => int.Parse(_values["tcp-backlog"]);

    public int Databases => int.Parse(_values["databases"]);

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

    /// <summary>Where it finds its keys when it starts, within its folder: with appendonly nothing else is looked at.</summary>
    public string KeysFile =>
        ByteText.ToText(_values["appendonly"] == "yes" ? $"{_values["appenddirname"]}/{_values["appendfilename"]}" : _values["dbfilename"]);

    /// <summary>The order in which sentinels promote replicas; "0": this one never.</summary>
    public string ReplicaPriority => _values["replica-priority"];

    /// <summary>"host port" of the server that it follows; empty: it is a master.</summary>
    public string ReplicaOf => ByteText.ToText(_values["replicaof"]);

    internal IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>rename-command: in order; an empty new name takes the command away.</summary>
    internal ImmutableArray<(string From, string To)> Renames { get; }

    /// <summary>An optional configuration file and <c>--directive value …</c>, as redis-server takes them.</summary>
    /// <exception cref="ConfFileException">Names the line.</exception>
    public static ShardOptions FromCommandLine(IReadOnlyList<string> arguments)
    {
        bool namesRole = false;
        string passedOver = "";
        List<ConfLine> lines = RedisConf.ParseCommandLine(arguments, out string file, (conf, line) =>
        {
            if (ConfLine.Split(line) is not [var name, ..] || DirectiveTable.Find(name)?.Name != "replicaof") return true;
            namesRole = true;
            if (!conf.Contains(ConfRewrite.RoleRemark)) return true;
            passedOver = line;
            return false;
        });
        ShardOptions options = Default.Apply(lines, file);
        options.NamesRoleBesideFile = namesRole && file.Length > 0;
        options.PassedOverRole = passedOver;
        return options;
    }

    /// <exception cref="ConfFileException">Names the line.</exception>
    public static ShardOptions FromLines(IEnumerable<string> lines) => Default.Apply(RedisConf.Parse(lines.Select(ByteText.Of), RedisConf.ReadLines), "");

    /// <summary>A file of redis.conf's kind that gives the same options: what differs from the defaults.</summary>
    public string ToConf()
    {
        IEnumerable<string> renames = Renames.Select(rename => $"rename-command {rename.From} {ConfLine.Quote(rename.To)}");
        return ConfRewrite.Rewrite(renames, new Settings(this));
    }

    /// <summary>The same with one directive changed: what a program that starts a shard itself uses.</summary>
    /// <exception cref="ConfFileException">The value is refused.</exception>
    public ShardOptions With(string directive, string value)
    {
        string bytes = ByteText.Of(value);
        bool takesSeveral = DirectiveTable.Find(directive) is { TakesSeveral: true };
        List<string> words = takesSeveral && ConfLine.Split(bytes) is { Count: > 0 } several ? several : [bytes];
        return Apply([new ConfLine(directive, words, 1, $"{directive} {bytes}")], File);
    }

    /// <summary>Where to listen: each address of "bind" with the port and with the TLS port, and the Unix socket. None: it could never be reached.</summary>
    public IReadOnlyList<ListenPlace> EndPoints()
    {
        List<ListenPlace> result = ListenPlace.Of(_values["bind"], Port, TlsPort);
        if (UnixSocket.Length > 0) result.Add(new ListenPlace(new UnixDomainSocketEndPoint(UnixSocket)));
        return result;
    }

    private ShardOptions Apply(List<ConfLine> lines, string file)
    {
        ImmutableDictionary<string, string>.Builder values = _values.ToBuilder();
        var withoutEffect = WithoutEffect.ToBuilder();
        var renames = Renames.ToBuilder();
        var seen = new HashSet<string>();
        var users = new List<ConfLine>();
        foreach (ConfLine line in lines)
        {
            if (DirectiveTable.Find(line.Name) is { } directive) ApplyValue(directive, line, values, seen, withoutEffect);
            else if (line.Name == "rename-command" && line.Arguments.Count == 2) renames.Add(CommandRenames.Check(line));
            else if (line.Name == "user" && line.Arguments.Count > 0) users.Add(line);
            else if (line.Name == "loadmodule" && line.Arguments.Count > 0) throw ConfFileException.At(line.Number, line.Text, "modules are not supported by this server");
            else if (!DirectiveTable.IsObsolete(line.Name) || line.Arguments.Count != 1) throw ConfFileException.At(line.Number, line.Text, "Bad directive or wrong number of arguments");
        }

        foreach (ConfLine user in users) DefaultUser.Check(user, values["requirepass"]);
        return new ShardOptions(values.ToImmutable(), withoutEffect.ToImmutable(), renames.ToImmutable(), file);
    }

    private static void ApplyValue(
        Directive directive, ConfLine line, ImmutableDictionary<string, string>.Builder values, HashSet<string> seen, ImmutableArray<string>.Builder withoutEffect)
    {
        // One argument may hold several words, as CONFIG SET's does.
        IReadOnlyList<string> arguments = line.Arguments;
        if (directive.TakesSeveral && arguments is [{ Length: > 0 } only]) arguments = ConfLine.Split(only) ?? arguments;
        if (arguments.Count == 0) throw ConfFileException.At(line.Number, line.Text, "wrong number of arguments");

        // The first "save" line replaces the default, the others add to it.
        bool isFirst = seen.Add(directive.Name);
        string before = isFirst && directive.Kind == DirectiveKind.SavePoints ? "" : values[directive.Name];
        string? error = DirectiveValue.TryNormalize(directive, arguments, before, out string value);
        error ??= WhyRefused(directive, value);
        if (error != null) throw ConfFileException.At(line.Number, line.Text, error);

        values[directive.Name] = value;
        if (!directive.HasEffect && isFirst && !withoutEffect.Contains(directive.Name)) withoutEffect.Add(directive.Name);
    }

    private static string? WhyRefused(Directive directive, string value) => directive.Name switch
    {
        "cluster-enabled" when value == "yes" => "cluster mode is not supported by this server: put several shards behind one gateway instead",
        "activedefrag" when value == "yes" => Settings.NoDefragmentation,
        "bind" => ListenPlace.WhyUnreadable(value),
        "appendfilename" or "appenddirname" when value.Length == 0 => $"{directive.Name} can't be empty",
        "appendfilename" or "appenddirname" when value.Contains('/') => $"{directive.Name} can't be a path, just a {(directive.Name == "appenddirname" ? "dirname" : "filename")}",
        _ => null,
    };
}
