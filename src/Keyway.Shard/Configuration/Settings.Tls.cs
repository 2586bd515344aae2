using Keyway.Platform.Tls;
using Keyway.Protocol.Configuration;

namespace Keyway.Shard.Configuration;

/// <summary>The directives that begin with tls-.</summary>
internal sealed partial class Settings
{
    public int TlsPort { get; private set; }

    public bool TlsReplication => IsYes("tls-replication");

    public bool TlsCluster => IsYes("tls-cluster");

    private TlsDirectives TlsDirectives => new(name => ByteText.ToText(_values[name]), ByteText.ToText(_values["dir"]));

    /// <summary>With what listeners speak TLS.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    public TlsOptions Tls() => TlsDirectives.OfListeners(TlsReplication || TlsCluster);

    /// <summary>With what a connection to a master speaks TLS: with the certificate for clients, where there is one, or the server's.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or unknown.</exception>
    public TlsOptions TlsToMaster() => TlsDirectives.OfConnections(TlsReplication || TlsCluster);

    private void RefreshTls() => TlsPort = (int)Number("tls-port");
}
