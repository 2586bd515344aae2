using System.Security.Cryptography;
using System.Text;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Users;

/// <summary>Who a client is, and what it may do. Immutable; a reload makes another one.</summary>
public sealed class User
{
    public const string DefaultName = "default";

    private readonly byte[]? _digest;
    private readonly byte[][]? _prefixes;

    /// <exception cref="ArgumentException">A rule names an unknown command; the loader has told people so with lines, this is the last guard.</exception>
    public User(UserDefinition definition, bool isOn = true)
    {
        Name = definition.Name;
        IsOn = isOn;
        Map = definition.Map;
        NameBytes = Encoding.UTF8.GetBytes(Name);
        if (definition.Password is not null) _digest = SHA256.HashData(Encoding.UTF8.GetBytes(definition.Password));
        string? wrong = null;
        Commands = definition.Allow is null ? CommandRules.All
            : CommandRules.Parse(definition.Allow, out wrong) ?? throw new ArgumentException($"No command or category '{wrong}'.", nameof(definition));
        if (definition.Keys is { } keys && !keys.Contains("")) _prefixes = [.. keys.Select(Encoding.UTF8.GetBytes)];
    }

    public string Name { get; }

    public byte[] NameBytes { get; }

    /// <summary>False for a default user that nobody can become: there are other users, and it has no password.</summary>
    public bool IsOn { get; }

    /// <summary>Clients are this user before they have said anything.</summary>
    public bool NeedsNoPassword => IsOn && _digest is null;

    public CommandRules Commands { get; }

    /// <summary>Where its keys live instead of where the pool's map says.</summary>
    public PartitionMap? Map { get; }

    /// <summary>Whether its requests have to be looked at.</summary>
    public bool IsRestricted => !Commands.AllowsAll || _prefixes is not null;

    public bool TouchesAllKeys => _prefixes is null;

    public IReadOnlyList<byte[]> Prefixes => _prefixes ?? [];

    /// <summary>As ACL shows it; null without a password.</summary>
    public string? PasswordDigest => _digest is null ? null : Convert.ToHexStringLower(_digest);

    /// <summary>
    /// Digests of equal length are compared in equal time: how long it takes tells nothing of where, or at what length, two passwords begin to differ.
    /// A user that is off does the same work.
    /// </summary>
    public bool Accepts(ReadOnlySpan<byte> password)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, given);
        bool same = CryptographicOperations.FixedTimeEquals(given, _digest ?? given);
        return same & IsOn;
    }

    /// <summary>A key, or the name of a channel, which is held to the same prefixes.</summary>
    public bool MayTouch(ReadOnlySpan<byte> key)
    {
        if (_prefixes is null) return true;
        foreach (byte[] prefix in _prefixes)
        {
            if (key.StartsWith(prefix)) return true;
        }
        return false;
    }

    /// <summary>A pattern of channels: as in Redis it must be what the user has been given, word for word.</summary>
    public bool MayMatch(ReadOnlySpan<byte> pattern)
    {
        if (_prefixes is null) return true;
        foreach (byte[] prefix in _prefixes)
        {
            if (pattern.Length == prefix.Length + 1 && pattern.StartsWith(prefix) && pattern[^1] == '*') return true;
        }
        return false;
    }

    public bool MayRun(Command row) => Commands.Allows(row);

    /// <summary>"user app on #… ~user:* resetchannels &amp;user:* -@all +@read".</summary>
    public string Describe()
    {
        string password = _digest is null ? (IsOn ? " nopass" : "") : " #" + PasswordDigest;
        return $"user {Name} {(IsOn ? "on" : "off")}{password} {KeyText} {(_prefixes is null ? "" : "resetchannels ")}{ChannelText} {Commands.Text}";
    }

    public string KeyText => Patterns('~');

    public string ChannelText => Patterns('&');

    private string Patterns(char sign) => _prefixes is null ? sign + "*" : string.Join(' ', _prefixes.Select(prefix => sign + Encoding.UTF8.GetString(prefix) + "*"));
}
