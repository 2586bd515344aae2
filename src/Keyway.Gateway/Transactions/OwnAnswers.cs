using Keyway.Gateway.Local;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Transactions;

/// <summary>Runs the commands of a transaction that the gateway answers itself.</summary>
internal static class OwnAnswers
{
    public static void Write(ClientSession session, OwnCommand own, ReplyBuffer reply)
    {
        var reader = new RequestReader();
        reader.Read(own.Request);
        Arguments arguments = reader.Arguments(own.Request);
        if (LocalCommands.Find(own.Row) is { } handler)
        {
            handler(new LocalCall(session, own.Row, arguments, reply));
            session.Pool.Counters.Of(own.Row.Id).Ok++;
        }
        else if (own.Row.Name == "unwatch")
        {
            // EXEC has made the shard forget already.
            reply.WriteOk();
        }
        else
        {
            // Its keys could not be found, so no shard could be asked.
            var keys = new KeyList();
            KeyExtractor.Extract(own.Row, arguments, ref keys);
            reply.WriteError(keys.Error ?? "ERR syntax error");
            session.Pool.Counters.Of(own.Row.Id).Error++;
        }
    }
}
