namespace Keyway.Protocol.Configuration;

/// <summary>A configuration that must not start: the message is what redis-server prints, with the line.</summary>
public sealed class ConfFileException : Exception
{
    private ConfFileException(string message, int line) : base(message) => Line = line;

    /// <summary>Counted from 1 in its file; 0 where there is no line to name.</summary>
    public int Line { get; }

    public static ConfFileException At(int line, string text, string reason) => new(
        $"""

         *** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***
         Reading the configuration file, at line {line}
         >>> '{ByteText.ToText(text)}'
         {ByteText.ToText(reason)}

         """.ReplaceLineEndings("\n"),
        line);

    public static ConfFileException CannotOpen(string file, string reason) => new($"Fatal error, can't open config file '{file}': {reason}", 0);
}
