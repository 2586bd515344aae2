using System.Reflection;
using Keyway.Gateway;
using Keyway.Shard;
using Keyway.Verbs;
using Microsoft.Extensions.Logging;

namespace Keyway.Tests.Logging;

public sealed class LogIdTests
{
    [Fact]
    public void Every_message_has_an_id_of_its_own()
    {
        var messages = new[] { typeof(CommandLine), typeof(GatewayServer), typeof(ShardServer) }
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(entry => entry.Message is not null)
            .ToList();

        Assert.NotEmpty(messages);
        Assert.Empty(messages.GroupBy(entry => entry.Message!.EventId).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => $"{entry.Method.DeclaringType!.Name}.{entry.Method.Name}"))}"));
    }
}
