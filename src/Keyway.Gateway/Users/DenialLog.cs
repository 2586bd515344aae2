namespace Keyway.Gateway.Users;

/// <summary>One loop's refusals of the last time, for ACL LOG. The same within a minute is one entry with a count.</summary>
internal sealed class DenialLog
{
    private const int Kept = 128;
    private const long JoinedForMs = 60_000;

    // The newest last.
    private readonly List<DenialEntry> _entries = [];

    public void Add(DenialReason reason, bool inTransaction, string what, string user, string client, long nowMs)
    {
        int same = _entries.FindIndex(entry => entry.Reason == reason && entry.InTransaction == inTransaction && entry.What == what && entry.User == user
            && nowMs - entry.AtMs <= JoinedForMs);
        long count = 1;
        if (same >= 0)
        {
            count += _entries[same].Count;
            _entries.RemoveAt(same);
        }
        else if (_entries.Count == Kept)
        {
            _entries.RemoveAt(0);
        }
        _entries.Add(new DenialEntry(count, reason, inTransaction, what, user, client, nowMs));
    }

    public IReadOnlyList<DenialEntry> Take() => [.. _entries];

    public void Clear() => _entries.Clear();
}
