namespace Keyway.Shard.Commands.Sorting;

/// <summary>What follows the key of SORT.</summary>
internal struct SortOptions
{
    private const int None = 0;                          // no option stands where the command's name does

    private int _by;
    private int _store;

    public bool Descends { get; private set; }

    /// <summary>ALPHA.</summary>
    public bool ComparesTexts { get; private set; }

    public long LimitStart { get; private set; }

    /// <summary>Negative: all.</summary>
    public long LimitCount { get; private set; }

    /// <summary>A BY without a star was among the options: whatever else they say, nothing is compared.</summary>
    public bool KeepsOrder { get; private set; }

    /// <summary>Where the patterns of GET stand among the arguments; null for none.</summary>
    public List<int>? Gets { get; private set; }

    public readonly bool HasBy => _by != None;

    public readonly bool Stores => _store != None;

    public readonly ReadOnlySpan<byte> By(ref CommandContext context) => context.Arguments[_by];

    public readonly ReadOnlySpan<byte> Target(ref CommandContext context) => context.Arguments[_store];

    // [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]
    /// <returns>False once an error has been answered.</returns>
    public static bool TryParse(ref CommandContext context, bool mayStore, out SortOptions options)
    {
        options = new SortOptions { LimitCount = -1 };
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            int left = context.Arguments.Count - i - 1;
            if (Word.Is(word, "ASC"u8)) options.Descends = false;
            else if (Word.Is(word, "DESC"u8)) options.Descends = true;
            else if (Word.Is(word, "ALPHA"u8)) options.ComparesTexts = true;
            else if (Word.Is(word, "LIMIT"u8) && left >= 2)
            {
                if (!context.TryReadInteger(i + 1, out long start) || !context.TryReadInteger(i + 2, out long count)) return false;
                (options.LimitStart, options.LimitCount) = (start, count);
                i += 2;
            }
            else if (mayStore && Word.Is(word, "STORE"u8) && left >= 1) options._store = ++i;
            else if (Word.Is(word, "BY"u8) && left >= 1)
            {
                options._by = ++i;
                options.KeepsOrder |= !new SortPattern(context.Arguments[i]).HasStar;
            }
            else if (Word.Is(word, "GET"u8) && left >= 1) (options.Gets ??= []).Add(++i);
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        return true;
    }

    /// <summary>The order of a set would be another one on each server: what is stored must not hang on it, so it is sorted after all, by its texts.</summary>
    public void SortUnorderedForStore()
    {
        KeepsOrder = false;
        ComparesTexts = true;
        _by = None;
    }
}
