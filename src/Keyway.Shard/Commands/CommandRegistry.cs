using Keyway.Protocol.Commands;
using Keyway.Shard.Commands.Clients;

namespace Keyway.Shard.Commands;

/// <summary>Joins the rows of the command table with the methods that carry them out. A command is served when it has one.</summary>
internal sealed unsafe partial class CommandRegistry
{
    private readonly delegate*<ref CommandContext, void>[] _handlers = new delegate*<ref CommandContext, void>[CommandTable.All.Length];
    private readonly bool[] _isServed = new bool[CommandTable.All.Length];

    private CommandRegistry()
    {
        AddStrings();
        AddKeys();
        AddConnection();
        AddServer();
        AddLists();
        AddHashes();
        AddSets();
        AddSortedSets();
        AddGeo();
        AddStreams();
        AddBitmaps();
        AddHyperLogLogs();
        AddSerialization();
        AddSorting();
        AddTransactions();
        AddPubSub();
        AddMonitoring();
        AddPersistence();
        AddReplication();
    }

    public static CommandRegistry All { get; } = new();

    public delegate*<ref CommandContext, void> this[Command command] => _handlers[command.Id];

    /// <summary>Rows that are here, and containers of such rows.</summary>
    public bool Serves(Command command) => _isServed[command.Id];

    private void Add(string name, delegate*<ref CommandContext, void> handler)
    {
        Command row = CommandTable.FindFullName(System.Text.Encoding.ASCII.GetBytes(name))
            ?? throw new InvalidOperationException($"The handler of '{name}' has no row in the command table.");
        if (_handlers[row.Id] != null) throw new InvalidOperationException($"'{name}' has two handlers.");

        _handlers[row.Id] = handler;
        _isServed[row.Id] = true;
        if (row.Parent != null) _isServed[row.Parent.Id] = true;
    }

    // A group of commands that has a folder of its own is registered from there.
    partial void AddLists();

    partial void AddHashes();

    partial void AddSets();

    partial void AddSortedSets();

    partial void AddGeo();

    partial void AddStreams();

    partial void AddBitmaps();

    partial void AddHyperLogLogs();

    partial void AddSerialization();

    partial void AddSorting();

    partial void AddTransactions();

    partial void AddPubSub();

    partial void AddMonitoring();

    partial void AddPersistence();

    partial void AddReplication();

    private void AddStrings()
    {
        Add("get", &StringCommands.Get);
        Add("set", &StringCommands.Set);
        Add("setnx", &StringCommands.SetNx);
        Add("setex", &StringCommands.SetEx);
        Add("psetex", &StringCommands.PSetEx);
        Add("getset", &StringCommands.GetSet);
        Add("getdel", &StringCommands.GetDel);
        Add("getex", &StringCommands.GetEx);
        Add("mget", &StringCommands.MGet);
        Add("mset", &StringCommands.MSet);
        Add("msetnx", &StringCommands.MSetNx);
        Add("strlen", &StringCommands.StrLen);
        Add("append", &StringCommands.Append);
        Add("setrange", &StringCommands.SetRange);
        Add("getrange", &StringCommands.GetRange);
        Add("substr", &StringCommands.GetRange);
        Add("incr", &NumberCommands.Incr);
        Add("decr", &NumberCommands.Decr);
        Add("incrby", &NumberCommands.IncrBy);
        Add("decrby", &NumberCommands.DecrBy);
        Add("incrbyfloat", &NumberCommands.IncrByFloat);
        Add("lcs", &LcsCommand.Lcs);
    }

    private void AddKeys()
    {
        Add("del", &KeyCommands.Del);
        Add("unlink", &KeyCommands.Del);
        Add("exists", &KeyCommands.Exists);
        Add("touch", &KeyCommands.Touch);
        Add("type", &KeyCommands.Type);
        Add("rename", &KeyCommands.Rename);
        Add("renamenx", &KeyCommands.RenameNx);
        Add("copy", &KeyCommands.Copy);
        Add("move", &KeyCommands.Move);
        Add("randomkey", &KeyCommands.RandomKey);
        Add("expire", &ExpiryCommands.Expire);
        Add("pexpire", &ExpiryCommands.PExpire);
        Add("expireat", &ExpiryCommands.ExpireAt);
        Add("pexpireat", &ExpiryCommands.PExpireAt);
        Add("ttl", &ExpiryCommands.Ttl);
        Add("pttl", &ExpiryCommands.PTtl);
        Add("expiretime", &ExpiryCommands.ExpireTime);
        Add("pexpiretime", &ExpiryCommands.PExpireTime);
        Add("persist", &ExpiryCommands.Persist);
        Add("keys", &ScanCommands.Keys);
        Add("scan", &ScanCommands.Scan);
        Add("object|encoding", &ObjectCommands.Encoding);
        Add("object|freq", &ObjectCommands.Freq);
        Add("object|idletime", &ObjectCommands.IdleTime);
        Add("object|refcount", &ObjectCommands.RefCount);
        Add("object|help", &ObjectCommands.Help);
        Add("select", &DatabaseCommands.Select);
        Add("dbsize", &DatabaseCommands.DbSize);
        Add("flushdb", &DatabaseCommands.FlushDb);
        Add("flushall", &DatabaseCommands.FlushAll);
        Add("swapdb", &DatabaseCommands.SwapDb);
    }

    private void AddConnection()
    {
        Add("ping", &ConnectionCommands.Ping);
        Add("echo", &ConnectionCommands.Echo);
        Add("auth", &ConnectionCommands.Auth);
        Add("hello", &ConnectionCommands.Hello);
        Add("quit", &ConnectionCommands.Quit);
        Add("reset", &ConnectionCommands.Reset);
        Add("client|id", &ClientCommands.Id);
        Add("client|getname", &ClientCommands.GetName);
        Add("client|setname", &ClientCommands.SetName);
        Add("client|info", &ClientList.Info);
        Add("client|list", &ClientList.List);
        Add("client|kill", &ClientKill.Kill);
        Add("client|no-evict", &ClientCommands.NoEvict);
        Add("client|reply", &ClientCommands.Reply);
        Add("client|unblock", &ClientCommands.Unblock);
        Add("client|pause", &ClientCommands.Pause);
        Add("client|unpause", &ClientCommands.Unpause);
        Add("client|getredir", &ClientCommands.GetRedir);
        Add("client|trackinginfo", &ClientCommands.TrackingInfo);
        Add("client|help", &ClientCommands.Help);
    }

    partial void AddServer();
}
