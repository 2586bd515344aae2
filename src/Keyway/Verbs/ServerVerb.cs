using System.Net.Sockets;
using Keyway.Hosting;
using Keyway.Logging;
using Keyway.Platform;
using Microsoft.Extensions.Logging;

namespace Keyway.Verbs;

/// <summary>What the verbs share that stand in for redis-server: `keyway shard` and `keyway sentinel`.</summary>
internal static class ServerVerb
{
    /// <summary>Takes --log-format, the one option that is no directive, out of the arguments.</summary>
    public static (LogFormat Format, string[] Directives) TakeFormat(string[] arguments)
    {
        int at = Array.FindIndex(arguments, argument => argument == "--log-format" || argument.StartsWith("--log-format=", StringComparison.Ordinal));
        if (at < 0) return (LogFormat.Redis, arguments);

        int equals = arguments[at].IndexOf('=');
        if (equals < 0 && at + 1 == arguments.Length) throw new UsageException("'--log-format' needs a value");
        string name = equals < 0 ? arguments[at + 1] : arguments[at][(equals + 1)..];
        return (RunVerb.Format(name), [.. arguments[..at], .. arguments[(equals < 0 ? at + 2 : at + 1)..]]);
    }

    /// <param name="file">Empty: standard output.</param>
    public static bool TryOpenLog(string file, out Stream output, out string reason)
    {
        reason = "";
        try
        {
            output = file.Length == 0 ? Console.OpenStandardOutput() : new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            output = Stream.Null;
            reason = $"can't open the log file: {failed.Message}";
            return false;
        }
    }

    /// <summary>Listens at all places; goes without those that are optional and that the system lacks.</summary>
    public static void Listen(IEnumerable<ListenPlace> places, Action<ListenPlace> listen, ILogger logger)
    {
        foreach (ListenPlace place in places)
        {
            try
            {
                listen(place);
            }
            catch (Exception missing) when (place.IsOptional && missing is SocketException or (IOException and not AddressInUseException))
            {
                HostLog.OptionalEndPoint(logger, place.EndPoint.ToString() ?? "", missing.Message);
            }
        }
    }
}
