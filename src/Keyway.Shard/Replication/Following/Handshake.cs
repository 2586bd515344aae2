using System.Buffers;
using System.Globalization;
using System.Text;
using Keyway.Protocol;
using Microsoft.Extensions.Logging;

namespace Keyway.Shard.Replication.Following;

/// <summary>
/// What a replica and its master say to each other before data flow. It is given the master's lines, says what to send and what came of it, and knows
/// neither sockets nor clocks.
/// <code>
/// → PING                                         ← +PONG, or a refusal that a password may cure
/// → AUTH …, REPLCONF listening-port …, REPLCONF ip-address …, REPLCONF capa eof capa psync2     ← one line for each
/// → PSYNC id next-byte                           ← +FULLRESYNC id offset, +CONTINUE [id], or an error
/// </code>
/// </summary>
internal sealed class Handshake(HandshakePlan plan, ILogger logger)
{
    private readonly ArrayBufferWriter<byte> _output = new(256);
    private Awaited _awaited;

    /// <summary>Which reply comes next.</summary>
    private enum Awaited
    {
        Nothing,
        Ping,
        Auth,
        Port,
        Address,
        Capabilities,
        PSync,
    }

    /// <summary>What is to be sent now.</summary>
    public ReadOnlySpan<byte> Output => _output.WrittenSpan;

    /// <summary>The history that the master has named; empty when it has named none, or none that can be one.</summary>
    public string HistoryId { get; private set; } = "";

    /// <summary>After <see cref="HandshakeOutcome.BeginsAnew"/>: which byte of it the data end with.</summary>
    public long Offset { get; private set; } = -1;

    public void ClearOutput() => _output.ResetWrittenCount();

    /// <summary>The connection stands.</summary>
    public void Begin()
    {
        Say("PING"u8);
        _awaited = Awaited.Ping;
    }

    /// <param name="line">Without its line end.</param>
    public HandshakeOutcome Take(ReadOnlySpan<byte> line)
    {
        switch (_awaited)
        {
            case Awaited.Ping:
                return TakePingReply(line);
            case Awaited.Auth:
                if (!line.StartsWith("-"u8)) return Await(Awaited.Port);
                ReplicaLog.AuthRefused(logger, Text(line));
                return HandshakeOutcome.Fails;
            case Awaited.Port:
                if (line.StartsWith("-"u8)) ReplicaLog.PortNotUnderstood(logger, Text(line));
                return Await(plan.Address.Length > 0 ? Awaited.Address : Awaited.Capabilities);
            case Awaited.Address:
                if (line.StartsWith("-"u8)) ReplicaLog.AddressNotUnderstood(logger, Text(line));
                return Await(Awaited.Capabilities);
            case Awaited.Capabilities:
                if (line.StartsWith("-"u8)) ReplicaLog.CapabilitiesNotUnderstood(logger, Text(line));
                AskForStream();
                return Await(Awaited.PSync);
            case Awaited.PSync:
                return TakePSyncReply(line);
            default:
                return HandshakeOutcome.Fails;
        }
    }

    private HandshakeOutcome TakePingReply(ReadOnlySpan<byte> line)
    {
        // A master that wants a password first says so in several ways.
        bool isWelcome = line.StartsWith("+"u8) || line.StartsWith("-NOAUTH"u8) || line.StartsWith("-NOPERM"u8) || line.StartsWith("-ERR operation not permitted"u8);
        if (!isWelcome)
        {
            ReplicaLog.PingRefused(logger, Text(line));
            return HandshakeOutcome.Fails;
        }

        ReplicaLog.PingAnswered(logger);
        Introduce();
        return Await(plan.Password.Length > 0 ? Awaited.Auth : Awaited.Port);
    }

    // All at once: the master answers them in order.
    private void Introduce()
    {
        if (plan.Password.Length > 0 && plan.User.Length > 0) Say("AUTH"u8, plan.User, plan.Password);
        else if (plan.Password.Length > 0) Say("AUTH"u8, plan.Password);

        Say("REPLCONF"u8, "listening-port"u8, Encoding.ASCII.GetBytes(plan.Port.ToString(CultureInfo.InvariantCulture)));
        if (plan.Address.Length > 0) Say("REPLCONF"u8, "ip-address"u8, plan.Address);
        Say("REPLCONF"u8, "capa"u8, "eof"u8, "capa"u8, "psync2"u8);
    }

    private void AskForStream()
    {
        string id = plan.HistoryId ?? "?";
        // The byte that it lacks, not the last one that it has.
        string next = plan.HistoryId == null ? "-1" : plan.NextByte.ToString(CultureInfo.InvariantCulture);
        if (plan.HistoryId == null) ReplicaLog.NothingToGoOnFrom(logger);
        else ReplicaLog.TryingPartial(logger, id, next);

        if (plan.IsFailover) Say("PSYNC"u8, Encoding.ASCII.GetBytes(id), Encoding.ASCII.GetBytes(next), "FAILOVER"u8);
        else Say("PSYNC"u8, Encoding.ASCII.GetBytes(id), Encoding.ASCII.GetBytes(next));
    }

    private HandshakeOutcome TakePSyncReply(ReadOnlySpan<byte> line)
    {
        // A master that has to make its data ready first sends an empty line now and then.
        if (line.IsEmpty) return HandshakeOutcome.GoesOn;
        if (line.StartsWith("+FULLRESYNC"u8)) return TakeFullResync(line);
        if (line.StartsWith("+CONTINUE"u8) && plan.HistoryId != null) return TakeContinue(line);
        if (line.StartsWith("-NOMASTERLINK"u8) || line.StartsWith("-LOADING"u8))
        {
            ReplicaLog.MasterNotReady(logger, Text(line));
            return HandshakeOutcome.Fails;
        }

        if (line.StartsWith("-ERR"u8)) ReplicaLog.MasterWithoutPSync(logger, Text(line));
        else ReplicaLog.UnexpectedPSyncReply(logger, Text(line));
        ReplicaLog.RetryingWithSync(logger);
        _output.Write("SYNC\r\n"u8);
        _awaited = Awaited.Nothing;
        return HandshakeOutcome.BeginsUncounted;
    }

    // +FULLRESYNC 917901f75c8481017349022b16c9d9d29276627b 0
    private HandshakeOutcome TakeFullResync(ReadOnlySpan<byte> line)
    {
        _awaited = Awaited.Nothing;
        ReadOnlySpan<byte> rest = line["+FULLRESYNC".Length..].TrimStart((byte)' ');
        int blank = rest.IndexOf((byte)' ');
        long offset = -1;
        bool isGood = blank > 0 && ReplicationIdentity.IsId(rest[..blank]) && RespNumber.TryParseLong(rest[(blank + 1)..], out offset) && offset >= 0;
        if (!isGood)
        {
            // The data come all the same, but nobody may ever ask to go on from them.
            ReplicaLog.WrongFullResync(logger);
            return HandshakeOutcome.BeginsUncounted;
        }

        HistoryId = Text(rest[..blank]);
        Offset = offset;
        ReplicaLog.FullResync(logger, HistoryId, Offset);
        return HandshakeOutcome.BeginsAnew;
    }

    // +CONTINUE, or +CONTINUE and the name that the history has now
    private HandshakeOutcome TakeContinue(ReadOnlySpan<byte> line)
    {
        _awaited = Awaited.Nothing;
        ReplicaLog.PartialResync(logger);
        ReadOnlySpan<byte> id = line["+CONTINUE"u8.Length..];
        if (id.Length > 0) id = id[1..];
        HistoryId = ReplicationIdentity.IsId(id) ? Text(id) : plan.HistoryId!;
        return HandshakeOutcome.Continues;
    }

    private HandshakeOutcome Await(Awaited next)
    {
        _awaited = next;
        return HandshakeOutcome.GoesOn;
    }

    private void Say(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default, ReadOnlySpan<byte> fourth = default, ReadOnlySpan<byte> fifth = default)
    {
        int count = 1 + (second.IsEmpty ? 0 : 1) + (third.IsEmpty ? 0 : 1) + (fourth.IsEmpty ? 0 : 1) + (fifth.IsEmpty ? 0 : 1);
        _output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*{count}\r\n")));
        SayWord(first);
        if (!second.IsEmpty) SayWord(second);
        if (!third.IsEmpty) SayWord(third);
        if (!fourth.IsEmpty) SayWord(fourth);
        if (!fifth.IsEmpty) SayWord(fifth);
    }

    private void SayWord(ReadOnlySpan<byte> word)
    {
        _output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${word.Length}\r\n")));
        _output.Write(word);
        _output.Write("\r\n"u8);
    }

    private static string Text(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line);
}
