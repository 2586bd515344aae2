using System.Globalization;
using System.Text;
using Keyway.Client;
using Keyway.Configuration;

namespace Keyway.Verbs;

/// <summary>keyway call [-h HOST] [-p PORT] [-a PASSWORD] [-3] CMD ARG…</summary>
internal static class CallVerb
{
    public static int Run(VerbContext context, string[] arguments)
    {
        // Options end where the command begins: what follows it is the command's own, dashes included.
        int command = CommandAt(arguments);
        Arguments parsed = Arguments.Parse(arguments[..command], ["-h", "-p", "-a"], ["-3", "--raw", "--no-raw"]);
        if (command == arguments.Length) throw new UsageException("a command is missing");

        string host = parsed.Value("-h") ?? "127.0.0.1";
        string port = parsed.Value("-p") ?? "6379";
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
            throw new UsageException($"'{port}' is no port");

        bool isRaw = parsed.Has("--raw") || (Console.IsOutputRedirected && !parsed.Has("--no-raw"));
        try
        {
            using RedisConnection server = RedisConnection.Open(Address.Tcp(host, number).ToEndPoint(), limit: null);
            if (!IsIntroduced(context, parsed, server)) return ExitCode.Runtime;

            RedisReply reply = server.Call(arguments[command..]);
            Write(context, isRaw ? ReplyPrinter.Raw(reply) + (reply.IsError ? "" : "\n") : ReplyPrinter.Human(reply));
            return reply.IsError ? ExitCode.Runtime : ExitCode.Ok;
        }
        catch (IOException failed)
        {
            context.Error.WriteLine($"keyway call: {failed.Message}");
            return ExitCode.Runtime;
        }
    }

    private static int CommandAt(string[] arguments)
    {
        int at = 0;
        while (at < arguments.Length && arguments[at].StartsWith('-')) at += arguments[at] is "-h" or "-p" or "-a" ? 2 : 1;
        return Math.Min(at, arguments.Length);
    }

    private static bool IsIntroduced(VerbContext context, Arguments parsed, RedisConnection server)
    {
        string? password = parsed.Value("-a");
        RedisReply? reply = null;
        if (parsed.Has("-3")) reply = password is null ? server.Call("HELLO", "3") : server.Call("HELLO", "3", "AUTH", "default", password);
        else if (password is not null) reply = server.Call("AUTH", password);

        if (reply is { IsError: true }) context.Error.WriteLine($"keyway call: {reply.Text}");
        return reply is not { IsError: true };
    }

    // Values are bytes: to a stream they go as they came.
    private static void Write(VerbContext context, string latin1)
    {
        if (ReferenceEquals(context.Out, Console.Out))
        {
            using Stream output = Console.OpenStandardOutput();
            output.Write(Encoding.Latin1.GetBytes(latin1));
        }
        else
        {
            context.Out.Write(latin1);
        }
    }
}
