using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Local;

/// <summary>MONITOR: from its OK on the client is shown what all clients of this gateway ask, on all loops and pools.</summary>
internal static class MonitorCommand
{
    // MONITOR
    public static void Monitor(in LocalCall call)
    {
        ClientSession session = call.Session;
        GatewayLoop loop = session.Loop;
        if (session.IsMonitor)
        {
            // A second time there is no answer, as in Redis.
            return;
        }
        session.IsMonitor = true;
        session.State.Set(SessionModes.Observed, true);
        uint sequence = session.ExpectAnswer();
        loop.Info.Questions.Ask(
            loop,
            other =>
            {
                other.Monitors.Follow(loop, 1);
                return true;
            },
            _ =>
            {
                session.Answer(sequence, "+OK\r\n"u8);
                if (session is { IsMonitor: true, IsClosed: false }) loop.Monitors.Add(session);
                else loop.Info.Questions.TellAll(loop, other => other.Monitors.Follow(loop, -1));
            });
    }
}
