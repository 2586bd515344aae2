using Keyway.Gateway.Routing;
using Keyway.Gateway.Scripts;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using System.Text;

namespace Keyway.Gateway.Transactions;

/// <summary>Queues what a client sends after MULTI. Whatever can be refused is refused now, and spoils the transaction.</summary>
internal sealed class CommandQueue(GatewayLoop loop, Router router, UnitFinder units)
{
    private static readonly Command Select = CommandTable.Find("select"u8)!;

    private KeyList _keys = new();

    public void Take(ClientSession session, Command row, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        Transaction transaction = session.Transaction!;
        QueueAs kind = QueueTable.Of(row);
        if (kind == QueueAs.Refused)
        {
            Refuse(session, row);
            return;
        }
        if (!HasRoom(session, row, transaction, frame.Length)) return;

        int database = 0;
        bool selects = row == Select && TryReadDatabase(session, arguments, out database);
        if (selects && session.Pool.ViewOf(session.State.User, database) != session.Pool)
        {
            // Its keys live elsewhere, and a transaction goes to one place.
            router.Refuse(session, row, "ERR SELECT of a database with rules of its own is refused inside MULTI by this gateway"u8);
            return;
        }
        if (selects) transaction.AddSelect(row, frame, database);
        else if (kind == QueueAs.Own) transaction.AddOwn(row, frame);
        else if (!TryAdd(session, row, transaction, arguments, frame)) return;

        ReplyBuffer reply = session.BeginReply();
        reply.WriteSimple("QUEUED"u8);
        session.EndReply(reply);
    }

    private bool TryAdd(ClientSession session, Command row, Transaction transaction, Arguments arguments, ReadOnlySpan<byte> frame)
    {
        KeyStatus status = KeyExtractor.Extract(row, arguments, ref _keys);
        if (status == KeyStatus.Invalid)
        {
            // A lone server finds that out when it runs the command: the others run all the same.
            transaction.AddOwn(row, frame);
            return true;
        }
        if (router.RefusesPattern(session, row, arguments, in _keys)) return false;
        if (status == KeyStatus.Found && transaction.Unit?.Digest is { } digest && digest != session.Pool.Map.Digest)
        {
            // Units have other numbers now; EXEC will say that the map has changed.
            transaction.Add(row, frame);
            return true;
        }
        if (status == KeyStatus.Found)
        {
            TransactionUnit? others = transaction.Unit ?? session.Watch?.UnitIn(session);
            if (units.Find(session, row, arguments, ref _keys, others) is not { } unit) return false;
            transaction.Unit = unit;
        }
        if (ScriptBody.PutInto(loop.Info.Scripts, row, arguments) is { } whole)
        {
            if (!HasRoom(session, row, transaction, whole.Length)) return false;
            frame = whole;
        }
        transaction.Add(row, frame);
        return true;
    }

    private void Refuse(ClientSession session, Command row)
    {
        if (RouteTable.Of(row) == RouteKind.Refused)
        {
            router.RefuseByPolicy(session, row);
            return;
        }
        router.Refuse(session, row, Encoding.ASCII.GetBytes($"ERR command '{row.Name.Replace('|', ' ')}' is refused inside a transaction by this gateway"));
    }

    private bool HasRoom(ClientSession session, Command row, Transaction transaction, int bytes)
    {
        PoolDefinition limits = session.Pool.Definition;
        string? limit = transaction.QueuedBytes + bytes > limits.MaxTransaction ? "it passes 'max_transaction'"
            : session.Pool.CollectedBytes + bytes > loop.ShareOf(limits.Buffers) ? "what is queued passes 'buffers'"
            : transaction.Count >= Transaction.MostCommands ? $"it has more than {Transaction.MostCommands} commands"
            : null;
        if (limit is null) return true;
        router.Refuse(session, row, Encoding.ASCII.GetBytes($"ERR transaction too large: {limit}"));
        return false;
    }

    // What SELECT would refuse it refuses when its turn comes.
    private static bool TryReadDatabase(ClientSession session, Arguments arguments, out int database)
    {
        bool isThere = RespNumber.TryParseLong(arguments[1], out long index) && index >= 0 && index < session.Pool.Definition.Databases;
        database = isThere ? (int)index : 0;
        return isThere;
    }
}
