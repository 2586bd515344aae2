using System.Text;
using Keyway.Gateway.Users;
using Keyway.Protocol;

namespace Keyway.Gateway.Local.Access;

/// <summary>ACL LOG, over all loops and pools.</summary>
internal static class AclLogCommand
{
    private const long ShownByDefault = 10;

    // ACL LOG [count | RESET]
    public static void Log(in LocalCall call)
    {
        long count = ShownByDefault;
        if (call.Arguments.Count > 3)
        {
            call.Reply.WriteError(AclCommands.WrongUse(in call));
            return;
        }
        if (call.Arguments.Count == 3 && Ascii.EqualsIgnoreCase(call.Arguments[2], "RESET"u8))
        {
            Reset(in call);
            return;
        }
        if (call.Arguments.Count == 3 && !RespNumber.TryParseLong(call.Arguments[2], out count))
        {
            call.Reply.WriteError("ERR value is not an integer or out of range"u8);
            return;
        }
        int shown = (int)Math.Clamp(count, 0, int.MaxValue);
        long nowMs = call.Session.Loop.Events.NowMs;
        call.Session.Loop.Info.Questions.AskFor(
            call.Session,
            loop => loop.Denials.Take(),
            (loops, reply, resp3) =>
            {
                DenialEntry[] entries = [.. loops.SelectMany(some => some.Reverse()).OrderByDescending(entry => entry.AtMs).Take(shown)];
                reply.WriteArray(entries.Length);
                foreach (DenialEntry entry in entries) Write(reply, entry, nowMs, resp3);
            });
    }

    private static void Reset(in LocalCall call) => call.Session.Loop.Info.Questions.AskFor(
        call.Session,
        loop =>
        {
            loop.Denials.Clear();
            return true;
        },
        (_, reply, _) => reply.WriteOk());

    private static void Write(ReplyBuffer reply, DenialEntry entry, long nowMs, bool resp3)
    {
        reply.WriteMap(7, resp3);
        reply.WriteBulk("count"u8);
        reply.WriteInteger(entry.Count);
        reply.WriteBulk("reason"u8);
        reply.WriteBulk(entry.ReasonText);
        reply.WriteBulk("context"u8);
        reply.WriteBulk(entry.InTransaction ? "multi"u8 : "toplevel"u8);
        reply.WriteBulk("object"u8);
        reply.WriteBulk(Encoding.Latin1.GetBytes(entry.What));
        reply.WriteBulk("username"u8);
        reply.WriteBulk(Encoding.Latin1.GetBytes(entry.User));
        reply.WriteBulk("age-seconds"u8);
        if (resp3) reply.WriteDouble(Math.Max(0, nowMs - entry.AtMs) / 1000.0, resp3);
        else reply.WriteBulk(entry.AgeSeconds(Math.Max(nowMs, entry.AtMs)));
        reply.WriteBulk("client-info"u8);
        reply.WriteBulk(Encoding.Latin1.GetBytes(entry.Client));
    }
}
