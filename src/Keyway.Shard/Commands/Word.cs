namespace Keyway.Shard.Commands;

/// <summary>Options and subcommands are ASCII words in any case.</summary>
internal static class Word
{
    public static bool Is(ReadOnlySpan<byte> argument, ReadOnlySpan<byte> word) =>
        argument.Length == word.Length && System.Text.Ascii.EqualsIgnoreCase(argument, word);
}
