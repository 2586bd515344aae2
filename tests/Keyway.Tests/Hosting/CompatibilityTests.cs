using Keyway.Compatibility;
using Keyway.Testing.RealServers;

namespace Keyway.Tests.Hosting;

/// <summary>The short form of Keyway.Compatibility: libraries and applications, unmodified, over two real servers.</summary>
public sealed class CompatibilityTests(CompatibilityTests.Gateway gateway) : IClassFixture<CompatibilityTests.Gateway>
{
    public static TheoryData<string> Quick => [.. Subjects.All.Where(subject => subject.IsQuick).Select(subject => subject.Name)];

    [Theory]
    [MemberData(nameof(Quick))]
    public void It_works_as_with_one_server(string name)
    {
        Assert.SkipWhen(RedisServer.Unavailable is not null, RedisServer.Unavailable ?? "");
        Outcome outcome = Trial.Run(Subjects.All.Single(subject => subject.Name == name), gateway.Started);
        if (outcome.Works is null && Environment.GetEnvironmentVariable("KEYWAY_REQUIRE_CLIENTS") == "1") Assert.Fail($"{name} is not installed: {outcome.Text}");
        Assert.SkipWhen(outcome.Works is null, $"not installed: {outcome.Text}");
        Assert.True(outcome.Works, $"{outcome.Text}\n{gateway.Started.Output}");
    }

    /// <summary>One for all of them; none where there is no server to put behind it.</summary>
    public sealed class Gateway : IDisposable
    {
        private readonly Lazy<GatewayUnderTest> _started = new(() => new GatewayUnderTest());

        public GatewayUnderTest Started => _started.Value;

        public void Dispose()
        {
            if (_started.IsValueCreated) _started.Value.Dispose();
        }
    }
}
