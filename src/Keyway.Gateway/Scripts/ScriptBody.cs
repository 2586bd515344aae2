using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Scripts;

/// <summary>
/// EVALSHA with its script in it, as EVAL. Within a transaction NOSCRIPT would come when it is too late to load the script, and nobody can be sure that a
/// shard has what it had: it may have been started again, or have been replaced, a moment ago.
/// </summary>
internal static class ScriptBody
{
    /// <returns>Null where it is no EVALSHA, or nobody remembers the script: then it goes as it is.</returns>
    public static byte[]? PutInto(ScriptLibrary scripts, Command row, Arguments arguments)
    {
        string? name = row.Name switch { "evalsha" => "EVAL", "evalsha_ro" => "EVAL_RO", _ => null };
        if (name is null || scripts.Find(arguments[1]) is not { } script) return null;
        byte[] header = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"*{arguments.Count}\r\n${name.Length}\r\n{name}\r\n${script.Body.Length}\r\n"));
        return [.. header, .. script.Body, .. "\r\n"u8, .. arguments.Encoded(2, arguments.Count)];
    }
}
