using System.Runtime.CompilerServices;
using System.Text;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Shard.Blocking;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Commands;

/// <summary>What a handler gets: a request that has passed all refusals, whose it is, and the ways to answer it.</summary>
internal ref struct CommandContext(ShardServer server, ClientSession client, Command command, Arguments arguments, ReplyBuffer reply)
{
    private const int QuotedBytes = 128;       // of a subcommand that is none

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

    /// <summary>
    /// The request has waited, and runs again because one of its keys has been written and holds the kind of value that it waits for. A handler that
    /// still finds nothing calls <see cref="TryBlock"/> as before and keeps its place in the queue; whatever else it answers ends the wait.
    /// </summary>
    public readonly bool IsRetry => Client.Blocked is { Ready: not null };

    /// <summary>What the first run gave to <see cref="TryBlock"/> to remember; null in the first run.</summary>
    public readonly object? RetryState => IsRetry ? Client.Blocked!.State : null;

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

    public readonly void ReplyNullArray() => Reply.WriteNullArray(Resp3);

    public readonly void ReplySet(long count) => Reply.WriteSet(count, Resp3);

    public readonly void ReplyDouble(double value) => Reply.WriteDouble(value, Resp3);

    /// <summary>An element as the bulk string that it was set as.</summary>
    public readonly void ReplyElement(ListpackElement element)
    {
        if (element.IsInteger) ReplyDigits(element.Integer);
        else Reply.WriteBulk(element.Bytes);
    }

    /// <summary>A number as a bulk string.</summary>
    public readonly void ReplyDigits(long number)
    {
        Span<byte> digits = stackalloc byte[RespNumber.MaxLongLength];
        Reply.WriteBulk(digits[..RespNumber.FormatLong(digits, number)]);
    }

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
    public void ReplyError(scoped ReadOnlySpan<byte> text)
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
        ReplyError(Concatenate("ERR unknown subcommand or wrong number of arguments for '", Arguments[1][..Math.Min(Arguments[1].Length, QuotedBytes)], $"'. Try {(Command.Parent ?? Command).Name.ToUpperInvariant()} HELP."));

    /// <summary>True for a string; else WRONGTYPE has been answered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsString(scoped Place place) => Is(place, ValueKind.String);

    /// <summary>True if the key, which exists, holds a value of this kind; else WRONGTYPE has been answered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(scoped Place place, ValueKind kind)
    {
        if (place.Entry.Kind == kind) return true;
        ReplyWrongType();
        return false;
    }

    public void ReplyWrongType() => ReplyError("WRONGTYPE Operation against a key holding the wrong kind of value"u8);

    public bool TryReadInteger(int index, out long value)
    {
        if (RespNumber.TryParseLong(Arguments[index], out value)) return true;
        ReplyNotAnInteger();
        return false;
    }

    /// <summary>An integer that is not too small; one error for whatever else it is.</summary>
    public bool TryReadAtLeast(int index, long least, ReadOnlySpan<byte> error, out long value)
    {
        if (RespNumber.TryParseLong(Arguments[index], out value) && value >= least) return true;
        ReplyError(error);
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

    /// <summary>
    /// Whether this run may be served by the key: a first run by any, a run again only by the one that has become ready, since keys serve in the order
    /// in which they became so and not in the order in which the request names them.
    /// </summary>
    public readonly bool MayServe(ReadOnlySpan<byte> key) => !IsRetry || key.SequenceEqual(Client.Blocked!.Ready!.Key);

    /// <summary>
    /// For a handler that has found nothing to serve its client with and has answered nothing yet: the client waits until one of the keys is written, and
    /// then the request runs again (<see cref="IsRetry"/>), until it is answered. When the time is over the client gets a null array; nobody calls the
    /// handler for that. Clients that wait for a key are served first come, first served.
    /// <code>
    /// // BLPOP key [key ...] timeout
    /// if (!context.TryReadTimeout(context.Arguments.Count - 1, out long timeoutMs)) return;
    /// for (int i = 1; i &lt; context.Arguments.Count - 1; i++)
    /// {
    ///     if (!context.MayServe(context.Arguments[i])) continue;
    ///     … found a list: pop, answer, return; found something else: WRONGTYPE, return (a run again never meets that: the key's kind was looked at).
    /// }
    /// if (!context.TryBlock(BlockedOn.List, firstKey: 1, context.Arguments.Count - 2, timeoutMs)) context.ReplyNullArray();
    /// </code>
    /// </summary>
    /// <param name="kind">What the keys must hold for a run again.</param>
    /// <param name="firstKey">The index of the first of the arguments that are the keys.</param>
    /// <param name="keyCount">How many keys follow one another there.</param>
    /// <param name="timeoutMs">0: for ever. As <see cref="TryReadTimeout"/> gives it.</param>
    /// <param name="state">What the run again needs and the arguments do not say (what "$" meant): see <see cref="RetryState"/>.</param>
    /// <returns>False where nothing may wait (in a transaction or a script): then answer at once what the command answers when it finds nothing.</returns>
    public bool TryBlock(BlockedOn kind, int firstKey, int keyCount, long timeoutMs, object? state = null)
    {
        if (IsRetry)
        {
            Client.Blocked!.WaitsOn = true;
            return true;
        }

        if (Client.DeniesBlocking) return false;
        if (!SavedRequest.TryCopy(Arguments, Databases.Memory, out SavedRequest saved))
        {
            ReplyError("ERR the request is too large to wait"u8);
            return true;
        }

        var request = new BlockedRequest(Client, Command, saved, kind, state, isUnheard: Reply == Server.Unheard);
        Client.BeginWait(request);
        Server.Blocked.Add(request, Arguments, firstKey, keyCount, timeoutMs);
        return true;
    }

    /// <summary>The time that a blocking command waits, in seconds with decimals: 0 is for ever. Else Redis's error has been answered.</summary>
    public bool TryReadTimeout(int index, out long timeoutMs)
    {
        timeoutMs = 0;
        if (!LongDouble.TryParse(Arguments[index], out LongDouble seconds))
        {
            ReplyError("ERR timeout is not a float or out of range"u8);
            return false;
        }

        timeoutMs = seconds.TimesThousandRoundedUp();
        return IsPositive(timeoutMs);
    }

    /// <summary>The same in whole milliseconds, as XREAD has it.</summary>
    public bool TryReadTimeoutMs(int index, out long timeoutMs)
    {
        if (RespNumber.TryParseLong(Arguments[index], out timeoutMs)) return IsPositive(timeoutMs);
        ReplyError("ERR timeout is not an integer or out of range"u8);
        return false;
    }

    private bool IsPositive(long timeoutMs)
    {
        if (timeoutMs >= 0) return true;
        ReplyError("ERR timeout is negative"u8);
        return false;
    }

    public readonly void ReplyHelp(ReadOnlySpan<string> lines)
    {
        ReplyArray(lines.Length + 3);
        ReplySimple(Encoding.ASCII.GetBytes($"{(Command.Parent ?? Command).Name.ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        foreach (string line in lines) ReplySimple(Encoding.ASCII.GetBytes(line));
        ReplySimple("HELP"u8);
        ReplySimple("    Prints this help."u8);
    }

    /// <summary>A message that quotes what the client sent, byte for byte, up to the first NUL: as C prints a string.</summary>
    public static byte[] Concatenate(string before, ReadOnlySpan<byte> quoted, string after)
    {
        int nul = quoted.IndexOf((byte)0);
        return [.. Encoding.ASCII.GetBytes(before), .. nul < 0 ? quoted : quoted[..nul], .. Encoding.ASCII.GetBytes(after)];
    }
}
