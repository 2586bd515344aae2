using System.Runtime.CompilerServices;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>What a handler gets: a request that has passed all refusals, whose it is, and the ways to answer it.</summary>
internal ref struct CommandContext(ShardServer server, ClientSession client, Command command, Arguments arguments, ReplyBuffer reply)
{
    public readonly Arguments Arguments = arguments;
    public readonly ClientSession Client = client;
    public readonly ShardServer Server = server;
    public readonly Command Command = command;
    public readonly ReplyBuffer Reply = reply;

    /// <summary>The database that the client has selected.</summary>
    public readonly Database Keyspace => Client.Database;

    public readonly Databases Databases => Server.Databases;

    public readonly Propagation Propagation => Server.Propagation;

    public readonly long NowMs => Server.Databases.NowMs;

    public readonly bool Resp3 => Client.IsResp3;

    /// <summary>An error has been answered: the call counts as failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>How a deletion that the user asked for is repeated elsewhere.</summary>
    public readonly ReadOnlySpan<byte> NameOfUserDelete => Server.Settings.LazyUserDelete ? "UNLINK"u8 : "DEL"u8;

    /// <summary>How a deletion for lack of time is repeated elsewhere.</summary>
    public readonly ReadOnlySpan<byte> NameOfExpiryDelete => Server.Settings.LazyExpire ? "UNLINK"u8 : "DEL"u8;

    /// <summary>Tells whoever listens to keyspace events what has happened to the key: "lpush", "expire" …</summary>
    public readonly void Notify(KeyspaceEvents kind, ReadOnlySpan<byte> what, ReadOnlySpan<byte> key) => Server.Notify(kind, what, key, Client.Database.Index);

    public readonly void ReplyOk() => Reply.WriteOk();

    public readonly void ReplyNull() => Reply.WriteNull(Resp3);

    public readonly void ReplyInteger(long value) => Reply.WriteInteger(value);

    public readonly void ReplyBulk(ReadOnlySpan<byte> value) => Reply.WriteBulk(value);

    public readonly void ReplyBulk(string value) => Reply.WriteBulk(value);

    public readonly void ReplySimple(ReadOnlySpan<byte> text) => Reply.WriteSimple(text);

    public readonly void ReplyArray(long count) => Reply.WriteArray(count);

    public readonly void ReplyMap(long pairs) => Reply.WriteMap(pairs, Resp3);

    public readonly void ReplyVerbatim(string text) => Reply.WriteVerbatim(Encoding.UTF8.GetBytes(text), Resp3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void ReplyString(Entry entry)
    {
        if (entry.Encoding != ValueEncoding.Integer)
        {
            Reply.WriteBulk(entry.Bytes);
            return;
        }

        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        Reply.WriteBulk(StringText.Of(entry, digits));
    }

    /// <param name="text">With its code: "ERR …".</param>
    public void ReplyError(ReadOnlySpan<byte> text)
    {
        HasFailed = true;
        Server.Statistics.CountError(text);
        Reply.WriteError(text);
    }

    public void ReplyError(string text) => ReplyError(Encoding.UTF8.GetBytes(text));

    public void ReplySyntaxError() => ReplyError("ERR syntax error"u8);

    public void ReplyNotAnInteger() => ReplyError("ERR value is not an integer or out of range"u8);

    public void ReplyNoSuchKey() => ReplyError("ERR no such key"u8);

    public void ReplyWrongArity() => ReplyError($"ERR wrong number of arguments for '{Command.Name}' command");

    public void ReplyUnknownSubcommand() =>
        ReplyError(Concatenate($"ERR unknown subcommand or wrong number of arguments for '", Arguments[1], $"'. Try {Command.Name.ToUpperInvariant()} HELP."));

    /// <summary>True for a string; else WRONGTYPE has been answered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsString(Place place)
    {
        if (place.Entry.Kind == ValueKind.String) return true;
        ReplyError("WRONGTYPE Operation against a key holding the wrong kind of value"u8);
        return false;
    }

    public bool TryReadInteger(int index, out long value)
    {
        if (RespNumber.TryParseLong(Arguments[index], out value)) return true;
        ReplyNotAnInteger();
        return false;
    }

    /// <summary>An integer of 32 bits; the errors differ for what is none and for what is too large.</summary>
    public bool TryReadInt(int index, out int value)
    {
        value = 0;
        if (!TryReadInteger(index, out long number)) return false;
        value = (int)number;
        if (value == number) return true;
        ReplyError("ERR value is out of range, value must between -2147483648 and 2147483647"u8);
        return false;
    }

    /// <summary>A positive time as Unix ms; without it "invalid expire time" has been answered.</summary>
    public bool TryReadExpiry(int index, int unitMs, bool isRelative, out long expiresAtMs)
    {
        if (!TryReadInteger(index, out expiresAtMs)) return false;
        if (expiresAtMs > 0 && expiresAtMs <= long.MaxValue / unitMs)
        {
            expiresAtMs *= unitMs;
            if (!isRelative) return true;
            if (expiresAtMs <= long.MaxValue - NowMs)
            {
                expiresAtMs += NowMs;
                return true;
            }
        }

        ReplyInvalidExpiry();
        return false;
    }

    public void ReplyInvalidExpiry() => ReplyError($"ERR invalid expire time in '{Command.Name}' command");

    /// <summary>Whether a string may become so long.</summary>
    public bool FitsLengthLimit(long length, int appended)
    {
        if (length <= Server.Settings.ProtoMaxBulkLength - appended && length <= int.MaxValue / 2 - appended) return true;
        ReplyError("ERR string exceeds maximum allowed size (proto-max-bulk-len)"u8);
        return false;
    }

    /// <summary>The database of this number; else "out of range" has been answered.</summary>
    public bool TryFindDatabase(int index, out Database database)
    {
        bool exists = (uint)index < (uint)Databases.Count;
        database = exists ? Databases[index] : Keyspace;
        if (!exists) ReplyError("ERR DB index is out of range"u8);
        return exists;
    }

    public readonly void ReplyHelp(ReadOnlySpan<string> lines)
    {
        ReplyArray(lines.Length + 3);
        ReplySimple(Encoding.ASCII.GetBytes($"{(Command.Parent ?? Command).Name.ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        foreach (string line in lines) ReplySimple(Encoding.ASCII.GetBytes(line));
        ReplySimple("HELP"u8);
        ReplySimple("    Prints this help."u8);
    }

    /// <summary>A message that quotes what the client sent, byte for byte.</summary>
    public static byte[] Concatenate(string before, ReadOnlySpan<byte> quoted, string after) =>
        [.. Encoding.ASCII.GetBytes(before), .. quoted, .. Encoding.ASCII.GetBytes(after)];
}
