using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Keyway.Configuration;

/// <summary>
/// Reads YAML's parser events into positioned nodes and refuses what a map does not need: anchors, aliases, tags, second
/// documents, duplicate keys. YAML's ready-made document model stops at the first duplicate; we want every error.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 32;   // the map itself is seven deep; a bomb of brackets must not end the process

    private readonly string _source;
    private readonly Problems _problems;
    private readonly Parser _parser;

    private YamlReader(string source, string text, Problems problems)
    {
        _source = source;
        _problems = problems;
        _parser = new Parser(new StringReader(text));
    }

    /// <returns>Null when the file is empty, or after a syntax error: then that error is the only one.</returns>
    public static ConfigNode? Read(string source, string text, Problems problems, out ConfigError? syntaxError)
    {
        syntaxError = IndentationByTab(source, text);
        if (syntaxError is not null) return null;

        try
        {
            return new YamlReader(source, text, problems).ReadStream();
        }
        catch (YamlException broken)
        {
            syntaxError = Describe(source, text, broken);
            return null;
        }
    }

    private ConfigNode? ReadStream()
    {
        Advance();   // stream start
        Advance();
        if (_parser.Current is not DocumentStart) return null;

        Advance();
        ConfigNode root = ReadNode(0);
        Advance();   // document end
        if (_parser.Current is DocumentEnd) Advance();

        if (_parser.Current is DocumentStart second)
        {
            _problems.Error(At(second), "a second document begins here", "keep one document in the file: remove the '---'");

            // Read to the end all the same: a syntax error further down is still the first thing to mend.
            while (Advance())
            {
            }
        }

        return root;
    }

    /// <summary>Reads the node at the current event and stops at its last event.</summary>
    private ConfigNode ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        Position at = At(current);
        if (depth > MaxDepth) throw new SemanticErrorException(current.Start, current.End, $"Nested deeper than {MaxDepth} levels.");

        switch (current)
        {
            case AnchorAlias alias:
                _problems.Error(at, $"aliases are not read ('*{alias.Value}')", "write the value itself");
                return new RefusedNode(at);
            case NodeEvent node:
                RefuseAnchorAndTag(node, at);
                break;
        }

        switch (current)
        {
            case Scalar scalar:
                return new ScalarNode(at, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                return ReadSequence(at, depth);
            case MappingStart:
                return ReadMapping(at, depth);
            default:
                throw new SemanticErrorException(current.Start, current.End, "Something else than a value stands here.");
        }
    }

    private SequenceNode ReadSequence(Position at, int depth)
    {
        var sequence = new SequenceNode(at);
        while (Advance() && _parser.Current is not SequenceEnd)
            sequence.Items.Add(ReadNode(depth + 1));

        return sequence;
    }

    private MappingNode ReadMapping(Position at, int depth)
    {
        var mapping = new MappingNode(at);
        var seen = new Dictionary<string, Position>(StringComparer.Ordinal);

        while (Advance() && _parser.Current is not MappingEnd)
        {
            ConfigNode key = ReadNode(depth + 1);
            Advance();
            ConfigNode value = ReadNode(depth + 1);

            if (key is not ScalarNode name)
            {
                if (key is not RefusedNode) _problems.Error(key.At, "a key must be a word, not a list or a mapping", "write `key: value`");
            }
            else if (IsKeyGluedToItsValue(name, value))
            {
                int colon = name.Text.IndexOf(':');
                string rest = name.Text[(colon + 1)..];
                _problems.Error(name.At, $"'{name.Text}' is one key, since no space follows its ':'", $"write '{name.Text[..colon]}: {rest}'");

                // What was meant is plain: with it in place nothing else looks missing.
                mapping.Entries.Add((new ScalarNode(name.At, name.Text[..colon], plain: true),
                    new ScalarNode(name.At, rest.Trim('"', '\''), plain: false)));
            }
            else if (seen.TryGetValue(name.Text, out Position first))
            {
                _problems.Error(name.At, $"'{name.Text}' is there already (line {first.Line})", "remove one of them");
            }
            else
            {
                seen.Add(name.Text, name.At);
                mapping.Entries.Add((name, value));
            }
        }

        return mapping;
    }

    // {0-5460:s1} is to YAML the key "0-5460:s1" without a value.
    private static bool IsKeyGluedToItsValue(ScalarNode key, ConfigNode value) =>
        key.Plain && value is ScalarNode { Plain: true, Text: "" } && key.Text.IndexOf(':') is > 0 and var colon && colon < key.Text.Length - 1;

    private void RefuseAnchorAndTag(NodeEvent node, Position at)
    {
        if (!node.Anchor.IsEmpty)
            _problems.Error(at, $"anchors are not read ('&{node.Anchor.Value}')", "remove it, and write the value where it is used");
        if (!node.Tag.IsEmpty)
            _problems.Error(at, $"tags are not read ('{Shorten(node.Tag.Value)}')", "remove it; put quotes around what must stay text");
    }

    private static string Shorten(string tag) => tag.Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal);

    private bool Advance()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The parser gives up so on some broken input, without a place; the last good event is the nearest.
            Mark end = _parser.Current?.End ?? Mark.Empty;
            throw new SyntaxErrorException(end, end, "What follows here cannot be read.");
        }
    }

    private Position At(ParsingEvent what) => new(_source, (int)what.Start.Line, (int)what.Start.Column);

    private static ConfigError? IndentationByTab(string source, string text)
    {
        int line = 0;
        foreach (ReadOnlySpan<char> content in text.AsSpan().EnumerateLines())
        {
            line++;
            int indentation = content.IndexOfAnyExcept(' ', '\t');
            if (indentation <= 0 || content[indentation] == '#') continue;

            int tab = content[..indentation].IndexOf('\t');
            if (tab >= 0) return new ConfigError(source, line, tab + 1, "this line is indented with a tab", "YAML wants spaces");
        }

        return null;
    }

    private static ConfigError Describe(string source, string text, YamlException broken)
    {
        int line = (int)broken.Start.Line;
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');

        // "listen:127.0.0.1:6379" is no mapping to YAML, and it says so only at the next line.
        for (int candidate = line; candidate >= 1 && candidate >= line - 1; candidate--)
        {
            string content = candidate <= lines.Length ? lines[candidate - 1] : "";
            int start = content.Length - content.TrimStart(' ', '-').Length;
            int colon = start;
            while (colon < content.Length && (char.IsAsciiLetterOrDigit(content[colon]) || content[colon] is '_' or '-')) colon++;
            if (colon > start && colon + 1 < content.Length && content[colon] == ':' && content[colon + 1] != ' ')
            {
                return new ConfigError(source, candidate, colon + 1, $"no space follows the ':' of '{content[start..colon]}'",
                    $"write '{content[start..colon]}: {content[(colon + 1)..].Trim()}'");
            }
        }

        string message = broken.Message.TrimEnd('.');
        return new ConfigError(source, line, (int)broken.Start.Column, $"this is not YAML: {char.ToLowerInvariant(message[0])}{message[1..]}",
            "look at this line and the one above for a missing quote, bracket, comma or space");
    }
}
