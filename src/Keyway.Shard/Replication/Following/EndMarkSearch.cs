namespace Keyway.Shard.Replication.Following;

/// <summary>Sees when the last bytes of a flow are its end mark, however the flow is cut into pieces.</summary>
internal sealed class EndMarkSearch(byte[] mark)
{
    private readonly byte[] _last = new byte[mark.Length];
    private int _count;

    /// <summary>Takes what follows.</summary>
    /// <returns>True when the flow ends with the mark now.</returns>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= _last.Length)
        {
            bytes[^_last.Length..].CopyTo(_last);
            _count = _last.Length;
        }
        else
        {
            int kept = Math.Min(_count, _last.Length - bytes.Length);
            _last.AsSpan(_count - kept, kept).CopyTo(_last);
            bytes.CopyTo(_last.AsSpan(kept));
            _count = kept + bytes.Length;
        }

        return _count == _last.Length && _last.AsSpan().SequenceEqual(mark);
    }
}
