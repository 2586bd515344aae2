using System.Text;
using Keyway.Testing.RealServers;

namespace Keyway.Protocol.Tests.Commands;

/// <summary>A request as bytes with the places of its arguments; strings are Latin-1.</summary>
public sealed class EncodedRequest
{
    private readonly byte[] _bytes;
    private readonly ArgumentRange[] _ranges;
    private readonly int _firstHeader;

    public EncodedRequest(params string[] arguments)
    {
        Texts = arguments;
        _bytes = RespClient.Encode(arguments);
        _ranges = new ArgumentRange[arguments.Length];
        int position = _firstHeader = 1 + $"{arguments.Length}".Length + 2;
        for (int i = 0; i < arguments.Length; i++)
        {
            position += 1 + $"{arguments[i].Length}".Length + 2;
            _ranges[i] = new ArgumentRange(position, arguments[i].Length);
            position += arguments[i].Length + 2;
        }
    }

    public string[] Texts { get; }

    public Arguments Arguments => new(_bytes, _ranges, _firstHeader);

    /// <summary>What it would be if only so many arguments had come.</summary>
    public Arguments First(int count) => new(_bytes, _ranges.AsSpan(0, count), _firstHeader);

    public override string ToString() => string.Join(' ', Texts.Select(text => text.Length == 0 || text.Contains(' ') ? $"'{text}'" : text));

    /// <summary>Runs what writes a reply and returns its bytes.</summary>
    public static byte[] Written(Action<ReplyBuffer> write)
    {
        var reply = new ReplyBuffer(new BufferPool(1024 * 1024));
        write(reply);
        var bytes = new byte[reply.Length];
        reply.CopyTo(bytes);
        reply.Clear();
        return bytes;
    }

    public static string WrittenText(Action<ReplyBuffer> write) => Encoding.Latin1.GetString(Written(write));
}
