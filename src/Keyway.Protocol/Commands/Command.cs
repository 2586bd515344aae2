using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Keyway.Protocol.Commands.Table;

namespace Keyway.Protocol.Commands;

/// <summary>All facts about one command or subcommand: a row of the table, which gateway, shards, COMMAND, metrics and README share.</summary>
public sealed class Command
{
    private readonly byte[] _name;
    private readonly NameIndex? _subcommandIndex;

    internal Command(Row row, RowGroup group, Command? parent, ref int nextId)
    {
        Id = nextId++;
        Parent = parent;
        Name = parent is null ? row.Name : $"{parent.Name}|{row.Name}";
        Arity = row.Arity;
        Flags = row.Flags;
        KeySpecs = [.. row.KeySpecs];
        Group = group.Name;
        Since = row.Since;
        Summary = row.Summary;
        Complexity = row.Complexity;
        Syntax = row.Syntax;
        DeprecatedSince = row.DeprecatedSince;
        ReplacedBy = row.ReplacedBy;
        IsInternal = row.IsInternal;
        Tips = [.. row.TipList];
        AclCategories = row.CategoriesIn(group);
        Request = row.Request;
        Response = row.Response;
        Rule = row.Rule;
        ChangesData = Is(CommandFlags.Write | CommandFlags.MayReplicate);

        _name = Encoding.ASCII.GetBytes(Name);
        (FirstKey, LastKey, KeyStep) = LegacyRange(KeySpecs);
        if (HasOneFixedKey()) (SimpleKey, SimpleKeyAccess) = (KeySpecs[0].Start, KeySpecs[0].Access);

        var subcommands = new List<Command>();
        foreach (Row subcommand in row.Subcommands) subcommands.Add(new Command(subcommand, group, this, ref nextId));
        Subcommands = [.. subcommands];
        if (subcommands.Count > 0) _subcommandIndex = new NameIndex(subcommands);
    }

    private Command(string name, int arity, CommandFlags flags, AclCategories categories, ImmutableArray<KeySpec> keySpecs)
    {
        Id = CommandTable.LearnedId;
        Name = name;
        Arity = arity;
        Flags = flags;
        KeySpecs = keySpecs;
        Group = "generic";
        Since = "";
        Summary = "A command that the shards have and this version does not know";
        Tips = [];
        AclCategories = categories;
        Request = flags.HasFlag(CommandFlags.Blocking) ? RequestPolicy.Session : RequestPolicy.OneUnit;
        Subcommands = [];
        ChangesData = Is(CommandFlags.Write | CommandFlags.MayReplicate);

        _name = Encoding.ASCII.GetBytes(name);
        (FirstKey, LastKey, KeyStep) = LegacyRange(KeySpecs);
        if (HasOneFixedKey()) (SimpleKey, SimpleKeyAccess) = (KeySpecs[0].Start, KeySpecs[0].Access);
    }

    /// <summary>Its place in <see cref="CommandSet.All"/>: dense, so that counters can be kept in arrays.</summary>
    public int Id { get; }

    /// <summary>As Redis reports it: lower case, a subcommand as "config|get".</summary>
    public string Name { get; }

    public ReadOnlySpan<byte> NameBytes => _name;

    /// <summary>The container of a subcommand.</summary>
    public Command? Parent { get; }

    public ImmutableArray<Command> Subcommands { get; }

    public bool IsContainer => _subcommandIndex is not null;

    /// <summary>How many arguments, the name included (and the container's); negative: at least so many.</summary>
    public int Arity { get; }

    public CommandFlags Flags { get; }

    /// <summary>0 where keys are not at fixed places, as LastKey and KeyStep are then. Only <see cref="KeyExtractor"/> knows all keys.</summary>
    public int FirstKey { get; }

    /// <summary>Negative: counted from the end of the arguments.</summary>
    public int LastKey { get; }

    public int KeyStep { get; }

    public ImmutableArray<KeySpec> KeySpecs { get; }

    public string Group { get; }

    public string Since { get; }

    public string Summary { get; }

    public string? Complexity { get; }

    /// <summary>The arguments in the notation of <see cref="SyntaxReader"/>, without the name.</summary>
    public string? Syntax { get; }

    public string? DeprecatedSince { get; }

    public string? ReplacedBy { get; }

    /// <summary>For servers among themselves, not for people.</summary>
    public bool IsInternal { get; }

    public ImmutableArray<string> Tips { get; }

    public AclCategories AclCategories { get; }

    public RequestPolicy Request { get; }

    public ResponsePolicy Response { get; }

    /// <summary>The one argument that is a key, whatever the others are; 0 if there is none such. Once the arity is checked, it is there.</summary>
    public int SimpleKey { get; }

    internal KeyAccess SimpleKeyAccess { get; }

    internal KeyRule Rule { get; }

    /// <summary>A command that the table lacks and a server behind the gateway has told us about.</summary>
    public static Command Learned(string name, int arity, CommandFlags flags, AclCategories categories, ImmutableArray<KeySpec> keySpecs) =>
        new(name, arity, flags, categories, keySpecs);

    /// <summary>It may send something to replicas: a write, or a script that may write.</summary>
    public bool ChangesData { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(CommandFlags flag) => (Flags & flag) != 0;

    /// <summary>Whether a request with so many arguments, the name included, has as many as the command takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Takes(long argumentCount) => Arity >= 0 ? argumentCount == Arity : argumentCount >= -Arity;

    public override string ToString() => Name;

    internal Command? FindSubcommand(ReadOnlySpan<byte> name) => _subcommandIndex?.Find(name);

    // The older description of keys, (first, last, step): all groups at fixed places that follow one another without a gap.
    private static (int First, int Last, int Step) LegacyRange(ImmutableArray<KeySpec> specs)
    {
        if (specs is [{ Search: KeySearch.Index, Span: KeySpan.Range } only])
            return (only.Start, only.LastKey >= 0 ? only.Start + only.LastKey : only.LastKey, only.Step);

        int first = 0;
        int last = 0;
        foreach (KeySpec spec in specs)
        {
            if (spec.Search != KeySearch.Index || spec.Span != KeySpan.Range) continue;
            if (spec.Step != 1 || (last != 0 && last != spec.Start - 1)) return (first, last, first == 0 ? 0 : 1);

            if (first == 0) first = spec.Start;
            last = spec.LastKey >= 0 ? spec.Start + spec.LastKey : spec.LastKey;
        }
        return (first, last, first == 0 ? 0 : 1);
    }

    private bool HasOneFixedKey() =>
        Rule == KeyRule.Specified
        && KeySpecs is [{ Search: KeySearch.Index, Span: KeySpan.Range, LastKey: 0 } only]
        && !only.Access.HasFlag(KeyAccess.Incomplete)
        && Math.Abs(Arity) > only.Start;
}
