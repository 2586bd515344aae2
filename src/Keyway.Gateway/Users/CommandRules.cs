using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Users;

/// <summary>
/// Which commands a user may run: rules in their order, of which the last that fits a command decides, as in Redis. "@read" or "+@read" allows a category,
/// "get" or "+get" a command with its subcommands, "config|get" one of these; a minus takes away. Before the first rule nothing is allowed.
/// </summary>
public sealed class CommandRules
{
    public static readonly CommandRules All = new([new Rule(true, null, null)]);

    private readonly record struct Rule(bool Allows, AclCategories? Category, string? Name)
    {
        public bool IsForAll => Category is null && Name is null;

        public bool Fits(Command row)
        {
            if (Category is { } category) return (row.AclCategories & category) != 0;
            return Name is null || row.Name == Name || row.Parent?.Name == Name;
        }

        public override string ToString()
        {
            string what = IsForAll ? "@all" : Category is { } category ? CommandNames.Of(category)[0] : Name!;
            return (Allows ? "+" : "-") + what;
        }
    }

    private readonly Rule[] _rules;
    private readonly bool[] _allowed;

    private CommandRules(Rule[] rules)
    {
        _rules = rules;
        _allowed = [.. CommandTable.All.Select(Decide)];
        AllowsAll = rules is [{ IsForAll: true, Allows: true }];
    }

    public bool AllowsAll { get; }

    /// <summary>As ACL LIST shows them.</summary>
    public string Text => (_rules is [{ IsForAll: true }, ..] ? "" : _rules.Length == 0 ? "-@all" : "-@all ") + string.Join(' ', _rules);

    /// <param name="rules">As the map has them.</param>
    /// <param name="wrong">The first that names nothing known.</param>
    /// <returns>Null when there is such a one.</returns>
    public static CommandRules? Parse(IReadOnlyList<string> rules, out string? wrong)
    {
        wrong = null;
        var parsed = new List<Rule>();
        foreach (string text in rules)
        {
            if (Parse(text) is { } rule)
            {
                // What stood before a rule for all commands says nothing any more.
                if (rule.IsForAll) parsed.Clear();
                parsed.Add(rule);
                continue;
            }
            wrong = text;
            return null;
        }
        return new CommandRules([.. parsed]);
    }

    /// <summary>Subcommands have rows of their own; AUTH, HELLO, QUIT and RESET are always allowed, or nobody could become somebody else.</summary>
    public bool Allows(Command row) => row.Is(CommandFlags.NoAuth) || (row.Id < _allowed.Length ? _allowed[row.Id] : Decide(row));

    private bool Decide(Command row)
    {
        bool allowed = false;
        foreach (Rule rule in _rules)
        {
            if (rule.Fits(row)) allowed = rule.Allows;
        }
        return allowed;
    }

    private static Rule? Parse(string text)
    {
        bool allows = !text.StartsWith('-');
        string what = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        what = what.ToLowerInvariant();
        if (what is "@all" or "all" or "allcommands") return new Rule(allows, null, null);
        if (what is "nocommands") return new Rule(!allows, null, null);
        if (what.StartsWith('@')) return CommandNames.TryParseCategory(what[1..], out AclCategories category) ? new Rule(allows, category, null) : null;
        bool known = CommandTable.FindFullName(System.Text.Encoding.ASCII.GetBytes(what)) is not null || what is "keyway" or "client|setinfo";
        return known ? new Rule(allows, null, what) : null;
    }
}
