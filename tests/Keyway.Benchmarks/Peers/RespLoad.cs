using System.Globalization;
using System.Text;

namespace Keyway.Benchmarks.Peers;

/// <summary>Sends commands in long pipelines and looks at every reply: to fill a server, not to measure it.</summary>
internal sealed class RespLoad(int port) : IDisposable
{
    private const int Pipeline = 1000;

    private readonly RespClient _client = new(port, timeoutMs: 120_000);
    private readonly StringBuilder _requests = new();
    private int _waiting;

    public void Add(params string[] arguments)
    {
        _requests.Append(CultureInfo.InvariantCulture, $"*{arguments.Length}\r\n");
        foreach (string argument in arguments) _requests.Append(CultureInfo.InvariantCulture, $"${argument.Length}\r\n{argument}\r\n");
        if (++_waiting == Pipeline) Finish();
    }

    /// <exception cref="InvalidOperationException">The server refused something.</exception>
    public void Finish()
    {
        _client.Send(Encoding.ASCII.GetBytes(_requests.ToString()));
        _requests.Clear();
        for (; _waiting > 0; _waiting--)
        {
            byte[] reply = _client.ReadReply();
            if (reply[0] == '-') throw new InvalidOperationException($"refused: {Encoding.ASCII.GetString(reply).Trim()}");
        }
    }

    public void Dispose() => _client.Dispose();
}
