using System.Buffers.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;
using Keyway.Testing.RealServers;

namespace Keyway.Differential.Running;

/// <summary>One connection, many requests on their way at a time. Those whose replies are uncertain end a batch, and are looked at by themselves.</summary>
internal sealed class PipelinedRun(ServerPair pair, Tally tally) : Run(pair, tally)
{
    private const int BatchCalls = 50;
    private const int BatchBytes = 48 * 1024;     // less than a socket holds: neither side ever waits for the other to read

    private const int IntsetLimit = 512;

    private int _intsetLimit = IntsetLimit;

    // What was a table when it was saved is loaded in the table's order, into whatever form.
    private bool _hasReloaded;

    private readonly List<(Call Call, int Index, bool IsProbe)> _batch = [];

    // What EXEC will answer.
    private readonly List<Call> _queued = [];

    protected override int Connections => 1;

    protected override void ExecuteCore(IReadOnlyList<Call> calls)
    {
        _batch.Clear();
        _queued.Clear();
        _intsetLimit = IntsetLimit;
        _hasReloaded = false;
        foreach (Call call in calls)
        {
            if (_batch.Count > 0 && call.Connection != _batch[0].Call.Connection && !Finish()) return;

            foreach (string[] probe in OrderProbes(call)) Append(new Call(probe, call.Connection), isProbe: true);
            Append(call, isProbe: false);
            bool isUncertain = UncertainReplies.Concern(call);
            int pending = Pair.Reference[call.Connection].Pending;
            if ((isUncertain || _batch.Count >= BatchCalls || pending >= BatchBytes) && !Finish(isUncertain)) return;
        }

        Finish();
    }

    // In which order a value answers depends on its encoding at that time.
    private static IEnumerable<string[]> OrderProbes(Call call)
    {
        if (call.Words.Length < 2) return [];
        return call.Verb switch
        {
            Verb.Smembers or Verb.Hgetall or Verb.Hkeys or Verb.Hvals or Verb.Sscan or Verb.Hscan or Verb.Zscan => [["OBJECT", "ENCODING", call.Words[1]]],

            // Redis's SORT takes every text for a number out of range once there was one anywhere, until something else has read a number. This does, and no more.
            Verb.Sort or Verb.Sort_Ro => [["BLPOP", call.Words[1], "x"], ["OBJECT", "ENCODING", call.Words[1]]],
            Verb.Sinter or Verb.Sunion or Verb.Sdiff => call.Words[1..].Select(key => new[] { "OBJECT", "ENCODING", key }),
            _ => [],
        };
    }

    // SORT takes the members of a sorted set from its table, whatever there was before.
    private static bool IsTable(ReadOnlySpan<byte> encoding, Verb verb) => encoding.StartsWith("$9\r\nhashtable"u8)
        || (encoding.StartsWith("$8\r\nskiplist"u8) && verb is Verb.Zscan or Verb.Sort or Verb.Sort_Ro)
        || (encoding.StartsWith("$8\r\nlistpack"u8) && verb is Verb.Sort or Verb.Sort_Ro);

    // What is put together of several sets is a table of its own once it is too large for the other form.
    private void LearnLimit(Call call)
    {
        int at = Array.IndexOf(call.Words, "set-max-intset-entries");
        if (at > 0 && at + 1 < call.Words.Length && int.TryParse(call.Words[at + 1], out int limit)) _intsetLimit = limit;
    }

    private static bool IsLongerThan(ReadOnlySpan<byte> reply, int limit) => Utf8Parser.TryParse(reply[1..], out int count, out _) && count > limit;

    // On its way to a key that lives, RANDOMKEY deletes dead ones that it happens upon: another number of them with each server.
    private static void ClearAwayDeadKeys(Connection reference, Connection subject)
    {
        foreach (Connection connection in (Connection[])[reference, subject])
        {
            // One step for each server that is behind it.
            string cursor = "0";
            do cursor = RespValue.Parse(connection.Ask("SCAN", cursor, "COUNT", "1000000")) is { Count: 2 } step ? step[0].Text : "0";
            while (cursor != "0");
        }
    }

    private void Append(Call call, bool isProbe)
    {
        _batch.Add((call, Outcome.History.Count, isProbe));
        Outcome.History.Add(call);
        Pair.Reference[call.Connection].Append(call.Words);
        Pair.Subject[call.Connection].Append(call.Words);
    }

    /// <returns>False if the run is over.</returns>
    private bool Finish(bool isLastUncertain = false)
    {
        if (_batch.Count == 0) return true;
        Connection reference = Pair.Reference[_batch[0].Call.Connection];
        Connection subject = Pair.Subject[_batch[0].Call.Connection];
        Difference? difference = null;
        bool isOrderFree = false;
        reference.Flush();
        int at = 0;
        try
        {
            subject.Flush();
            for (; at < _batch.Count; at++)
            {
                (Call call, int index, bool isProbe) = _batch[at];
                ReadOnlySpan<byte> expected = reference.Read();
                ReadOnlySpan<byte> actual = subject.Read();
                if (isProbe) isOrderFree |= IsTable(expected, _batch[at + 1].Call.Verb);
                if (!isProbe) Tally.Count(call, expected[0] == '-');
                if (call.Verb == Verb.Config && expected[0] == '+') LearnLimit(call);
                _hasReloaded |= call.Name == "DEBUG RELOAD";
                isOrderFree |= _hasReloaded;
                isOrderFree |= call.Verb is Verb.Sunion or Verb.Sdiff && IsLongerThan(expected, _intsetLimit);
                bool isLast = isLastUncertain && at == _batch.Count - 1;
                if (!expected.SequenceEqual(actual) && difference == null
                    && !(isLast ? UncertainReplies.AreSame(call, expected, actual, isOrderFree, reference, subject) : ReplyRules.AreSame(call, expected, actual, isOrderFree, _queued)))
                    difference = new Difference(index, call, "reply", Text(expected), Text(actual));

                if (expected.SequenceEqual("+QUEUED\r\n"u8)) _queued.Add(call);
                else if (call.Verb is Verb.Exec or Verb.Discard or Verb.Multi or Verb.Reset) _queued.Clear();
                if (!isProbe) isOrderFree = false;
            }
        }
        catch (ServerLostException lost)
        {
            (Call call, int index, bool _) = _batch[Math.Min(at, _batch.Count - 1)];
            difference ??= Lost(index, call, lost);
        }

        bool picksAtRandom = _batch[^1].Call.Verb == Verb.Randomkey;
        _batch.Clear();
        if (picksAtRandom && !Outcome.IsLost) ClearAwayDeadKeys(reference, subject);
        if (difference == null) return true;
        if (!Note(difference) || Outcome.IsLost) return false;
        Heal();
        return true;
    }
}
