using System.Buffers.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>What SCAN and its kin take: a cursor, and options behind it.</summary>
internal ref struct ScanOptions
{
    private const int DefaultCount = 10;
    private const int EmptyBucketsPerElement = 10;      // a sparse table must not make one call long

    public ScanOptions()
    {
    }

    /// <summary>About how many elements one call returns.</summary>
    public long Count = DefaultCount;

    public ReadOnlySpan<byte> Pattern;
    public bool HasPattern;

    public ReadOnlySpan<byte> Type;
    public bool HasType;

    public readonly long MaxBuckets => Count > long.MaxValue / EmptyBucketsPerElement ? long.MaxValue : Count * EmptyBucketsPerElement;

    /// <summary>
    /// What C's strtoul takes whole: a sign (a negative cursor wraps) and digits, or nothing at all; to C a text ends where its first zero byte is. Else
    /// an error has been answered.
    /// </summary>
    public static bool TryReadCursor(ref CommandContext context, int index, out ulong cursor)
    {
        cursor = 0;
        ReadOnlySpan<byte> text = context.Arguments[index];
        int end = text.IndexOf((byte)0);
        if (end >= 0) text = text[..end];
        if (text.IsEmpty) return true;

        bool isNegative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        bool isNumber = !text.IsEmpty;
        foreach (byte b in text)
        {
            uint digit = b - (uint)'0';
            isNumber &= digit <= 9 && cursor <= (ulong.MaxValue - digit) / 10;
            cursor = unchecked((cursor * 10) + digit);
        }

        if (isNegative) cursor = unchecked(0 - cursor);
        if (!isNumber) context.ReplyError("ERR invalid cursor"u8);
        return isNumber;
    }

    /// <summary>Reads the options from this argument on; when false an error has been answered.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="first">The argument behind the cursor.</param>
    /// <param name="takesType">Elements of a collection are of no type.</param>
    /// <param name="options">What was read.</param>
    public static bool TryRead(ref CommandContext context, int first, bool takesType, out ScanOptions options)
    {
        options = new ScanOptions();
        for (int i = first; i < context.Arguments.Count; i += 2)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            bool hasValue = i + 1 < context.Arguments.Count;
            if (hasValue && Word.Is(word, "COUNT"u8))
            {
                if (!context.TryReadInteger(i + 1, out options.Count)) return false;
                if (options.Count < 1)
                {
                    context.ReplySyntaxError();
                    return false;
                }
            }
            else if (hasValue && Word.Is(word, "MATCH"u8))
            {
                options.Pattern = context.Arguments[i + 1];
                options.HasPattern = true;
            }
            else if (takesType && hasValue && Word.Is(word, "TYPE"u8))
            {
                options.Type = context.Arguments[i + 1];
                options.HasType = true;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        if (options.Pattern is [(byte)'*']) options.HasPattern = false;
        return true;
    }

    /// <summary>
    /// The beginning of SSCAN, HSCAN and ZSCAN: <c>key cursor [MATCH pattern] [COUNT count]</c>. When false it has been answered: the key is missing,
    /// or something is wrong. In Redis's order: an empty collection looks at no option.
    /// </summary>
    public static bool TryBegin(ref CommandContext context, ValueKind kind, out Entry entry, out ulong cursor, out ScanOptions options)
    {
        options = default;
        entry = default;
        if (!TryReadCursor(ref context, 2, out cursor)) return false;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            ReplyHead(ref context, 0, 0);
            return false;
        }

        entry = place.Entry;
        return context.Is(place, kind) && TryRead(ref context, 3, takesType: false, out options);
    }

    /// <summary>Whether the name passes the pattern.</summary>
    public readonly bool Matches(ReadOnlySpan<byte> name) => !HasPattern || GlobPattern.Matches(Pattern, name);

    /// <summary>Goes on through a large collection, leaves in the list what passes the pattern, and moves the cursor.</summary>
    public readonly void Walk<TBlock>(BlockTable<TBlock> table, ref ulong cursor, BlockList found)
        where TBlock : struct, IBlock
    {
        found.Clear();
        long buckets = MaxBuckets;
        do cursor = table.Scan(cursor, found);
        while (cursor != 0 && --buckets > 0 && found.Count < Count);

        if (!HasPattern) return;
        int kept = 0;
        unsafe
        {
            for (int i = 0; i < found.Count; i++)
            {
                if (Matches(TBlock.KeyOf(found[i]))) found[kept++] = found[i];
            }
        }

        found.Truncate(kept);
    }

    /// <summary>The reply up to its elements, which follow.</summary>
    public static void ReplyHead(ref CommandContext context, ulong cursor, long elements)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        Utf8Formatter.TryFormat(cursor, digits, out int length);
        context.ReplyArray(2);
        context.ReplyBulk(digits[..length]);
        context.ReplyArray(elements);
    }
}
