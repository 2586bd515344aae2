using Keyway.Gateway.Local;
using Keyway.Gateway.Tests.Harness;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Tests.Session;

/// <summary>Whatever the gateway answers itself has exactly one place in EXEC's reply, or is refused while it is queued.</summary>
public sealed class LocalInTransactionTests
{
    public static TheoryData<string> Names => [.. LocalCommands.Names.Where(name => name is not ("quit" or "reset" or "auth" or "hello")), "client|setinfo", "keyway"];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_reply_each(string name)
    {
        TestGateway gateway = TestGateway.With(["a"], loops: 2);
        TestClient client = gateway.Connect();
        int arity = name switch { "client|setinfo" => 4, "keyway" => 3, _ => Math.Abs(CommandTable.FindFullName(System.Text.Encoding.ASCII.GetBytes(name))!.Arity) };
        string[] words = [.. name.Split('|')];
        string request = string.Join(' ', words.Concat(Enumerable.Repeat("1", Math.Max(0, arity - words.Length))));

        client.Send("MULTI", request, "EXEC", "ECHO end");

        string reply = client.Take();
        Assert.EndsWith("$3\r\nend\r\n", reply);
        string rest = reply["+OK\r\n".Length..^"$3\r\nend\r\n".Length];
        if (rest.StartsWith('-')) Assert.EndsWith("-EXECABORT Transaction discarded because of previous errors.\r\n", rest);
        else Assert.Matches("^\\+QUEUED\r\n\\*1\r\n[^\r]", rest);
    }
}
