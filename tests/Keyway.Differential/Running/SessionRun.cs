using System.Globalization;
using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Running;

/// <summary>
/// Several connections, one request at a time: after each, an observer's round trips show that the server has done all that the request causes,
/// and everything that has arrived on any connection is compared. What waits is left alone until somebody serves it.
/// </summary>
internal sealed class SessionRun(ServerPair pair, Tally tally) : Run(pair, tally)
{
    private const int RoundTrips = 2;              // the first may be answered in the turn that also takes the request; the second is not
    private const int GraceRounds = 60;            // before a difference is believed, so that a slow machine makes none
    private const int GraceMs = 5;
    private const int TimeoutLimitMs = 5_000;

    // What nobody else says, so that whoever listens in can leave it out: it may come before or after the request in the same turn.
    private static readonly string[] Look = ["ECHO", Arrivals.Observed];

    private readonly SessionState[] _states = [.. Enumerable.Range(0, Side.Connections).Select(_ => new SessionState())];
    private readonly Arrivals _expected = new();
    private readonly Arrivals _actual = new();

    /// <summary>Set: the order of messages is certain, because no client hears of one by two patterns.</summary>
    public bool HasOrderedPushes { get; init; }

    protected override int Connections => Side.Connections;

    protected override void ExecuteCore(IReadOnlyList<Call> calls)
    {
        foreach (SessionState state in _states) state.Clear();
        Pair.Streams?.Begin();
        foreach (Call call in calls)
        {
            if (Pair.Streams != null && !StreamComparer.IsCertain(call)) continue;
            if (call.Connection == Call.Healer)
            {
                Outcome.History.Add(call);
                Pair.Reference[Call.Healer].Ask(call.Words);
                Pair.Subject[Call.Healer].Ask(call.Words);
                continue;
            }

            if (_states[call.Connection].IsBlocked) continue;
            if (!Execute(call)) return;
        }
    }

    private bool Execute(Call call)
    {
        Outcome.History.Add(call);
        _expected.Clear();
        _actual.Clear();
        Send(Pair.Reference, call);
        Send(Pair.Subject, call);
        Settle();
        if (_expected[call.Connection].Count == 0 && EndsByItself(call)) AwaitTimeout(call.Connection);

        for (int round = 0; round < GraceRounds && !HasSameCounts(); round++)
        {
            Pair.Subject[call.Connection].WaitForInput(GraceMs);
            Settle();
        }

        Difference? difference = Compare(call);

        // Replies may differ where nothing that is written does: they are another comparison's business.
        if (Pair.Streams != null) difference = CompareStreams(call);
        Learn(call);
        for (int i = 0; i < Side.Connections; i++)
        {
            if (!_expected.IsClosed[i] && !_actual.IsClosed[i]) continue;
            Pair.Reference.Open(i);
            Pair.Subject.Open(i);
            _states[i].Clear();
        }

        if (difference == null) return true;
        bool isAllOver = difference.Kind != "reply" || _states.Any(state => state.IsBlocked);     // who waits for what cannot be repaired
        if (!Note(difference) || (isAllOver && Heals)) return false;
        Heal();
        return true;
    }

    private static void Send(Side side, Call call)
    {
        side[call.Connection].Append(call.Words);
        try
        {
            side[call.Connection].Flush();
        }
        catch (Wire.ServerLostException)
        {
            // It was closed behind the last request's back: to be seen as closed when it is drained.
        }
    }

    private void Settle()
    {
        for (int i = 0; i < RoundTrips; i++)
        {
            Pair.Reference.Observer.Append(Look);
            Pair.Subject.Observer.Append(Look);
            Pair.Reference.Observer.Flush();
            Pair.Subject.Observer.Flush();
            Pair.Reference.Observer.Read();
            Pair.Subject.Observer.Read();
        }

        _expected.Drain(Pair.Reference);
        _actual.Drain(Pair.Subject);
    }

    private bool HasSameCounts()
    {
        for (int i = 0; i < Side.Connections; i++)
        {
            if (_expected[i].Count != _actual[i].Count || _expected.IsClosed[i] != _actual.IsClosed[i]) return false;
        }

        return true;
    }

    private Difference? Compare(Call call)
    {
        for (int i = 0; i < Side.Connections; i++)
        {
            string kind = i == call.Connection ? "reply" : $"connection {i}";
            if (_expected.IsClosed[i] != _actual.IsClosed[i])
                return new Difference(Outcome.History.Count - 1, call, $"connection {i} closed", $"{_expected.IsClosed[i]}", $"{_actual.IsClosed[i]}");

            if (i == call.Connection && _expected[i].Count > 0) Tally.Count(call, _expected[i][^1][0] == '-');
            if (AreSame(call, i)) continue;
            return new Difference(Outcome.History.Count - 1, call, kind, _expected.Text(i), _actual.Text(i));
        }

        return null;
    }

    private Difference? CompareStreams(Call call)
    {
        if (Pair.Streams!.Compare() is not { } unlike) return null;

        // What a PFADD keeps that meets damage half-way redis-server tells nobody: its replicas have another value from then on.
        bool hasFailed = _expected[call.Connection] is [.., [(byte)'-', ..]];
        if (call.Name == "PFADD" && hasFailed && unlike.Expected.Length == 0) return null;
        return new Difference(Outcome.History.Count - 1, call, "stream", unlike.Expected, unlike.Actual);
    }

    private bool AreSame(Call call, int connection)
    {
        List<byte[]> expected = _expected[connection];
        List<byte[]> actual = _actual[connection];
        bool isOwn = connection == call.Connection;
        bool isSame = expected.Count == actual.Count;
        for (int i = 0; isSame && i < expected.Count; i++)
        {
            if (expected[i].AsSpan().SequenceEqual(actual[i])) continue;
            bool isReply = isOwn && expected[i][0] != '>' && ReplyRules.AreSame(call, expected[i], actual[i], isOrderFree: true, _states[connection].Queued);
            isSame = isReply || ((_states[connection].IsMonitor || call.Verb == Verb.Monitor) && ServiceRules.MaskedMonitorLine(Text(expected[i])) == ServiceRules.MaskedMonitorLine(Text(actual[i])));
        }

        return isSame || ((!HasOrderedPushes || call.Verb is Verb.Sort or Verb.Sort_Ro) && PushRules.AreSame(call, isOwn, expected, actual));
    }

    // What the request has changed of how its connection is to be understood.
    private void Learn(Call call)
    {
        SessionState state = _states[call.Connection];
        List<byte[]> replies = _expected[call.Connection];
        state.IsBlocked = replies.Count == 0 && state.Queued.Count == 0 && Blocks(call);
        for (int i = 0; i < Side.Connections; i++)
        {
            if (_expected[i].Exists(reply => reply[0] != '>')) _states[i].IsBlocked = false;     // a message is no reply to what waits
        }

        if (replies.Count == 0) return;
        byte[] reply = replies[^1];
        if (reply.AsSpan().SequenceEqual("+QUEUED\r\n"u8)) state.Queued.Add(call);
        else if (call.Verb is Verb.Exec or Verb.Discard or Verb.Reset) state.Queued.Clear();
        if (call.Verb == Verb.Monitor && reply[0] == '+') state.IsMonitor = true;
        if (call.Verb == Verb.Reset && reply[0] == '+') state.IsMonitor = false;
    }

    private static bool Blocks(Call call) => call.Verb is Verb.Blpop or Verb.Brpop or Verb.Blmove or Verb.Brpoplpush or Verb.Blmpop or Verb.Bzpopmin or Verb.Bzpopmax or Verb.Bzmpop
        || (call.Verb is Verb.Xread or Verb.Xreadgroup && call.Words.Contains("BLOCK"));

    // A wait of some milliseconds is waited for, so that nothing happens meanwhile.
    private static bool EndsByItself(Call call)
    {
        if (!Blocks(call)) return false;
        int at = call.Verb switch
        {
            Verb.Blmpop or Verb.Bzmpop => 1,
            Verb.Xread or Verb.Xreadgroup => Array.IndexOf(call.Words, "BLOCK") + 1,
            _ => call.Words.Length - 1,
        };
        double unit = call.Verb is Verb.Xread or Verb.Xreadgroup ? 1000 : 1;
        return double.TryParse(call.Words[at], NumberStyles.Float, CultureInfo.InvariantCulture, out double wait) && wait > 0 && wait / unit < 1;
    }

    private void AwaitTimeout(int connection)
    {
        Pair.Reference[connection].WaitForInput(TimeoutLimitMs);
        Pair.Subject[connection].WaitForInput(TimeoutLimitMs);
        Settle();
    }
}
