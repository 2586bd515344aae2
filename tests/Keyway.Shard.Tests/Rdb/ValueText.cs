using Keyway.Testing.RealServers;

namespace Keyway.Shard.Tests.Rdb;

/// <summary>A key's value as text that is the same wherever it is the same value, by commands that every server has.</summary>
internal static class ValueText
{
    /// <param name="key">Whose value it is.</param>
    /// <param name="call">Executes a command on the server.</param>
    public static string Of(string key, Func<string[], RespValue> call) => $"{call(["OBJECT", "ENCODING", key]).Text} {WithoutEncoding(key, call)}";

    /// <summary>Without the name of its encoding, which tells of a string whether it has been changed.</summary>
    public static string WithoutEncoding(string key, Func<string[], RespValue> call)
    {
        string type = call(["TYPE", key]).Text;
        string value = type switch
        {
            "string" => call(["GET", key]).Text,
            "list" => call(["LRANGE", key, "0", "-1"]).ToString(),
            "set" => string.Join(' ', call(["SMEMBERS", key]).Texts.Order(StringComparer.Ordinal)),
            "hash" => string.Join(' ', Pairs(call(["HGETALL", key]).Texts).Order(StringComparer.Ordinal)),
            "zset" => call(["ZRANGE", key, "0", "-1", "WITHSCORES"]).ToString(),
            "stream" => call(["XINFO", "STREAM", key, "FULL", "COUNT", "0"]).ToString(),
            _ => "",
        };
        return $"{type} {value}";
    }

    private static IEnumerable<string> Pairs(string[] texts)
    {
        for (int i = 0; i + 1 < texts.Length; i += 2) yield return $"{texts[i]}={texts[i + 1]}";
    }
}
