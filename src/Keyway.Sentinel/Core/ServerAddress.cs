namespace Keyway.Sentinel.Core;

/// <summary>Where an instance listens: the host as it was given, and the numeric address that it stands for.</summary>
internal sealed record ServerAddress(string Host, string Ip, int Port)
{
    /// <summary>Whether others are told the host as it was given rather than its numeric address.</summary>
    public bool AnnounceHost { get; init; }

    /// <summary>The host in events, replies, commands and the saved state.</summary>
    public string Text => AnnounceHost ? Host : Ip;

    /// <summary>The key of a replica.</summary>
    public string Name => $"{Text}:{Port}";

    // Two names of one place are one instance.
    public bool Equals(ServerAddress? other) => other is not null && Port == other.Port && Ip == other.Ip;

    public override int GetHashCode() => HashCode.Combine(Ip, Port);

    public override string ToString() => Name;
}
