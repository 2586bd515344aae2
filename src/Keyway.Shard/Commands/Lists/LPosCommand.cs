using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Commands.Lists;

/// <summary>LPOS: where in a list a value is.</summary>
internal static class LPosCommand
{
    // LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]
    public static void LPos(ref CommandContext context)
    {
        if (!TryReadOptions(ref context, out Options options)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            if (options.HasCount) context.ReplyArray(0);
            else context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.List)) return;
        StoredList list = ListCommands.Open(ref context, place);
        if (!options.HasCount)
        {
            long found = FindOne(list, context.Arguments[2], options);
            if (found >= 0) context.ReplyInteger(found);
            else context.ReplyNull();
            return;
        }

        // How many there are is known when all are written.
        var matches = new ReplyBuffer(context.Server.Pool);
        context.ReplyArray(FindAll(list, context.Arguments[2], options, matches));
        matches.MoveTo(context.Reply);
    }

    private static long FindOne(StoredList list, ReadOnlySpan<byte> value, Options options)
    {
        var search = new Search(list, value, options);
        return search.MoveNext() ? search.Index : -1;
    }

    private static long FindAll(StoredList list, ReadOnlySpan<byte> value, Options options, ReplyBuffer matches)
    {
        var search = new Search(list, value, options);
        long found = 0;
        bool isUnlimited = options.Count == 0 || options.Rank == long.MinValue;
        while ((isUnlimited || found < options.Count) && search.MoveNext())
        {
            matches.WriteInteger(search.Index);
            found++;
        }

        return found;
    }

    private static bool TryReadOptions(ref CommandContext context, out Options options)
    {
        options = new Options { Rank = 1 };
        for (int i = 3; i < context.Arguments.Count; i += 2)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            bool hasValue = i + 1 < context.Arguments.Count;
            if (hasValue && Word.Is(word, "RANK"u8))
            {
                if (!context.TryReadInteger(i + 1, out options.Rank)) return false;
                if (options.Rank == 0)
                {
                    context.ReplyError("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list"u8);
                    return false;
                }
            }
            else if (hasValue && Word.Is(word, "COUNT"u8))
            {
                if (!context.TryReadAtLeast(i + 1, 0, "ERR COUNT can't be negative"u8, out options.Count)) return false;
                options.HasCount = true;
            }
            else if (hasValue && Word.Is(word, "MAXLEN"u8))
            {
                if (!context.TryReadAtLeast(i + 1, 0, "ERR MAXLEN can't be negative"u8, out options.MaxLength)) return false;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        return true;
    }

    private struct Options
    {
        /// <summary>The match to begin with, from the end if negative.</summary>
        public long Rank;

        /// <summary>0: all.</summary>
        public long Count;
        public bool HasCount;

        /// <summary>How many elements are looked at; 0: all.</summary>
        public long MaxLength;
    }

    /// <summary>Finds the matches that count, one after the other.</summary>
    private ref struct Search
    {
        private readonly ListpackElement _wanted;
        private readonly long _step;
        private ListReader _reader;
        private long _toSkip;
        private long _left;

        public Search(StoredList list, ReadOnlySpan<byte> value, Options options)
        {
            bool goesBack = options.Rank < 0;
            long count = list.Count;
            _wanted = ListpackElement.Of(value);
            _step = goesBack ? -1 : 1;
            _reader = list.ReadFrom(goesBack ? count - 1 : 0, goesBack);
            _left = options.MaxLength == 0 ? count : Math.Min(options.MaxLength, count);
            Index = goesBack ? count : -1;

            // The smallest number has no opposite: Redis then skips nothing, and counts nothing either.
            _toSkip = options.Rank == long.MinValue ? 0 : Math.Abs(options.Rank) - 1;
        }

        public long Index { get; private set; }

        public bool MoveNext()
        {
            while (_left-- > 0 && _reader.MoveNext())
            {
                Index += _step;
                if (_reader.Value.IsSame(_wanted) && _toSkip-- <= 0) return true;
            }

            return false;
        }
    }
}
