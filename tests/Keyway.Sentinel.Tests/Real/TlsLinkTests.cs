using Keyway.Testing.RealServers;
using Keyway.Testing.Tls;

namespace Keyway.Sentinel.Tests.Real;

/// <summary>With tls-replication a sentinel speaks TLS to servers and sentinels, and with tls-port to clients.</summary>
public sealed class TlsLinkTests
{
    [Fact]
    public void Watches_a_master_that_speaks_TLS_together_with_a_real_sentinel()
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        using var certificates = new TestCertificates();
        int masterPort = ExternalServer.FreePort();
        using RedisServer master = RedisServer.Start(certificates.Directives(masterPort));
        using var real = new RealSentinel([$"sentinel monitor m1 127.0.0.1 {masterPort} 2", .. Lines(certificates)]);
        using var own = new LiveSentinel([$"sentinel monitor m1 127.0.0.1 {masterPort} 2", .. Lines(certificates)]);
        foreach (RespClient client in (RespClient[])[real.Connect(), own.Connect()])
        {
            using RespClient asked = client;
            Poll.Until(
                () => asked.Call("SENTINEL", "master", "m1") is var known && known["flags"].Text == "master" && known["num-other-sentinels"].Text == "1"
                    && asked.Call("SENTINEL", "sentinels", "m1")[0]["flags"].Text == "sentinel",
                () => $"{own.Log}\n{real.Log}");
        }

        Assert.Null(own.Bug);
    }

    private static string[] Lines(TestCertificates certificates)
    {
        string[] words = [.. certificates.Directives(ExternalServer.FreePort()), "--tls-replication", "yes"];
        return [.. Enumerable.Range(0, words.Length / 2).Select(i => $"{words[i * 2][2..]} {words[(i * 2) + 1]}")];
    }
}
