namespace Keyway.Sentinel.Configuration;

/// <summary>What holds for all masters; SENTINEL CONFIG SET changes it.</summary>
internal sealed class GlobalSettings
{
    /// <summary>Host names are taken for addresses too.</summary>
    public bool ResolveHostnames { get; set; }

    /// <summary>Others are told the names rather than what they stand for.</summary>
    public bool AnnounceHostnames { get; set; }

    /// <summary>What others are told to reach this sentinel at; empty: the local end of each link.</summary>
    public string AnnounceIp { get; set; } = "";

    /// <summary>0: the port that it listens on.</summary>
    public int AnnouncePort { get; set; }

    /// <summary>As whom it logs in to other sentinels; empty: as their default user.</summary>
    public string SentinelUser { get; set; } = "";

    /// <summary>Empty: what clients must give here.</summary>
    public string SentinelPassword { get; set; } = "";

    /// <summary>SENTINEL SET may not name scripts: who can speak to this sentinel could have it run anything.</summary>
    public bool DenyScriptsReconfig { get; set; } = true;
}
