using System.Collections.Immutable;

namespace Keyway.Protocol.Commands;

/// <summary>
/// Reads the notation in which the table describes arguments:
/// <code>
/// key            an argument; its type is key if it is named so, otherwise string
/// count:int      an argument of another type: int, double, key, pattern, unix, string
/// COUNT 'x'      words that stand for themselves
/// [COUNT n:int]  may be left out; a word before something is its token
/// (a | b)        one of these
/// (a b)          these together
/// a...           once or several times; [GET a]... repeats GET as well, [GET a...] does not
/// </code>
/// </summary>
internal ref struct SyntaxReader
{
    private ReadOnlySpan<char> _rest;

    private SyntaxReader(string syntax) => _rest = syntax;

    public static ImmutableArray<CommandArgument> Read(string? syntax)
    {
        if (syntax is null) return [];

        var reader = new SyntaxReader(syntax);
        ImmutableArray<CommandArgument> arguments = reader.ReadSequence();
        if (!reader._rest.IsEmpty) throw new FormatException($"unexpected '{reader._rest[0]}' in the syntax \"{syntax}\"");
        return arguments;
    }

    private ImmutableArray<CommandArgument> ReadSequence()
    {
        ImmutableArray<CommandArgument>.Builder arguments = ImmutableArray.CreateBuilder<CommandArgument>();
        while (true)
        {
            _rest = _rest.TrimStart(' ');
            if (_rest.IsEmpty || _rest[0] is ']' or ')' or '|') return arguments.ToImmutable();
            arguments.Add(ReadOne());
        }
    }

    private CommandArgument ReadOne()
    {
        char first = _rest[0];
        if (first is '[' or '(')
        {
            _rest = _rest[1..];
            CommandArgument group = ReadAlternatives(first == '[' ? ']' : ')');
            bool repeats = TakeDots();
            return group with
            {
                IsOptional = group.IsOptional || first == '[',
                IsMultiple = group.IsMultiple || repeats,
                RepeatsToken = repeats && group.Token is not null && group.Type != "pure-token",
            };
        }

        string word = TakeWord();
        if (first == '\'' || char.IsAsciiLetterUpper(first))
            return new CommandArgument(word.ToLowerInvariant(), "pure-token") { Token = word, IsMultiple = TakeDots() };

        (string name, string type) = NameAndType(word);
        return new CommandArgument(name, type) { IsMultiple = TakeDots() };
    }

    private CommandArgument ReadAlternatives(char end)
    {
        var alternatives = new List<CommandArgument> { Together(ReadSequence()) };
        while (_rest[0] == '|')
        {
            _rest = _rest[1..];
            alternatives.Add(Together(ReadSequence()));
        }
        if (_rest[0] != end) throw new FormatException($"expected '{end}' before \"{_rest}\"");

        _rest = _rest[1..];
        return alternatives.Count == 1 ? alternatives[0] : new CommandArgument("choice", "oneof") { Parts = [.. alternatives] };
    }

    // What stands between two bars or brackets: one argument, a token with its argument, or a block.
    private static CommandArgument Together(ImmutableArray<CommandArgument> sequence)
    {
        if (sequence.Length == 1) return sequence[0];

        bool hasToken = sequence[0] is { Type: "pure-token", IsMultiple: false } && sequence.Any(part => part.Type != "pure-token");
        if (!hasToken) return new CommandArgument("block", "block") { Parts = sequence };
        if (sequence.Length == 2 && sequence[1] is { IsOptional: false, Token: null }) return sequence[1] with { Token = sequence[0].Token };
        return new CommandArgument(sequence[0].Name, "block") { Token = sequence[0].Token, Parts = sequence[1..] };
    }

    private string TakeWord()
    {
        int length;
        if (_rest[0] == '\'')
        {
            length = _rest[1..].IndexOf('\'');
            string quoted = _rest.Slice(1, length).ToString();
            _rest = _rest[(length + 2)..];
            return quoted;
        }

        length = _rest.IndexOfAny(" |[]()");
        if (length < 0) length = _rest.Length;
        int dots = _rest[..length].IndexOf("...");
        if (dots >= 0) length = dots;
        string word = _rest[..length].ToString();
        _rest = _rest[length..];
        return word;
    }

    private bool TakeDots()
    {
        if (!_rest.StartsWith("...")) return false;
        _rest = _rest[3..];
        return true;
    }

    private static (string Name, string Type) NameAndType(string word)
    {
        int colon = word.LastIndexOf(':');
        string? type = colon < 0 ? null : word[(colon + 1)..] switch
        {
            "string" => "string",
            "int" => "integer",
            "double" => "double",
            "key" => "key",
            "pattern" => "pattern",
            "unix" => "unix-time",
            _ => null,          // "ip:port" is a name
        };
        return type is null ? (word, word == "key" ? "key" : "string") : (word[..colon], type);
    }
}
