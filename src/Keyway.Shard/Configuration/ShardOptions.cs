using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Keyway.Shard.Configuration;

/// <summary>With what a shard server starts: every directive of redis.conf, checked.</summary>
public sealed class ShardOptions
{
    private readonly ImmutableDictionary<string, string> _values;

    private ShardOptions(ImmutableDictionary<string, string> values, ImmutableArray<string> withoutEffect)
    {
        _values = values;
        WithoutEffect = withoutEffect;
    }

    public static ShardOptions Default { get; } = new(
        DirectiveTable.All.ToImmutableDictionary(directive => directive.Name, directive => directive.Default), []);

    /// <summary>Directives that were given and that this server accepts without doing anything by them; the log names each once.</summary>
    public ImmutableArray<string> WithoutEffect { get; }

    public int Port => int.Parse(_values["port"]);

    public int Backlog => int.Parse(_values["tcp-backlog"]);

    public int Databases => int.Parse(_values["databases"]);

    /// <summary>Empty: none.</summary>
    public string UnixSocket => _values["unixsocket"];

    /// <summary>Null leaves the mode of the Unix socket to the umask.</summary>
    public UnixFileMode? UnixSocketMode => _values["unixsocketperm"] is "0" ? null : (UnixFileMode)Convert.ToInt32(_values["unixsocketperm"], 8);

    internal IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>An optional configuration file and <c>--directive value …</c>, as redis-server takes them.</summary>
    /// <exception cref="ConfFileException">Names the line.</exception>
    public static ShardOptions FromCommandLine(IReadOnlyList<string> arguments) => From(RedisConf.ParseCommandLine(arguments));

    /// <exception cref="ConfFileException">Names the line.</exception>
    public static ShardOptions FromLines(IEnumerable<string> lines) => From(RedisConf.Parse(lines, File.ReadAllLines));

    /// <summary>The same with one directive changed: what a program that starts a shard itself uses.</summary>
    /// <exception cref="ConfFileException">The value is refused.</exception>
    public ShardOptions With(string directive, string value) => Apply([new ConfLine(directive, ConfLine.Split(value) is { Count: > 0 } words ? words : [value], 1, $"{directive} {value}")]);

    /// <summary>Where to listen: each address of "bind" with the port, and the Unix socket.</summary>
    public IReadOnlyList<(EndPoint EndPoint, bool IsOptional)> EndPoints()
    {
        var result = new List<(EndPoint, bool)>();
        if (Port != 0)
        {
            foreach (string word in _values["bind"].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                // "-" before an address: go without it where the system lacks it.
                bool isOptional = word.StartsWith('-');
                string host = isOptional ? word[1..] : word;
                result.Add((new IPEndPoint(ParseAddress(host), Port), isOptional));
            }
        }

        if (UnixSocket.Length > 0) result.Add((new UnixDomainSocketEndPoint(UnixSocket), false));
        return result;
    }

    private static ShardOptions From(List<ConfLine> lines) => Default.Apply(lines);

    private ShardOptions Apply(List<ConfLine> lines)
    {
        ImmutableDictionary<string, string>.Builder values = _values.ToBuilder();
        var withoutEffect = WithoutEffect.ToBuilder();
        var seen = new HashSet<string>();
        foreach (ConfLine line in lines)
        {
            Directive directive = DirectiveTable.Find(line.Name) ?? throw ConfFileException.At(line.Number, line.Text, "Bad directive or wrong number of arguments");

            // The first "save" line replaces the default, the others add to it.
            bool isFirst = seen.Add(directive.Name);
            string before = isFirst && directive.Kind == DirectiveKind.SavePoints ? "" : values[directive.Name];
            string? error = DirectiveValue.TryNormalize(directive, line.Arguments, before, out string value);
            error ??= WhyRefused(directive, value);
            if (error != null) throw ConfFileException.At(line.Number, line.Text, error);

            values[directive.Name] = value;
            if (!directive.HasEffect && isFirst && !withoutEffect.Contains(directive.Name)) withoutEffect.Add(directive.Name);
        }

        return new ShardOptions(values.ToImmutable(), withoutEffect.ToImmutable());
    }

    private static string? WhyRefused(Directive directive, string value)
    {
        switch (directive.Name)
        {
            case "cluster-enabled" when value == "yes":
                return "cluster mode is not supported by this server: put several shards behind one gateway instead";
            case "replicaof" when value is not ("" or "no one"):
                return "replication is not supported by this server yet";
            case "bind":
                string? unreadable = value.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => !IsAddress(word.TrimStart('-')));
                return unreadable == null ? null : $"'{unreadable}' is not an IP address";
            default:
                return null;
        }
    }

    private static bool IsAddress(string host) => host is "*" or "::*" or "localhost" || IPAddress.TryParse(host, out _);

    private static IPAddress ParseAddress(string host) => host switch
    {
        "*" => IPAddress.Any,
        "::*" => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(host),
    };
}
