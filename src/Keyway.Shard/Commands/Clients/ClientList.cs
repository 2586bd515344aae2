using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Clients;

namespace Keyway.Shard.Commands.Clients;

/// <summary>CLIENT LIST and CLIENT INFO.</summary>
internal static class ClientList
{
    // CLIENT INFO
    public static void Info(ref CommandContext context) => context.ReplyVerbatim(Describe(ref context, context.Client) + "\n");

    // CLIENT LIST [TYPE NORMAL|MASTER|REPLICA|PUBSUB] [ID client-id [client-id ...]]
    public static void List(ref CommandContext context)
    {
        int count = context.Arguments.Count;
        if (count == 2) ListAll(ref context, null);
        else if (count == 4 && Word.Is(context.Arguments[2], "TYPE"u8)) ListType(ref context);
        else if (count > 3 && Word.Is(context.Arguments[2], "ID"u8)) ListIds(ref context);
        else context.ReplySyntaxError();
    }

    private static void ListType(ref CommandContext context)
    {
        if (ClientTypes.TryParse(context.Arguments[3], out ClientType type, out byte[] error)) ListAll(ref context, type);
        else context.ReplyError(error);
    }

    private static void ListAll(ref CommandContext context, ClientType? type)
    {
        var text = new StringBuilder();
        for (ClientSession? client = context.Server.FirstClient; client != null; client = client.Next)
        {
            if (type == null || client.Type == type) text.Append(Describe(ref context, client)).Append('\n');
        }

        context.ReplyVerbatim(text.ToString());
    }

    // In the order asked for, and as often.
    private static void ListIds(ref CommandContext context)
    {
        var text = new StringBuilder();
        for (int i = 3; i < context.Arguments.Count; i++)
        {
            if (!RespNumber.TryParseLong(context.Arguments[i], out long id))
            {
                context.ReplyError("ERR Invalid client ID"u8);
                return;
            }

            if (context.Server.FindClient(id) is { } client) text.Append(Describe(ref context, client)).Append('\n');
        }

        context.ReplyVerbatim(text.ToString());
    }

    private static string Describe(ref CommandContext context, ClientSession client) =>
        client == context.Client ? ClientDescription.OfCaller(client, context.Arguments) : ClientDescription.Of(client);
}
