using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>The words between ZADD's key and its first score.</summary>
internal struct AddOptions(AddConditions conditions)
{
    public AddConditions Conditions = conditions;

    /// <summary>CH: the answer counts elements with a new score too, and not only new elements.</summary>
    public bool CountsUpdates;

    /// <summary>False when the word is none of them: then the scores begin.</summary>
    public bool TryTake(ReadOnlySpan<byte> word)
    {
        if (word.Length is not (2 or 4)) return false;
        AddConditions condition =
            Word.Is(word, "NX"u8) ? AddConditions.OnlyNew
            : Word.Is(word, "XX"u8) ? AddConditions.OnlyPresent
            : Word.Is(word, "GT"u8) ? AddConditions.OnlyHigher
            : Word.Is(word, "LT"u8) ? AddConditions.OnlyLower
            : Word.Is(word, "INCR"u8) ? AddConditions.Increment
            : AddConditions.None;
        bool isCount = Word.Is(word, "CH"u8);
        Conditions |= condition;
        CountsUpdates |= isCount;
        return isCount || condition != AddConditions.None;
    }

    /// <summary>Whether they go together; else an error has been answered.</summary>
    public readonly bool AreCompatible(ref CommandContext context, int elements)
    {
        const AddConditions bounds = AddConditions.OnlyHigher | AddConditions.OnlyLower;
        bool onlyNew = (Conditions & AddConditions.OnlyNew) != 0;
        if (onlyNew && (Conditions & AddConditions.OnlyPresent) != 0)
            context.ReplyError("ERR XX and NX options at the same time are not compatible"u8);
        else if ((onlyNew && (Conditions & bounds) != 0) || (Conditions & bounds) == bounds)
            context.ReplyError("ERR GT, LT, and/or NX options at the same time are not compatible"u8);
        else if ((Conditions & AddConditions.Increment) != 0 && elements > 1)
            context.ReplyError("ERR INCR option supports a single increment-element pair"u8);
        else
            return true;
        return false;
    }
}
