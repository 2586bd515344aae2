using System.Globalization;
using Keyway.Protocol;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Commands;

/// <summary>SENTINEL DEBUG and SIMULATE-FAILURE: for who tests failovers and will not wait for them.</summary>
internal static class SentinelDebugCommand
{
    private static readonly (string Name, Func<SentinelConstants, int> Get, Action<SentinelConstants, int> Set)[] Times =
    [
        ("INFO-PERIOD", times => times.InfoPeriod, (times, value) => times.InfoPeriod = value),
        ("PING-PERIOD", times => times.PingPeriod, (times, value) => times.PingPeriod = value),
        ("ASK-PERIOD", times => times.AskPeriod, (times, value) => times.AskPeriod = value),
        ("PUBLISH-PERIOD", times => times.PublishPeriod, (times, value) => times.PublishPeriod = value),
        ("DEFAULT-DOWN-AFTER", times => times.DefaultDownAfter, (times, value) => times.DefaultDownAfter = value),
        ("DEFAULT-FAILOVER-TIMEOUT", times => times.DefaultFailoverTimeout, (times, value) => times.DefaultFailoverTimeout = value),
        ("TILT-TRIGGER", times => times.TiltTrigger, (times, value) => times.TiltTrigger = value),
        ("TILT-PERIOD", times => times.TiltPeriod, (times, value) => times.TiltPeriod = value),
        ("SLAVE-RECONF-TIMEOUT", times => times.ReplicaReconfTimeout, (times, value) => times.ReplicaReconfTimeout = value),
        ("MIN-LINK-RECONNECT-PERIOD", times => times.MinLinkReconnectPeriod, (times, value) => times.MinLinkReconnectPeriod = value),
        ("ELECTION-TIMEOUT", times => times.ElectionTimeout, (times, value) => times.ElectionTimeout = value),
        ("SCRIPT-MAX-RUNTIME", times => times.ScriptMaxRuntime, (times, value) => times.ScriptMaxRuntime = value),
        ("SCRIPT-RETRY-DELAY", times => times.ScriptRetryDelay, (times, value) => times.ScriptRetryDelay = value),
    ];

    private static readonly (string Name, SimulatedFailures Failure)[] Failures =
        [("crash-after-election", SimulatedFailures.CrashAfterElection), ("crash-after-promotion", SimulatedFailures.CrashAfterPromotion)];

    // SENTINEL DEBUG [parameter value ...]
    public static void Debug(in SentinelCall call)
    {
        SentinelConstants constants = call.Server.Core.Constants;
        if (call.Arguments.Count == 2)
        {
            call.Reply.WriteMap(Times.Length, call.Resp3);
            foreach ((string name, Func<SentinelConstants, int> get, _) in Times)
            {
                call.Reply.WriteBulk(name);
                call.Reply.WriteBulk(get(constants).ToString(CultureInfo.InvariantCulture));
            }

            return;
        }

        for (int at = 2; at < call.Arguments.Count; at += 2)
        {
            int found = IndexOf(call, at);
            if (found < 0 || at + 1 == call.Arguments.Count)
            {
                call.ReplyError($"ERR Unknown option or number of arguments for SENTINEL DEBUG '{call.Text(at)}'");
                return;
            }

            if (!RespNumber.TryParseLong(call.Arguments[at + 1], out long value) || value is <= 0 or > int.MaxValue)
            {
                call.ReplyError($"ERR Invalid argument '{call.Text(at + 1)}' for SENTINEL DEBUG '{call.Text(at)}'");
                return;
            }

            Times[found].Set(constants, (int)value);
        }

        call.Reply.WriteOk();
    }

    // SENTINEL SIMULATE-FAILURE (crash-after-election | crash-after-promotion | help) ...
    public static void SimulateFailure(in SentinelCall call)
    {
        var wanted = SimulatedFailures.None;
        for (int at = 2; at < call.Arguments.Count; at++)
        {
            if (call.Is(at, "help"))
            {
                call.Reply.WriteArray(Failures.Length);
                foreach ((string name, _) in Failures) call.Reply.WriteBulk(name);
                return;
            }

            SimulatedFailures failure = FailureAt(call, at);
            if (failure == SimulatedFailures.None)
            {
                call.ReplyError("ERR Unknown failure simulation specified");
                return;
            }

            wanted |= failure;
        }

        call.Server.Core.State.SimulatedFailures = wanted;
        call.Reply.WriteOk();
    }

    private static int IndexOf(in SentinelCall call, int at)
    {
        for (int i = 0; i < Times.Length; i++)
        {
            if (call.Is(at, Times[i].Name)) return i;
        }

        return -1;
    }

    private static SimulatedFailures FailureAt(in SentinelCall call, int at)
    {
        foreach ((string name, SimulatedFailures failure) in Failures)
        {
            if (call.Is(at, name)) return failure;
        }

        return SimulatedFailures.None;
    }
}
