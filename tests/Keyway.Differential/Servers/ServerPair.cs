using Keyway.Differential.Comparison;

namespace Keyway.Differential.Servers;

/// <summary>The judge and the contestant.</summary>
internal sealed class ServerPair(Server reference, Server subject) : IDisposable
{
    public Side Reference { get; } = new(reference);

    public Side Subject { get; } = new(subject);

    /// <summary>Set: what they tell their replicas is compared too.</summary>
    public StreamComparer? Streams { get; set; }

    /// <summary>A setting that is not put back where it would be without anybody's asking.</summary>
    public string KeptSetting
    {
        init => Reference.KeptSetting = Subject.KeptSetting = value;
    }

    /// <summary>Both empty, alike and with new connections.</summary>
    public void Reset(int protocol, int connections)
    {
        Reference.Reset(protocol, connections);
        Subject.Reset(protocol, connections);
    }

    public void Dispose()
    {
        Reference.Dispose();
        Subject.Dispose();
        Reference.Server.Dispose();
        Subject.Server.Dispose();
    }
}
