using System.Text;
using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;

namespace Keyway.Differential.Running;

/// <summary>Executes a sequence on both servers and compares; the two ways to do so differ in how they wait.</summary>
internal abstract class Run(ServerPair pair, Tally tally)
{
    private const int ToleratedStates = 40;     // more keys than that are repaired by beginning anew

    private readonly StateComparer _states = new(pair);

    protected ServerPair Pair { get; } = pair;

    protected Tally Tally { get; } = tally;

    protected Outcome Outcome { get; private set; } = new();

    /// <summary>Set: goes on behind a difference, once what it has left behind is repaired.</summary>
    public bool KeepsGoing { get; init; }

    /// <summary>Not set: what a difference leaves behind stays, because the repairs are among the requests already.</summary>
    public bool Heals { get; init; } = true;

    protected abstract int Connections { get; }

    public static Run For(Sequence sequence, ServerPair pair, Tally tally, bool keepsGoing, bool heals = true) => sequence.IsConcurrent || pair.Streams != null
        ? new SessionRun(pair, tally) { KeepsGoing = keepsGoing, Heals = heals, HasOrderedPushes = sequence.HasOrderedPushes }
        : new PipelinedRun(pair, tally) { KeepsGoing = keepsGoing, Heals = heals };

    /// <summary>On empty servers; at the end all they hold is compared.</summary>
    public Outcome Execute(IReadOnlyList<Call> calls, int protocol)
    {
        Outcome = new Outcome();
        try
        {
            Pair.Reset(protocol, Connections);
            ExecuteCore(calls);
            if (Outcome.Differences.Count == 0 || KeepsGoing) CompareStates();
        }
        catch (ServerLostException lost)
        {
            Outcome.Differences.Add(Lost(Outcome.History.Count, null, lost));
        }

        return Outcome;
    }

    protected abstract void ExecuteCore(IReadOnlyList<Call> calls);

    /// <returns>False if the run is over.</returns>
    protected bool Note(Difference difference)
    {
        Outcome.Differences.Add(difference);
        return KeepsGoing;
    }

    /// <summary>After a difference: what is unlike is deleted on both sides, as part of the history.</summary>
    protected void Heal()
    {
        if (!Heals) return;
        Repair(["CLIENT", "UNPAUSE"]);
        List<(int Database, string Key, Difference Difference)> unlike = _states.Compare(0, ToleratedStates + 1);
        if (unlike.Count > ToleratedStates)
        {
            Repair(["FLUSHALL"]);
            return;
        }

        foreach ((int database, string key, Difference _) in unlike)
        {
            Repair(["SELECT", $"{database}"]);
            Repair(["DEL", key]);
        }
    }

    protected Difference Lost(int index, Call? call, ServerLostException lost)
    {
        Outcome.IsLost = true;
        bool isReference = lost.Server == Pair.Reference.Name;
        return new Difference(index, call, "lost", isReference ? lost.Message : "goes on", isReference ? "goes on" : lost.Message);
    }

    private void Repair(string[] words)
    {
        Outcome.History.Add(new Call(words, Call.Healer));
        Pair.Reference[Call.Healer].Ask(words);
        Pair.Subject[Call.Healer].Ask(words);
    }

    private void CompareStates()
    {
        foreach ((int _, string _, Difference difference) in _states.Compare(Outcome.History.Count, limit: 20))
        {
            if (!Note(difference)) return;
        }
    }

    protected static string Text(ReadOnlySpan<byte> reply) => Encoding.Latin1.GetString(reply);
}
