using System.Buffers;
using System.Runtime.CompilerServices;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>Elements come in, or get another score.</summary>
internal static class AddCommands
{
    private const int OnStack = 32;

    // ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]
    public static void ZAdd(ref CommandContext context) => Add(ref context, AddConditions.None);

    // ZINCRBY key increment member: takes the options of ZADD too, though none makes sense.
    public static void ZIncrBy(ref CommandContext context) => Add(ref context, AddConditions.Increment);

    /// <summary>Adds elements whose scores are known to be good, and answers; returns how many additions and changes came of it.</summary>
    /// <param name="context">Its first argument is the key.</param>
    /// <param name="options">How to add, and what to answer.</param>
    /// <param name="scores">One for each element.</param>
    /// <param name="firstMember">The argument that is the first member.</param>
    /// <param name="step">From one member to the next.</param>
    public static long Apply(ref CommandContext context, AddOptions options, scoped ReadOnlySpan<double> scores, int firstMember, int step)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (place.Exists && !context.Is(place, ValueKind.SortedSet)) return 0;

        var editor = new SortedSetEditor(context.Keyspace, context.Databases.Values, SortedSetLimits.Of(context.Server.Settings), place);
        long added = 0, updated = 0;
        double result = 0;
        AddOutcome outcome = AddOutcome.Refused;
        for (int i = 0; i < scores.Length; i++)
        {
            outcome = editor.Add(context.Arguments[firstMember + (i * step)], scores[i], options.Conditions, out result);
            if (outcome == AddOutcome.Added) added++;
            else if (outcome == AddOutcome.Updated) updated++;
        }

        editor.Finish();
        if (outcome == AddOutcome.NotANumber)
        {
            // Only an increment comes to this, and it comes alone.
            context.ReplyError("ERR resulting score is not a number (NaN)"u8);
            return 0;
        }

        bool increments = (options.Conditions & AddConditions.Increment) != 0;
        if (!increments) context.ReplyInteger(options.CountsUpdates ? added + updated : added);
        else if (outcome == AddOutcome.Refused) context.ReplyNull();
        else context.ReplyDouble(result);

        if (added + updated > 0) context.Notify(KeyspaceEvents.SortedSet, increments ? "zincr"u8 : "zadd"u8, key);
        return added + updated;
    }

    [SkipLocalsInit]
    private static void Add(ref CommandContext context, AddConditions conditions)
    {
        int first = 2;
        var options = new AddOptions(conditions);
        while (first < context.Arguments.Count && options.TryTake(context.Arguments[first])) first++;

        int arguments = context.Arguments.Count - first;
        int count = arguments / 2;
        if (arguments == 0 || arguments % 2 != 0)
        {
            context.ReplySyntaxError();
            return;
        }

        if (!options.AreCompatible(ref context, count)) return;

        double[]? rented = count > OnStack ? ArrayPool<double>.Shared.Rent(count) : null;
        Span<double> scores = rented ?? stackalloc double[OnStack];
        scores = scores[..count];
        if (TryReadScores(ref context, first, scores)) context.Propagation.AsIs(Apply(ref context, options, scores, first + 1, step: 2));
        if (rented != null) ArrayPool<double>.Shared.Return(rented);
    }

    private static bool TryReadScores(ref CommandContext context, int first, scoped Span<double> scores)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            if (!Scores.TryRead(ref context, first + (i * 2), out scores[i])) return false;
        }

        return true;
    }
}
