namespace Keyway.Benchmarks.Checks.Tagged;

/// <summary>What the clients and the faulty shards saw, counted by many threads.</summary>
internal sealed class TagTally
{
    public long Own;
    public long TryAgain;
    public long Uncertain;

    /// <summary>Answered by an error that the contract does not have for this.</summary>
    public long OtherErrors;

    /// <summary>Another's reply, a reply too many, or bytes that are none.</summary>
    public long Foreign;

    /// <summary>No reply within ten seconds.</summary>
    public long Silent;

    /// <summary>Requests that had no reply when the gateway closed their client.</summary>
    public long Cut;

    /// <summary>Clients that the gateway closed.</summary>
    public long ClosedByGateway;

    /// <summary>Requests whose client left on purpose before their replies.</summary>
    public long Abandoned;

    /// <summary>Requests that reached a shard in pieces, with another's bytes in them, or not as RESP.</summary>
    public long BadRequests;

    public long Garbage;
    public long Halves;
    public long SingleBytes;
    public long Hangs;
    public long Twice;
    public long LargeValues;
    public long Stalls;

    /// <summary>Messages of channels that their clients listened to.</summary>
    public long Messages;

    private string? _firstForeign;
    private string? _firstOther;

    /// <summary>Faults after which the gateway may have to close a client: it had passed on a part of the reply.</summary>
    public long Cutting => Garbage + Halves + Hangs + Twice + LargeValues;

    public long Answered => Own + Errors;

    public long Errors => TryAgain + Uncertain + OtherErrors;

    public long Requests => Answered + Foreign + Silent + Cut + Abandoned;

    public string FirstForeign => _firstForeign ?? "";

    public string FirstOther => _firstOther ?? "";

    public void CountOther(string seen)
    {
        Interlocked.Increment(ref OtherErrors);
        Interlocked.CompareExchange(ref _firstOther, Shown(seen), null);
    }

    public void CountForeign(string expected, string seen)
    {
        Interlocked.Increment(ref Foreign);
        Interlocked.CompareExchange(ref _firstForeign, $"expected {Shown(expected)}, got {Shown(seen)}", null);
    }

    private static string Shown(string bytes)
    {
        string start = bytes.Length > 120 ? bytes[..120] + "…" : bytes;
        return start.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }
}
