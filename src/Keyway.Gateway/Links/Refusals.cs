using System.Buffers.Text;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Links;

/// <summary>Tells from a reply whether its request provably did not run: the one reason, beside unsent bytes, for which it may be sent again.</summary>
internal static class Refusals
{
    private const int Slots = 16384;

    // Scripts, and commands of modules: what they answer is their authors' choice.
    private static readonly bool[] AnswersAnything = [.. CommandTable.All.Select(command => command.Group == "scripting")];

    private static readonly int Eval = CommandTable.Find("eval"u8)!.Id;
    private static readonly int EvalSha = CommandTable.Find("evalsha"u8)!.Id;

    /// <param name="reply">An error, "-CODE text\r\n".</param>
    /// <param name="command">The row of the request.</param>
    public static RefusalCode CodeOf(ReadOnlySpan<byte> reply, int command)
    {
        // Of what else servers say, nearly all begins with ERR, WRONGTYPE or OOM.
        if (reply.Length < 6 || reply[1] is (byte)'E' or (byte)'W' or (byte)'O') return RefusalCode.None;

        ReadOnlySpan<byte> text = reply[1..^2];
        int space = text.IndexOf((byte)' ');
        if (space <= 0) return RefusalCode.None;
        RefusalCode code = CodeOf(text[..space]);
        if (code == RefusalCode.None || (command < AnswersAnything.Length && !AnswersAnything[command])) return code;
        return IsServersOwn(code, text, text[(space + 1)..], command) ? code : RefusalCode.None;
    }

    private static RefusalCode CodeOf(ReadOnlySpan<byte> code) => code[0] switch
    {
        (byte)'M' when code.SequenceEqual("MOVED"u8) => RefusalCode.Moved,
        (byte)'A' when code.SequenceEqual("ASK"u8) => RefusalCode.Ask,
        (byte)'T' when code.SequenceEqual("TRYAGAIN"u8) => RefusalCode.TryAgain,
        (byte)'N' when code.SequenceEqual("NOSCRIPT"u8) => RefusalCode.NoScript,
        (byte)'R' when code.SequenceEqual("READONLY"u8) => RefusalCode.ReadOnly,
        (byte)'L' when code.SequenceEqual("LOADING"u8) => RefusalCode.Loading,
        (byte)'M' when code.SequenceEqual("MASTERDOWN"u8) => RefusalCode.MasterDown,
        (byte)'C' when code.SequenceEqual("CLUSTERDOWN"u8) => RefusalCode.ClusterDown,
        _ => RefusalCode.None,
    };

    /// <summary>
    /// Whether a server says this of a script before the script runs, and never because of what the script does. "READONLY You can't write
    /// against a read only replica." and MASTERDOWN are no proof after EVAL: redis.pcall hands a script the very same words, and by then it may
    /// have published something. A function that may write does not begin on a replica, and one that may not write never gets to READONLY.
    /// </summary>
    private static bool IsServersOwn(RefusalCode code, ReadOnlySpan<byte> text, ReadOnlySpan<byte> rest, int command) => code switch
    {
        RefusalCode.Moved or RefusalCode.Ask => IsPlace(rest),
        RefusalCode.TryAgain => text.SequenceEqual("TRYAGAIN Multiple keys request during rehashing of slot"u8),
        RefusalCode.NoScript => text.SequenceEqual("NOSCRIPT No matching script. Please use EVAL."u8) || text.SequenceEqual("NOSCRIPT No matching script."u8),
        RefusalCode.ReadOnly => command != Eval && command != EvalSha && text.SequenceEqual("READONLY You can't write against a read only replica."u8),
        RefusalCode.Loading => text.SequenceEqual("LOADING Redis is loading the dataset in memory"u8)
            || text.SequenceEqual("LOADING Valkey is loading the dataset in memory"u8),
        RefusalCode.ClusterDown => text.SequenceEqual("CLUSTERDOWN The cluster is down"u8) || text.SequenceEqual("CLUSTERDOWN Hash slot not served"u8)
            || text.SequenceEqual("CLUSTERDOWN The cluster is down and only accepts read commands"u8),
        _ => false,
    };

    // "3999 127.0.0.1:6381": a slot and where it is, nothing before, between or behind. The host is empty where a node does not know its own name.
    private static bool IsPlace(ReadOnlySpan<byte> rest)
    {
        int space = rest.IndexOf((byte)' ');
        int colon = rest.LastIndexOf((byte)':');
        return space > 0 && colon > space
            && IsNumber(rest[..space], Slots - 1)
            && IsNumber(rest[(colon + 1)..], ushort.MaxValue)
            && !rest[(space + 1)..colon].Contains((byte)' ');
    }

    private static bool IsNumber(ReadOnlySpan<byte> digits, int largest) =>
        Utf8Parser.TryParse(digits, out ushort number, out int length) && length == digits.Length && number <= largest
        && (digits[0] != '0' || digits.Length == 1) && char.IsAsciiDigit((char)digits[0]);
}
