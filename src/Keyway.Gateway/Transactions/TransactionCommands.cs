using Keyway.Gateway.Routing;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Transactions;

/// <summary>
/// MULTI, EXEC, DISCARD, WATCH and UNWATCH. What follows MULTI is queued here and leaves with EXEC, all at once: other clients' requests may stand
/// before and behind it on a shared link, none within it. WATCH is a matter between a server and one connection, so it takes a link of the
/// client's own until EXEC.
/// </summary>
internal sealed class TransactionCommands
{
    private static readonly Command ExecRow = CommandTable.Find("exec"u8)!;

    private readonly CommandQueue _queue;
    private readonly ExecSender _sender;
    private readonly KeyWatcher _watcher;

    public TransactionCommands(GatewayLoop loop, Router router)
    {
        var units = new UnitFinder(router);
        _queue = new CommandQueue(loop, router, units);
        _sender = new ExecSender(loop, router);
        _watcher = new KeyWatcher(loop, router, units);
    }

    /// <summary>Whether a client that has said MULTI may say this and have it run at once.</summary>
    public static bool RunsAtOnce(Command row) => RouteTable.Of(row) == RouteKind.Transaction ? row.Name != "unwatch" : row.Name is "quit" or "reset";

    /// <summary>A command after MULTI.</summary>
    public void Queue(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame) => _queue.Take(session, row, arguments, frame);

    /// <returns>False: it cannot be taken now, and the session is blocked.</returns>
    public bool Run(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        switch (row.Name)
        {
            case "multi" when session.Transaction is not null:
                AnswerError(session, row, "ERR MULTI calls can not be nested"u8);
                return true;
            case "multi":
                session.BeginTransaction();
                AnswerOk(session, row);
                return true;
            case "discard" when session.Transaction is null:
                AnswerError(session, row, "ERR DISCARD without MULTI"u8);
                return true;
            case "discard":
                session.LeaveTransaction();
                AnswerOk(session, row);
                return true;
            case "unwatch":
                session.EndWatch();
                AnswerOk(session, row);
                return true;
            case "watch" when session.Transaction is not null:
                AnswerError(session, row, "ERR WATCH inside MULTI is not allowed"u8);
                return true;
            case "watch":
                return _watcher.Watch(session, row, arguments, frame);
            default:
                return Exec(session, row);
        }
    }

    /// <summary>As Redis does: a refused command spoils the transaction that it was for, and a refused EXEC ends it.</summary>
    /// <param name="error">Without '-'.</param>
    public static byte[] OnRefused(ClientSession session, Command? row, ReadOnlySpan<byte> error)
    {
        session.Transaction?.Spoil();
        if (row != ExecRow) return error.ToArray();
        session.LeaveTransaction();
        ReadOnlySpan<byte> reason = error.StartsWith("ERR "u8) ? error[4..] : error;
        return [.. "EXECABORT Transaction discarded because of: "u8, .. reason];
    }

    private bool Exec(ClientSession session, Command row)
    {
        if (session.Transaction is not { } transaction)
        {
            AnswerError(session, row, "ERR EXEC without MULTI"u8);
            return true;
        }
        if (session.Watch is { Link.IsVoid: true }) session.EndWatch();
        if (transaction.IsSpoiled)
        {
            session.LeaveTransaction();
            AnswerError(session, row, "EXECABORT Transaction discarded because of previous errors."u8);
            return true;
        }
        if (transaction.ForShard > 0 || session.Watch is not null) return _sender.Send(session, row, transaction);

        OwnCommand[] own = [.. transaction.Own];
        session.EndTransaction();
        Count(session, row).Ok++;
        ReplyBuffer reply = session.BeginReply();
        reply.WriteArray(own.Length);
        foreach (OwnCommand command in own) OwnAnswers.Write(session, command, reply);
        session.EndReply(reply);
        return true;
    }

    private static void AnswerOk(ClientSession session, Command row)
    {
        Count(session, row).Ok++;
        ReplyBuffer reply = session.BeginReply();
        reply.WriteOk();
        session.EndReply(reply);
    }

    // One that does not spoil.
    private static void AnswerError(ClientSession session, Command row, ReadOnlySpan<byte> error)
    {
        Count(session, row).Error++;
        ReplyBuffer reply = session.BeginReply();
        reply.WriteError(error);
        session.EndReply(reply);
    }

    private static Metrics.CommandCounters Count(ClientSession session, Command row)
    {
        Metrics.CommandCounters counters = session.Pool.Counters.Of(row.Id);
        counters.Duration.Record(0, 0);
        return counters;
    }
}
