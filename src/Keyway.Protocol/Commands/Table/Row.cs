namespace Keyway.Protocol.Commands.Table;

/// <summary>
/// A line of the table while it is being written: name, arity and flags, then whatever else is true of the command. What follows from these (the
/// categories of its flags, first and last key, the policy of a command without keys) is not repeated.
/// </summary>
internal sealed class Row(string name, int arity, CommandFlags flags)
{
    private AclCategories? _only;
    private AclCategories _also;
    private RequestPolicy? _request;

    public string Name { get; } = name;

    public int Arity { get; } = arity;

    public CommandFlags Flags { get; } = flags;

    public List<KeySpec> KeySpecs { get; } = [];

    public KeyRule Rule { get; private set; }

    public string[] TipList { get; private set; } = [];

    public Row[] Subcommands { get; private set; } = [];

    public ResponsePolicy Response { get; private set; }

    public string Since { get; private set; } = "";

    public string Summary { get; private set; } = "";

    public string? Complexity { get; private set; }

    public string? Syntax { get; private set; }

    public string? DeprecatedSince { get; private set; }

    public string? ReplacedBy { get; private set; }

    public bool IsInternal { get; private set; }

    public RequestPolicy Request => _request ?? (KeySpecs.Count > 0 ? RequestPolicy.OneUnit : RequestPolicy.Gateway);

    /// <summary>One key, at a fixed place.</summary>
    public Row Key(int at, KeyAccess access, string? note = null) => Keys(at, at, access, note: note);

    /// <summary>The keys from one place to another; a negative last one counts from the end.</summary>
    public Row Keys(int first, int last, KeyAccess access, int step = 1, string? note = null) =>
        With(new KeySpec(KeySearch.Index, KeySpan.Range, access)
        {
            Start = first,
            LastKey = last < 0 ? last : last - first,
            Step = step,
            Note = note,
        });

    /// <summary>Keys that follow their number.</summary>
    public Row CountedKeys(int numberAt, KeyAccess access, string? note = null) =>
        With(new KeySpec(KeySearch.Index, KeySpan.Counted, access) { Start = numberAt, FirstKey = 1, Note = note });

    /// <summary>The key behind a word that is looked for from a place on.</summary>
    public Row KeyAfter(string keyword, int from, KeyAccess access, string? note = null) =>
        With(new KeySpec(KeySearch.Keyword, KeySpan.Range, access) { Keyword = keyword, Start = from, Note = note });

    /// <summary>All keys behind a word, or the first of so many equal shares of what stands there.</summary>
    public Row KeysAfter(string keyword, int from, KeyAccess access, int share = 0) =>
        With(new KeySpec(KeySearch.Keyword, KeySpan.Range, access) { Keyword = keyword, Start = from, LastKey = -1, Share = share });

    /// <summary>Keys that cannot be found without a rule of the command's own.</summary>
    public Row UnknownKeys(KeyAccess access, string note) => With(new KeySpec(KeySearch.Unknown, KeySpan.Unknown, access) { Note = note });

    /// <summary>The keys are found by this rule; the specifications are what clients are told.</summary>
    public Row FoundBy(KeyRule rule)
    {
        Rule = rule;
        return this;
    }

    /// <summary>Has these categories beside its group's.</summary>
    public Row Also(AclCategories categories)
    {
        _also = categories;
        return this;
    }

    /// <summary>Has these categories and not its group's.</summary>
    public Row Only(AclCategories categories)
    {
        _only = categories;
        return this;
    }

    public Row Splits(ResponsePolicy response) => With(RequestPolicy.Split, response);

    public Row FansOut(ResponsePolicy response) => With(RequestPolicy.AllShards, response);

    public Row InSession(ResponsePolicy response = ResponsePolicy.AsIs) => With(RequestPolicy.Session, response);

    public Row ToOneUnit() => With(RequestPolicy.OneUnit, ResponsePolicy.AsIs);

    public Row Refused() => With(RequestPolicy.Refused, ResponsePolicy.AsIs);

    public Row Tips(params string[] tips)
    {
        TipList = tips;
        return this;
    }

    public Row About(string since, string complexity, string summary)
    {
        Complexity = complexity;
        return About(since, summary);
    }

    public Row About(string since, string summary)
    {
        Since = since;
        Summary = summary;
        return this;
    }

    /// <summary>The arguments behind the name, in the notation of <see cref="SyntaxReader"/>.</summary>
    public Row Takes(string syntax)
    {
        Syntax = syntax;
        return this;
    }

    public Row Deprecated(string since, string replacedBy)
    {
        DeprecatedSince = since;
        ReplacedBy = replacedBy;
        return this;
    }

    public Row Internal()
    {
        IsInternal = true;
        return this;
    }

    public Row Holds(params Row[] subcommands)
    {
        Subcommands = subcommands;
        return this;
    }

    /// <summary>Its own categories and those that follow from its flags. A container is nothing by itself and does not take its group's.</summary>
    public AclCategories CategoriesIn(RowGroup group)
    {
        bool isPureContainer = Subcommands.Length > 0 && Flags == CommandFlags.None;
        AclCategories categories = _only ?? (_also | (isPureContainer ? AclCategories.None : group.Category));
        bool isScript = categories.HasFlag(AclCategories.Scripting);

        if (Flags.HasFlag(CommandFlags.Write)) categories |= AclCategories.Write;
        if (Flags.HasFlag(CommandFlags.ReadOnly) && !isScript) categories |= AclCategories.Read;
        if (Flags.HasFlag(CommandFlags.Admin)) categories |= AclCategories.Admin | AclCategories.Dangerous;
        if (Flags.HasFlag(CommandFlags.PubSub)) categories |= AclCategories.PubSub;
        if (Flags.HasFlag(CommandFlags.Blocking)) categories |= AclCategories.Blocking;
        return categories | (Flags.HasFlag(CommandFlags.Fast) ? AclCategories.Fast : AclCategories.Slow);
    }

    private Row With(KeySpec spec)
    {
        KeySpecs.Add(spec);
        return this;
    }

    private Row With(RequestPolicy request, ResponsePolicy response)
    {
        _request = request;
        Response = response;
        return this;
    }
}
