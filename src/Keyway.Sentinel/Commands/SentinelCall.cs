using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Sentinel.Core;
using Keyway.Sentinel.Sessions;

namespace Keyway.Sentinel.Commands;

/// <summary>What a handler gets: a request that has passed all refusals, whose it is, and the ways to answer it.</summary>
internal readonly ref struct SentinelCall(SentinelServer server, SentinelClient client, Command command, Arguments arguments, ReplyBuffer reply)
{
    public readonly SentinelServer Server = server;
    public readonly SentinelClient Client = client;
    public readonly Command Command = command;
    public readonly Arguments Arguments = arguments;
    public readonly ReplyBuffer Reply = reply;

    public bool Resp3 => Client.IsResp3;

    /// <summary>An argument as text: names, addresses and options.</summary>
    public string Text(int index) => Encoding.UTF8.GetString(Arguments[index]);

    public bool Is(int index, string word) => Ascii.EqualsIgnoreCase(Arguments[index], word);

    /// <param name="text">With its code: "ERR …".</param>
    public void ReplyError(string text)
    {
        Server.Statistics.Errors++;
        Reply.WriteError(text);
    }

    public void ReplySyntaxError() => ReplyError("ERR syntax error");

    public void ReplyWrongArity() => ReplyError($"ERR wrong number of arguments for '{Command.Name}' command");

    /// <summary>An integer; else its error has been answered.</summary>
    public bool TryReadInteger(int index, out long value)
    {
        if (RespNumber.TryParseLong(Arguments[index], out value)) return true;
        ReplyError("ERR value is not an integer or out of range");
        return false;
    }

    /// <summary>The master of this name; else the error has been answered.</summary>
    public bool TryFindMaster(int index, out MonitoredMaster master)
    {
        master = Server.FindMaster(Text(index))!;
        if (master != null) return true;
        ReplyError("ERR No such master with that name");
        return false;
    }

    /// <summary>OK, if what was changed is on the disk.</summary>
    public void ReplySaved()
    {
        if (Server.IsSaved) Reply.WriteOk();
        else ReplyError("ERR Failed to save config changes. Check server logs.");
    }

    /// <summary>As all HELP subcommands answer.</summary>
    public void ReplyHelp(string container, ReadOnlySpan<string> lines)
    {
        Reply.WriteArray(lines.Length + 3);
        Reply.WriteSimple(Encoding.ASCII.GetBytes($"{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        foreach (string line in lines) Reply.WriteSimple(Encoding.ASCII.GetBytes(line));
        Reply.WriteSimple("HELP"u8);
        Reply.WriteSimple("    Prints this help."u8);
    }
}
