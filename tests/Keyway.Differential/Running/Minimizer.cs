using Keyway.Differential.Commands;
using Keyway.Differential.Comparison;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Running;

/// <summary>
/// Makes the shortest script it can find that shows a difference: first fewer requests, then fewer and shorter words. Everything is executed again on
/// empty servers, as often as that takes.
/// </summary>
internal sealed class Minimizer(ServerPair pair, Sequence sequence)
{
    private const int MostTries = 600;
    private const int ShortWord = 12;

    private readonly Tally _unused = new();
    private int _tries;
    private Difference _found = null!;

    /// <param name="history">What was executed, up to the difference.</param>
    /// <param name="difference">What is to be shown.</param>
    /// <returns>The script and its difference; null if it does not happen again.</returns>
    public (Call[] Script, Difference Difference)? Minimize(IReadOnlyList<Call> history, Difference difference)
    {
        Call[] calls = difference.Index < history.Count ? [.. history.Take(difference.Index + 1)] : [.. history];
        _found = difference;
        if (!Shows(calls)) return null;

        if (_found.IsState || _found.Call == null) calls = ShortestPrefix(calls);
        calls = WithoutNeedlessCalls(calls);
        calls = WithoutNeedlessWords(calls);
        calls = WithoutNeedlessCalls(calls);

        // What was tried last is not what is returned: the difference is that of the script.
        Shows(calls);
        return (calls, _found);
    }

    /// <summary>The same difference again; in the state any aspect of it, in a reply that of the last request.</summary>
    private bool Shows(Call[] calls)
    {
        if (calls.Length == 0) return false;
        _tries++;
        Outcome outcome = Run.For(sequence, pair, _unused, keepsGoing: true, heals: false).Execute(calls, sequence.Protocol);
        if (outcome.IsLost)
        {
            pair.Subject.Restart();
            pair.Reference.Restart();
        }

        Difference? difference = outcome.Differences.FirstOrDefault(candidate => candidate.Kind == _found.Kind && (_found.IsState || (IsAboutLast(candidate, outcome) && candidate.Call?.Name == _found.Call?.Name)));
        if (difference != null) _found = difference;
        return difference != null;
    }

    private static bool IsAboutLast(Difference difference, Outcome outcome) => difference.Call == null || difference.Index >= outcome.History.Count - 1
        || ReferenceEquals(difference.Call, outcome.History[^1]);

    private Call[] ShortestPrefix(Call[] calls)
    {
        int low = 1;
        int high = calls.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Shows(calls[..middle])) high = middle;
            else low = middle + 1;
        }

        return calls[..high];
    }

    // Leaves out ever smaller pieces; the last request is the one that shows the difference, or has made it.
    private Call[] WithoutNeedlessCalls(Call[] calls)
    {
        if (calls.Length > 1 && Shows([calls[^1]])) return [calls[^1]];
        for (int piece = Math.Max(1, (calls.Length - 1) / 2); piece >= 1; piece = piece == 1 ? 0 : Math.Max(1, piece / 2))
        {
            for (int start = calls.Length - 1 - piece; start > -piece && _tries < MostTries; start -= piece)
            {
                int from = Math.Max(0, start);
                int to = Math.Min(start + piece, calls.Length - 1);
                if (to <= from) continue;
                Call[] fewer = [.. calls[..from], .. calls[to..]];
                if (Shows(fewer)) calls = fewer;
            }
        }

        return calls;
    }

    private Call[] WithoutNeedlessWords(Call[] calls)
    {
        for (int i = calls.Length - 1; i >= 0; i--)
        {
            for (int piece = calls[i].Words.Length / 2; piece >= 1 && _tries < MostTries * 2; piece /= 2)
            {
                for (int at = calls[i].Words.Length - piece; at >= 2 && _tries < MostTries * 2; at -= piece)
                {
                    if (at + piece > calls[i].Words.Length) continue;
                    string[] words = [.. calls[i].Words[..at], .. calls[i].Words[(at + piece)..]];
                    TryReplace(ref calls, i, words);
                }
            }

            for (int at = 1; at < calls[i].Words.Length && at < 20; at++)
            {
                while (calls[i].Words[at].Length > ShortWord && _tries < MostTries * 2)
                {
                    string[] words = [.. calls[i].Words];
                    words[at] = words[at][..(words[at].Length / 2)];
                    if (!TryReplace(ref calls, i, words)) break;
                }
            }
        }

        return calls;
    }

    private bool TryReplace(ref Call[] calls, int at, string[] words)
    {
        Call[] changed = [.. calls];
        changed[at] = calls[at] with { Words = words };
        if (!Shows(changed)) return false;
        calls = changed;
        return true;
    }
}
