using System.Text;

namespace Keyway.Protocol.Tests;

/// <summary>Bytes as Latin-1 text, so that tests can show them.</summary>
internal static class RespText
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static string[] Contents(Arguments arguments)
    {
        string[] contents = new string[arguments.Count];
        for (int i = 0; i < contents.Length; i++) contents[i] = Text(arguments[i]);
        return contents;
    }

    public static string Text(ReplyBuffer buffer)
    {
        byte[] bytes = new byte[buffer.Length];
        buffer.CopyTo(bytes);
        return Text(bytes);
    }
}
