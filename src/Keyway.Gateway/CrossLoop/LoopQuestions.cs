using Keyway.Gateway.Sessions;
using Keyway.Protocol;

namespace Keyway.Gateway.CrossLoop;

/// <summary>
/// Asks every loop the same thing and brings the answers together: each loop answers on its own thread, the last answer is posted back to who asked.
/// Nobody waits for anybody, and a loop shows nothing of itself but what its answer copies.
/// </summary>
internal sealed class LoopQuestions(IReadOnlyList<GatewayLoop> loops)
{
    /// <summary>How many loops answer.</summary>
    public int Count => loops.Count;

    /// <summary>Tells every loop something; the asking one at once, the others in a turn of theirs. Several of these keep their order.</summary>
    public void TellAll(GatewayLoop from, Action<GatewayLoop> what)
    {
        foreach (GatewayLoop loop in loops)
        {
            if (loop == from) what(loop);
            else loop.Events.Post(() => what(loop));
        }
    }

    /// <summary>
    /// Asks every loop; the asking one answers first and at once. <paramref name="answered"/> gets the answers in the order of the loops, on the asking
    /// loop's thread: with only one loop, before this returns.
    /// </summary>
    public void Ask<T>(GatewayLoop from, Func<GatewayLoop, T> question, Action<T[]> answered)
    {
        var answers = new T[loops.Count];
        int missing = loops.Count;
        for (int i = 0; i < loops.Count; i++)
        {
            GatewayLoop loop = loops[i];
            if (loop == from) answers[i] = question(loop);
        }
        if (Interlocked.Decrement(ref missing) == 0)
        {
            answered(answers);
            return;
        }
        for (int i = 0; i < loops.Count; i++)
        {
            int place = i;
            GatewayLoop loop = loops[i];
            if (loop == from) continue;
            loop.Events.Post(() =>
            {
                answers[place] = question(loop);
                if (Interlocked.Decrement(ref missing) == 0) from.Events.Post(() => answered(answers));
            });
        }
    }

    /// <summary>
    /// The same for a client's request: its reply is made of the answers, and the client's later requests and replies keep their order meanwhile. Nothing
    /// is written when the client has gone.
    /// </summary>
    /// <param name="write">Writes one whole reply; the flag says whether the client spoke RESP3 when it asked.</param>
    public void AskFor<T>(ClientSession session, Func<GatewayLoop, T> question, Action<T[], ReplyBuffer, bool> write)
    {
        GatewayLoop loop = session.Loop;
        bool resp3 = session.State.Resp3;
        uint sequence = session.ExpectAnswer();
        Ask(loop, question, answers =>
        {
            if (!session.WaitsFor(sequence)) return;
            ReplyBuffer reply = loop.RentReply();
            write(answers, reply, resp3);
            session.Answer(sequence, reply);
        });
    }
}
