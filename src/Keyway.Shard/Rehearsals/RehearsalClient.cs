using System.Text;
using Keyway.Platform;

namespace Keyway.Shard.Rehearsals;

/// <summary>Says its lines as fast as they are taken, and hears nothing. Who says QUIT at the end is done when the server hangs up.</summary>
internal sealed class RehearsalClient(IReadOnlyList<string> lines, Action whenDone) : ConnectionHandler
{
    private readonly byte[] _requests = Encode(lines);
    private int _sent;

    public override void OnConnected() => OnWritable();

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
    }

    public override void OnWritable() => _sent += Connection.Send(_requests.AsSpan(_sent));

    public override void OnClosed(Exception? error) => whenDone();

    private static byte[] Encode(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder();
        foreach (string line in lines)
        {
            string[] words = line.Split(' ');
            text.Append('*').Append(words.Length).Append("\r\n");
            foreach (string word in words) text.Append('$').Append(word.Length).Append("\r\n").Append(word).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
