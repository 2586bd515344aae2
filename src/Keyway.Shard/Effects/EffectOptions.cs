using Keyway.Protocol;

namespace Keyway.Shard.Effects;

/// <summary>The trailing arguments of a request, from an index on: options that an effect carries along unchanged.</summary>
internal readonly ref struct EffectOptions
{
    private readonly Arguments _request;
    private readonly int _from;

    public EffectOptions(Arguments request, int from)
    {
        _request = request;
        _from = from;
        Count = Math.Max(0, request.Count - from);
    }

    public int Count { get; }

    public ReadOnlySpan<byte> this[int index] => _request[_from + index];
}
