using System.Security.Cryptography;
using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Users;
using Keyway.Protocol;
using Keyway.Protocol.Commands;

namespace Keyway.Gateway.Local.Access;

/// <summary>ACL, as far as it tells: users come from the map, and change with it.</summary>
internal static class AclCommands
{
    private const int MostBits = 4096;

    private static readonly string[] HelpLines =
    [
        "ACL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CAT [<category>]",
        "    Lists all categories of commands, or the commands of one.",
        "DRYRUN <username> <command> [<arg> ...]",
        "    Tells whether the user could run that command, without running it.",
        "GETUSER <username>",
        "    Describes a user.",
        "GENPASS [<bits>]",
        "    Makes a random password, of 256 bits unless told otherwise.",
        "LIST",
        "    Lists the users of this pool as rules. They come from the gateway's map, and are changed there.",
        "LOG [<count> | RESET]",
        "    Lists what was refused lately.",
        "USERS",
        "    Lists the names of the users.",
        "WHOAMI",
        "    Tells the user of this connection.",
        "HELP",
        "    Prints this text.",
    ];

    // ACL HELP
    public static void Help(in LocalCall call) => ClientCommands.WriteHelp(call.Reply, HelpLines);

    // ACL WHOAMI
    public static void WhoAmI(in LocalCall call) => call.Reply.WriteBulk(call.Session.State.User.NameBytes);

    // ACL LIST
    public static void List(in LocalCall call)
    {
        IReadOnlyList<User> users = call.Session.Pool.Users.All;
        call.Reply.WriteArray(users.Count);
        foreach (User user in users) call.Reply.WriteBulk(user.Describe());
    }

    // ACL USERS
    public static void Users(in LocalCall call)
    {
        IReadOnlyList<User> users = call.Session.Pool.Users.All;
        call.Reply.WriteArray(users.Count);
        foreach (User user in users) call.Reply.WriteBulk(user.NameBytes);
    }

    // ACL GETUSER username
    public static void GetUser(in LocalCall call)
    {
        ReplyBuffer reply = call.Reply;
        if (call.Session.Pool.Users.Find(call.Arguments[2]) is not { } user)
        {
            reply.WriteNull(call.Resp3);
            return;
        }
        reply.WriteMap(6, call.Resp3);
        reply.WriteBulk("flags"u8);
        reply.WriteSet(user.NeedsNoPassword ? 2 : 1, call.Resp3);
        reply.WriteBulk(user.IsOn ? "on"u8 : "off"u8);
        if (user.NeedsNoPassword) reply.WriteBulk("nopass"u8);
        reply.WriteBulk("passwords"u8);
        reply.WriteArray(user.PasswordDigest is null ? 0 : 1);
        if (user.PasswordDigest is { } digest) reply.WriteBulk(digest);
        reply.WriteBulk("commands"u8);
        reply.WriteBulk(user.Commands.Text);
        reply.WriteBulk("keys"u8);
        reply.WriteBulk(user.KeyText);
        reply.WriteBulk("channels"u8);
        reply.WriteBulk(user.ChannelText);
        reply.WriteBulk("selectors"u8);
        reply.WriteArray(0);
    }

    // ACL CAT [category]
    public static void Cat(in LocalCall call)
    {
        if (call.Arguments.Count > 3)
        {
            call.Reply.WriteError(WrongUse(in call));
        }
        else if (call.Arguments.Count == 2)
        {
            call.Reply.WriteArray(CommandNames.CategoryNames.Length);
            foreach (string name in CommandNames.CategoryNames) call.Reply.WriteBulk(name);
        }
        else if (CommandNames.TryParseCategory(Encoding.Latin1.GetString(call.Arguments[2]), out AclCategories category))
        {
            Command[] members = [.. CommandTable.All.Where(row => !row.IsContainer && (row.AclCategories & category) != 0)];
            call.Reply.WriteArray(members.Length);
            foreach (Command row in members) call.Reply.WriteBulk(row.NameBytes);
        }
        else
        {
            call.Reply.WriteError(Encoding.Latin1.GetBytes($"ERR Unknown category '{Encoding.Latin1.GetString(call.Arguments[2])}'"));
        }
    }

    // ACL DRYRUN username command [arg [arg ...]]
    public static void DryRun(in LocalCall call)
    {
        if (call.Session.Pool.Users.Find(call.Arguments[2]) is not { } user)
        {
            call.Reply.WriteError(Encoding.Latin1.GetBytes($"ERR User '{Encoding.Latin1.GetString(call.Arguments[2])}' not found"));
            return;
        }

        Arguments arguments = call.Arguments.From(3);
        if (CommandTable.Resolve(in arguments) is not { } row)
        {
            call.Reply.WriteError(Encoding.Latin1.GetBytes($"ERR Command '{Encoding.Latin1.GetString(call.Arguments[3])}' not found"));
            return;
        }
        if (!row.Takes(arguments.Count))
        {
            CommandErrors.WriteWrongArity(call.Reply, row);
            return;
        }
        var keys = new KeyList();
        Denial denial = Permissions.Check(user, row, arguments, ref keys);
        string what = Encoding.Latin1.GetString(denial.Object ?? []);
        switch (denial.Reason)
        {
            case DenialReason.None: call.Reply.WriteOk(); break;
            case DenialReason.Command: call.Reply.WriteBulk(Encoding.Latin1.GetBytes($"This user has no permissions to run the '{what}' command")); break;
            case DenialReason.Key: call.Reply.WriteBulk(Encoding.Latin1.GetBytes($"This user has no permissions to access the '{what}' key")); break;
            case DenialReason.Channel: call.Reply.WriteBulk(Encoding.Latin1.GetBytes($"This user has no permissions to access the '{what}' channel")); break;
            default: call.Reply.WriteBulk(denial.Error); break;
        }
    }

    // ACL GENPASS [bits]
    public static void GenPass(in LocalCall call)
    {
        long bits = 256;
        if (call.Arguments.Count > 3)
        {
            call.Reply.WriteError(WrongUse(in call));
            return;
        }
        if (call.Arguments.Count == 3 && !RespNumber.TryParseLong(call.Arguments[2], out bits))
        {
            call.Reply.WriteError("ERR value is not an integer or out of range"u8);
            return;
        }
        if (bits is <= 0 or > MostBits)
        {
            call.Reply.WriteError("ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096"u8);
            return;
        }
        int digits = (int)(bits + 3) / 4;
        call.Reply.WriteBulk(RandomNumberGenerator.GetHexString(digits, lowercase: true));
    }

    public static byte[] WrongUse(in LocalCall call) => Encoding.Latin1.GetBytes(
        $"ERR unknown subcommand or wrong number of arguments for '{Encoding.Latin1.GetString(call.Arguments[1])}'. Try ACL HELP.");
}
