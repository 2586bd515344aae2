using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Monitoring;

/// <summary>One request as MONITOR shows it: +1700000000.123456 [0 127.0.0.1:5000] "set" "key" "value".</summary>
internal static class MonitorLine
{
    // A line of a large value helps nobody, and escaped it would be four times as long.
    private const int MostArgumentBytes = 16 * 1024;

    public static void Write(IBufferWriter<byte> target, ClientSession session, Command row, Arguments arguments)
    {
        long microseconds = (session.Loop.Info.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        EndPoint? remote = session.Connection.RemoteEndPoint;
        string source = remote is IPEndPoint ? session.Address : $"unix:{session.Connection.LocalEndPoint}";
        target.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"+{microseconds / 1_000_000}.{microseconds % 1_000_000:D6} [{session.State.Database} {source}]")));
        for (int i = 0; i < arguments.Count; i++)
        {
            target.Write(" \""u8);
            ReadOnlySpan<byte> argument = Hides(row, arguments, i) ? "(redacted)"u8 : arguments[i];
            WriteEscaped(target, argument[..Math.Min(argument.Length, MostArgumentBytes)]);
            if (argument.Length > MostArgumentBytes) target.Write(Encoding.ASCII.GetBytes($"... ({argument.Length - MostArgumentBytes} more bytes)"));
            target.Write("\""u8);
        }
        target.Write("\r\n"u8);
    }

    // Passwords, and the names that go with them.
    private static bool Hides(Command row, Arguments arguments, int index) => row.Name switch
    {
        "auth" => index > 0,
        "hello" => IsAuth(arguments, index - 1) || IsAuth(arguments, index - 2),
        _ => false,
    };

    private static bool IsAuth(Arguments arguments, int index) => index > 1 && Ascii.EqualsIgnoreCase(arguments[index], "AUTH"u8);

    private static void WriteEscaped(IBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        Span<byte> escaped = target.GetSpan(text.Length * 4);
        int length = 0;
        foreach (byte b in text)
        {
            byte letter = b switch
            {
                (byte)'\\' or (byte)'"' => b,
                (byte)'\n' => (byte)'n',
                (byte)'\r' => (byte)'r',
                (byte)'\t' => (byte)'t',
                (byte)'\a' => (byte)'a',
                (byte)'\b' => (byte)'b',
                _ => 0,
            };
            if (letter != 0)
            {
                escaped[length++] = (byte)'\\';
                escaped[length++] = letter;
            }
            else if (b is >= (byte)' ' and <= (byte)'~')
            {
                escaped[length++] = b;
            }
            else
            {
                escaped[length++] = (byte)'\\';
                escaped[length++] = (byte)'x';
                escaped[length++] = digits[b >> 4];
                escaped[length++] = digits[b & 15];
            }
        }
        target.Advance(length);
    }
}
