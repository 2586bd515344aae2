using System.Collections.Immutable;
using System.Text;
using Keyway.Gateway.Shards;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Learned;

/// <summary>
/// Commands that the table lacks and the servers behind the gateway have: a newer server keeps its new commands. Taken are those whose every key
/// can be found in every request, and that concern keys and nothing else. Those that may wait go on private links, as known ones do. Immutable; exchanged
/// as a whole.
/// </summary>
internal sealed class LearnedCommands
{
    public static readonly LearnedCommands None = new([]);

    // What a server that has gone mad can make us hold; Redis has 240 and Valkey not many more, modules some hundred.
    private const int Most = 4096;
    private const int LongestName = 64;

    private const CommandFlags Unsuited = CommandFlags.Admin | CommandFlags.PubSub | CommandFlags.NoAuth | CommandFlags.TouchesArbitraryKeys;
    private const AclCategories UnsuitedCategories = AclCategories.Dangerous | AclCategories.Connection | AclCategories.Admin | AclCategories.PubSub
        | AclCategories.Transaction | AclCategories.Scripting;

    private readonly ImmutableSortedDictionary<string, Command> _byName;

    private LearnedCommands(IEnumerable<Command> commands) =>
        _byName = commands.ToImmutableSortedDictionary(command => command.Name, command => command, StringComparer.Ordinal);

    public int Count => _byName.Count;

    public IEnumerable<string> Names => _byName.Keys;

    public Command? Find(ReadOnlySpan<byte> name)
    {
        if (_byName.IsEmpty || name.Length is 0 or > LongestName) return null;
        return _byName.GetValueOrDefault(Encoding.Latin1.GetString(name).ToLowerInvariant());
    }

    /// <summary>With what another server knows beside these.</summary>
    public LearnedCommands With(IReadOnlyList<Command> others)
    {
        var all = new Dictionary<string, Command>(_byName, StringComparer.Ordinal);
        foreach (Command other in others)
        {
            if (all.Count < Most) all.TryAdd(other.Name, other);
        }
        return all.Count == _byName.Count ? this : new LearnedCommands(all.Values);
    }

    /// <summary>The suited ones of a reply to COMMAND; null when it is none.</summary>
    /// <param name="withKnown">Also those that the table has.</param>
    public static IReadOnlyList<Command>? Read(ReadOnlySpan<byte> reply, bool withKnown = false)
    {
        var cursor = new ReplyCursor(reply);
        if (!cursor.TryReadArray(out int count)) return null;
        var learned = new List<Command>();
        for (int i = 0; i < count; i++)
        {
            if (!TryReadCommand(ref cursor, withKnown, out Command? command)) return null;
            if (command is not null && learned.Count < Most) learned.Add(command);
        }
        return learned;
    }

    // [name, arity, [flags], first, last, step, [categories], [tips], [key specifications], [subcommands]]
    private static bool TryReadCommand(ref ReplyCursor cursor, bool withKnown, out Command? command)
    {
        command = null;
        if (!cursor.TryReadArray(out int fields)) return false;
        if (fields < 10)
        {
            // Before 7.0: nothing says where all the keys are.
            return SkipAll(ref cursor, fields);
        }

        if (!cursor.TryReadText(out string name) || !cursor.TryReadInteger(out long arity) || !TryReadWords(ref cursor, out List<string> flagWords)) return false;
        if (!cursor.TrySkip() || !cursor.TrySkip() || !cursor.TrySkip()) return false;
        if (!TryReadWords(ref cursor, out List<string> categoryWords) || !cursor.TrySkip()) return false;
        if (!TryReadKeySpecs(ref cursor, out List<KeySpec> specs, out bool areComplete) || !cursor.TryReadArray(out int subcommands)) return false;
        if (!SkipAll(ref cursor, subcommands) || !SkipAll(ref cursor, fields - 10)) return false;

        CommandFlags flags = FlagsOf(flagWords);
        AclCategories categories = CategoriesOf(categoryWords);
        bool isSuited = areComplete && specs.Count > 0 && subcommands == 0 && arity is not 0 and > short.MinValue and < short.MaxValue
            && (flags & Unsuited) == 0 && (categories & UnsuitedCategories) == 0
            && name.Length is > 0 and <= LongestName && name.All(letter => letter is > ' ' and < '\x7f' && letter != '|')
            && (withKnown || CommandTable.Find(Encoding.ASCII.GetBytes(name)) is null);
        if (isSuited) command = Command.Learned(name.ToLowerInvariant(), (int)arity, flags, categories, [.. specs]);
        return true;
    }

    // [{flags: […], begin_search: {type: index, spec: {index: 1}}, find_keys: {type: range, spec: {lastkey: 0, keystep: 1, limit: 0}}}]
    private static bool TryReadKeySpecs(ref ReplyCursor cursor, out List<KeySpec> specs, out bool areComplete)
    {
        specs = [];
        areComplete = true;
        if (!cursor.TryReadArray(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!cursor.TryReadArray(out int fields)) return false;
            KeyAccess access = 0;
            var search = new SpecPart();
            var span = new SpecPart();
            for (int field = 0; field + 1 < fields; field += 2)
            {
                if (!cursor.TryReadText(out string name)) return false;
                bool isRead = true;
                switch (name)
                {
                    case "flags":
                        isRead = TryReadWords(ref cursor, out List<string> words);
                        access = AccessOf(words);
                        break;
                    case "begin_search":
                        isRead = search.TryRead(ref cursor);
                        break;
                    case "find_keys":
                        isRead = span.TryRead(ref cursor);
                        break;
                    default:
                        isRead = cursor.TrySkip();
                        break;
                }
                if (!isRead) return false;
            }

            if (SpecOf(search, span, access) is { } spec && (access & (KeyAccess.Incomplete | KeyAccess.NotKey)) == 0) specs.Add(spec);
            else areComplete = false;
        }
        return true;
    }

    private static KeySpec? SpecOf(SpecPart search, SpecPart span, KeyAccess access)
    {
        KeySearch by = search.Type switch { "index" => KeySearch.Index, "keyword" => KeySearch.Keyword, _ => KeySearch.Unknown };
        KeySpan over = span.Type switch { "range" => KeySpan.Range, "keynum" => KeySpan.Counted, _ => KeySpan.Unknown };
        if (by == KeySearch.Unknown || over == KeySpan.Unknown) return null;
        var spec = new KeySpec(by, over, access)
        {
            Start = by == KeySearch.Index ? search.Number("index") : search.Number("startfrom"),
            Keyword = search.Keyword,
        };
        spec = over == KeySpan.Range
            ? spec with { LastKey = span.Number("lastkey"), Step = span.Number("keystep"), Share = span.Number("limit") }
            : spec with { NumberAt = span.Number("keynumidx"), FirstKey = span.Number("firstkey"), Step = span.Number("keystep") };
        bool makesSense = spec.Step >= 1 && spec.Start != 0 && (by != KeySearch.Keyword || spec.Keyword.Length > 0) && spec.NumberAt >= 0 && spec.FirstKey >= 0 && spec.Share >= 0;
        return makesSense ? spec : null;
    }

    private static bool TryReadWords(ref ReplyCursor cursor, out List<string> words)
    {
        words = [];
        if (!cursor.TryReadArray(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!cursor.TryReadText(out string word)) return false;
            words.Add(word);
        }
        return true;
    }

    // Words of another version say nothing that we rely on.
    private static CommandFlags FlagsOf(List<string> words)
    {
        CommandFlags flags = 0;
        foreach (string word in words)
        {
            if (CommandNames.TryParseFlag(word, out CommandFlags flag)) flags |= flag;
        }
        return flags;
    }

    private static AclCategories CategoriesOf(List<string> words)
    {
        AclCategories categories = 0;
        foreach (string word in words)
        {
            if (CommandNames.TryParseCategory(word.TrimStart('@'), out AclCategories category)) categories |= category;
        }
        return categories;
    }

    private static KeyAccess AccessOf(List<string> words)
    {
        KeyAccess access = 0;
        foreach (string word in words)
        {
            if (CommandNames.TryParseAccess(word, out KeyAccess one)) access |= one;
        }
        return access;
    }

    private static bool SkipAll(ref ReplyCursor cursor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!cursor.TrySkip()) return false;
        }
        return true;
    }

    /// <summary>{type: …, spec: {name: number or word, …}}</summary>
    private sealed class SpecPart
    {
        private readonly Dictionary<string, int> _numbers = [];

        public string Type { get; private set; } = "";

        public string Keyword { get; private set; } = "";

        public int Number(string name) => _numbers.GetValueOrDefault(name);

        public bool TryRead(ref ReplyCursor cursor)
        {
            if (!cursor.TryReadArray(out int fields)) return false;
            for (int field = 0; field + 1 < fields; field += 2)
            {
                if (!cursor.TryReadText(out string name)) return false;
                if (name == "type")
                {
                    if (!cursor.TryReadText(out string type)) return false;
                    Type = type;
                }
                else if (name != "spec" || !TryReadSpec(ref cursor))
                {
                    return false;
                }
            }
            return true;
        }

        private bool TryReadSpec(ref ReplyCursor cursor)
        {
            if (!cursor.TryReadArray(out int fields)) return false;
            for (int field = 0; field + 1 < fields; field += 2)
            {
                if (!cursor.TryReadText(out string name)) return false;
                if (name == "keyword")
                {
                    if (!cursor.TryReadText(out string word)) return false;
                    Keyword = word;
                }
                else if (cursor.TryReadInteger(out long number) && number is > int.MinValue and < int.MaxValue)
                {
                    _numbers[name] = (int)number;
                }
                else
                {
                    return false;
                }
            }
            return true;
        }
    }
}
