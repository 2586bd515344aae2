using System.Globalization;
using System.Text;
using Keyway.Protocol;

namespace Keyway.Gateway.Links;

/// <summary>
/// What is said on a new link before any request: HELLO 3 or AUTH, then SELECT, READONLY to a cluster's replica, and PING where the shard was down and must prove itself.
/// It is answered in full before a request follows, so that a link never changes what it is.
/// </summary>
internal sealed class LinkHandshake
{
    private readonly string[] _steps;
    private int _answered;

    private LinkHandshake(byte[] request, string[] steps)
    {
        Request = request;
        _steps = steps;
    }

    public byte[] Request { get; }

    public bool IsDone => _answered == _steps.Length;

    public static LinkHandshake For(ShardDefinition shard, LinkKey key, bool probe, bool readOnly = false)
    {
        var request = new StringBuilder();
        var steps = new List<string>();
        void Say(string step, params string[] words)
        {
            request.Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
            foreach (string word in words)
                request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
            steps.Add(step);
        }

        if (key.Resp3)
        {
            if (shard.Password is null) Say("HELLO", "HELLO", "3");
            else Say("HELLO", "HELLO", "3", "AUTH", shard.User ?? "default", shard.Password);
        }
        else if (shard.Password is not null)
        {
            if (shard.User is null) Say("AUTH", "AUTH", shard.Password);
            else Say("AUTH", "AUTH", shard.User, shard.Password);
        }
        if (key.Database != 0) Say("SELECT", "SELECT", key.Database.ToString(CultureInfo.InvariantCulture));
        if (readOnly) Say("READONLY", "READONLY");
        if (probe) Say("PING", "PING");
        return new LinkHandshake(Encoding.UTF8.GetBytes(request.ToString()), [.. steps]);
    }

    /// <summary>Takes the next answer.</summary>
    /// <returns>Null while all is well; otherwise why the link cannot serve, in words for the client.</returns>
    public HandshakeRefusal? Answer(ReadOnlySpan<byte> reply)
    {
        string step = _steps[_answered++];
        if (reply[0] is not ((byte)'-' or (byte)'!')) return null;

        string text = Encoding.UTF8.GetString(ErrorText(reply));

        // A PING that is answered by an error was still answered: MASTERDOWN and its kind are for the client to see. But a server that is full
        // says so to whatever comes first, and hangs up; one that wants a password would tell clients of it, who have none to give; and one that is
        // loading its data serves nobody until it has it, PING included.
        var refusal = new HandshakeRefusal(step, text);
        return step == "PING" && !refusal.IsLoading && !refusal.IsToUs ? null : refusal;
    }

    private static ReadOnlySpan<byte> ErrorText(ReadOnlySpan<byte> reply)
    {
        // "-ERR text\r\n" or "!21\r\nERR text\r\n"
        if (reply[0] == '!') reply = reply[(reply.IndexOf((byte)'\n') + 1)..];
        else reply = reply[1..];
        return reply[..^2];
    }
}

/// <param name="Step">HELLO, AUTH, SELECT, READONLY or PING.</param>
/// <param name="Text">The shard's own words.</param>
internal sealed record HandshakeRefusal(string Step, string Text)
{
    /// <summary>Not the command was refused, but we.</summary>
    public bool IsToUs => Text.StartsWith("ERR max number of clients", StringComparison.Ordinal) || WantsPassword || Text.StartsWith("DENIED ", StringComparison.Ordinal);

    /// <summary>A database that the shard does not have is the client's own error, in the shard's words.</summary>
    public string? Verbatim => Step == "SELECT" && !IsToUs ? Text : null;

    private bool WantsPassword => Text.StartsWith("NOAUTH ", StringComparison.Ordinal);

    /// <summary>Nothing is wrong with the link; the shard needs time.</summary>
    public bool IsLoading => Step == "PING" && Text.StartsWith("LOADING ", StringComparison.Ordinal);
}
