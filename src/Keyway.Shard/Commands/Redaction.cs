using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Commands;

/// <summary>Which arguments are secrets: the slow log and MONITOR show a placeholder in their place.</summary>
internal static class Redaction
{
    public static ReadOnlySpan<byte> Placeholder => "(redacted)"u8;

    public static bool Hides(Command command, in Arguments arguments, int index) => command.Name switch
    {
        "auth" => index > 0,
        "hello" => IsAfterAuth(arguments, index),
        "config|set" => index >= 3 && index % 2 == 1 && DirectiveTable.Find(ByteText.Of(arguments[index - 1])) is { IsSensitive: true },
        "migrate" => IsAfterAuth(arguments, index),
        _ => false,
    };

    // AUTH user password, AUTH2 user password, and MIGRATE's AUTH password. A user's name is none of anybody's business either.
    private static bool IsAfterAuth(in Arguments arguments, int index) =>
        (index >= 2 && IsAuth(arguments[index - 1])) || (index >= 3 && IsAuth(arguments[index - 2]));

    private static bool IsAuth(ReadOnlySpan<byte> word) => Word.Is(word, "AUTH"u8) || Word.Is(word, "AUTH2"u8);
}
