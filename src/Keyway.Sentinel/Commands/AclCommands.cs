using System.Security.Cryptography;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Protocol.Configuration;

namespace Keyway.Sentinel.Commands;

/// <summary>ACL, as far as it concerns the one user that this server has.</summary>
internal static class AclCommands
{
    private const int BitsByDefault = 256;
    private const int MostBits = 4096;

    // ACL CAT [category]
    public static void Cat(in SentinelCall call)
    {
        if (call.Arguments.Count > 3)
        {
            call.ReplyWrongArity();
            return;
        }

        if (call.Arguments.Count == 2)
        {
            call.Reply.WriteArray(CommandNames.CategoryNames.Length);
            foreach (string name in CommandNames.CategoryNames) call.Reply.WriteBulk(name);
            return;
        }

        if (!CommandNames.TryParseCategory(call.Text(2), out AclCategories category))
        {
            call.ReplyError($"ERR Unknown category '{call.Text(2)}'");
            return;
        }

        Command[] found = [.. CommandTable.OfSentinels.All.Where(command => (command.AclCategories & category) != 0 && CommandRegistry.Serves(command))];
        call.Reply.WriteArray(found.Length);
        foreach (Command command in found) call.Reply.WriteBulk(command.NameBytes);
    }

    // ACL GENPASS [bits]
    public static void GenPass(in SentinelCall call)
    {
        long bits = BitsByDefault;
        if (call.Arguments.Count > 3) call.ReplyWrongArity();
        else if (call.Arguments.Count == 3 && !call.TryReadInteger(2, out bits)) return;
        else if (bits is < 1 or > MostBits) call.ReplyError("ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096");
        else call.Reply.WriteBulk(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes((int)(bits + 7) / 8))[..(int)((bits + 3) / 4)]);
    }

    // ACL GETUSER username
    public static void GetUser(in SentinelCall call)
    {
        if (call.Text(2) != "default")
        {
            call.Reply.WriteNull(call.Resp3);
            return;
        }

        string[] flags = call.Server.NeedsPassword ? ["on"] : ["on", "nopass"];
        call.Reply.WriteMap(6, call.Resp3);
        call.Reply.WriteBulk("flags"u8);
        call.Reply.WriteSet(flags.Length, call.Resp3);
        foreach (string flag in flags) call.Reply.WriteBulk(flag);
        call.Reply.WriteBulk("passwords"u8);
        call.Reply.WriteArray(call.Server.NeedsPassword ? 1 : 0);
        if (call.Server.NeedsPassword) call.Reply.WriteBulk(DefaultUser.Hash(call.Server.Options.Password));
        call.Reply.WriteBulk("commands"u8);
        call.Reply.WriteBulk("+@all"u8);
        call.Reply.WriteBulk("keys"u8);
        call.Reply.WriteBulk("~*"u8);
        call.Reply.WriteBulk("channels"u8);
        call.Reply.WriteBulk("&*"u8);
        call.Reply.WriteBulk("selectors"u8);
        call.Reply.WriteArray(0);
    }

    // ACL LIST
    public static void List(in SentinelCall call)
    {
        call.Reply.WriteArray(1);
        call.Reply.WriteBulk(DefaultUser.Line(call.Server.Options.Password));
    }

    // ACL USERS
    public static void Users(in SentinelCall call)
    {
        call.Reply.WriteArray(1);
        call.Reply.WriteBulk("default"u8);
    }

    // ACL WHOAMI
    public static void WhoAmI(in SentinelCall call) => call.Reply.WriteBulk("default"u8);
}
