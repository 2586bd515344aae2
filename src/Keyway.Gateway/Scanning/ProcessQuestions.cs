using System.Text;
using Keyway.Gateway.Links;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Scanning;

/// <summary>Asks the server at the other end of a link which process it is: once for each link, when somebody first walks through its keys.</summary>
internal sealed class ProcessQuestions
{
    private static readonly int Info = CommandTable.Find("info"u8)!.Id;

    private readonly Dictionary<uint, SharedLink> _asked = [];
    private uint _next;

    public void Ask(SharedLink link)
    {
        if (link.Process is not null) return;
        link.Process = ServerProcess.Asked;
        _asked[_next] = link;
        link.Send("*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n"u8, InFlight.Question, _next++, Info);
    }

    public void OnAnswer(uint number, ReadOnlySpan<byte> reply)
    {
        if (!_asked.Remove(number, out SharedLink? link)) return;
        link.Process = Read(reply);
        link.Backend.OnProcessKnown();
    }

    /// <summary>No answer will come; whoever waits for it is told of the link's end like everybody else.</summary>
    public void OnFailure(uint number)
    {
        if (_asked.Remove(number, out SharedLink? link)) link.Process = null;
    }

    private static ServerProcess Read(ReadOnlySpan<byte> reply)
    {
        if (reply[0] is (byte)'-' or (byte)'!') return new ServerProcess(0, Encoding.UTF8.GetString(reply[1..^2]));

        // "run_id:0123…": forty digits.
        int start = reply.IndexOf("\nrun_id:"u8);
        if (start < 0) return new ServerProcess(0, "ERR INFO tells no run_id");
        ReadOnlySpan<byte> id = reply[(start + "\nrun_id:".Length)..];
        int end = id.IndexOfAny((byte)'\r', (byte)'\n');
        return new ServerProcess(Stamp.Add(Stamp.Start, end < 0 ? id : id[..end]));
    }
}
