using Keyway.Platform.Tls;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Shard;

public sealed partial class ShardServer
{
    private const string TlsNotUpdated = "Unable to update TLS configuration. Check server logs.";
    private const long HandshakeWarningMs = 1000;

    private TlsServerSettings? _tls;
    private long _nextHandshakeWarningMs;

    /// <summary>How to connect to a master; null: in plain bytes.</summary>
    internal TlsClientSettings? TlsToMaster { get; private set; }

    private bool NeedsTls => Settings.TlsPort != 0 || Settings.TlsReplication || Settings.TlsCluster;

    /// <summary>A client's connection has broken. What never became one that could speak is told as Redis does, but not more often than is of use.</summary>
    internal void NoteBroken(ClientSession client, Exception error)
    {
        if (error is not TlsException { IsHandshake: true })
        {
            ShardLog.ClientBroken(Logger, client.Id, client.Address, error.Message);
        }
        else if (Loop.NowMs < _nextHandshakeWarningMs)
        {
            ShardLog.AnotherHandshakeFailed(Logger, client.Address, error.Message);
        }
        else
        {
            _nextHandshakeWarningMs = Loop.NowMs + HandshakeWarningMs;
            ShardLog.HandshakeFailed(Logger, error.Message, client.Address);
        }
    }

    /// <summary>Reads the certificates. Connections that are there keep theirs; new ones get these.</summary>
    /// <exception cref="TlsConfigurationException">Something is missing or wrong; what held before still holds.</exception>
    private void ConfigureTls()
    {
        TlsServerSettings server = TlsServerSettings.Load(Settings.Tls());
        TlsToMaster = Settings.TlsReplication ? TlsClientSettings.Load(Settings.TlsToMaster()) : null;
        _tls = server;
        _listeners.SetTls(server);
    }

    private bool TryConfigureTls()
    {
        try
        {
            ConfigureTls();
            return true;
        }
        catch (TlsConfigurationException wrong)
        {
            ShardLog.TlsNotConfigured(Logger, wrong.Message);
            return false;
        }
    }

    /// <summary>The settings are as they were; so is what was applied of them before one was found impossible. That one has changed nothing.</summary>
    private void RestoreListening(IReadOnlyList<Directive> changed, int failed)
    {
        if (NeedsTls && changed.Any(directive => directive.Name.StartsWith("tls-", StringComparison.Ordinal))) TryConfigureTls();
        if (changed.Take(failed).Any(directive => directive.Name is "port" or "bind" or "tls-port")) TryListenAnew();
    }
}
