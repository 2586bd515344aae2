using System.Text;

namespace Keyway.Protocol.Configuration;

/// <summary>
/// A configuration is bytes, like everything that clients send: inside, each character of a string stands for one. This is the border to text
/// as .NET knows it, for file names, command lines and messages.
/// </summary>
public static class ByteText
{
    public static string Of(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static string ToText(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    public static byte[] ToBytes(string bytes) => Encoding.Latin1.GetBytes(bytes);
}
