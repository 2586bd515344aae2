using System.Text;
using Keyway.Gateway.Sessions;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local.Clients;

/// <summary>
/// CLIENT SETINFO, by which today's libraries say who they are. Redis has it since 7.2; it is served here although the table is 7.0's, because nearly all
/// clients send it, and who operates a gateway wants to see what they are.
/// </summary>
internal static class SetInfo
{
    public static readonly Command Row = Command.Learned(
        "client|setinfo", 4, CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale, AclCategories.Connection | AclCategories.Slow, []);

    public static bool IsAskedBy(in Arguments arguments) =>
        arguments.Count > 1 && Ascii.EqualsIgnoreCase(arguments[0], "CLIENT"u8) && Ascii.EqualsIgnoreCase(arguments[1], "SETINFO"u8);

    // CLIENT SETINFO LIB-NAME libname | LIB-VER libver
    public static void Set(in LocalCall call)
    {
        bool isName = Ascii.EqualsIgnoreCase(call.Arguments[2], "LIB-NAME"u8);
        if (!isName && !Ascii.EqualsIgnoreCase(call.Arguments[2], "LIB-VER"u8))
        {
            call.Reply.WriteError(Encoding.Latin1.GetBytes($"ERR Unrecognized option '{Encoding.Latin1.GetString(call.Arguments[2])}'"));
            return;
        }
        if (!ClientCommands.IsValidName(call.Arguments[3]))
        {
            call.Reply.WriteError(isName
                ? "ERR lib-name cannot contain spaces, newlines or special characters."u8
                : "ERR lib-ver cannot contain spaces, newlines or special characters."u8);
            return;
        }
        if (isName) call.Session.State.LibraryName = call.Arguments[3].ToArray();
        else call.Session.State.LibraryVersion = call.Arguments[3].ToArray();
        call.Reply.WriteOk();
    }
}
