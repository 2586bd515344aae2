using System.Runtime.CompilerServices;

namespace Keyway.Protocol;

/// <summary>The arguments of a request where they lie: nothing is copied, and nothing outlives the bytes.</summary>
public readonly ref struct Arguments
{
    private readonly ReadOnlySpan<byte> _request;
    private readonly ReadOnlySpan<ArgumentRange> _ranges;
    private readonly int _firstHeader;

    /// <param name="request">The request in multibulk form, from its first byte.</param>
    /// <param name="ranges">One per argument, in order.</param>
    /// <param name="firstHeader">Where the first argument's "$" stands: behind the "*3\r\n".</param>
    public Arguments(ReadOnlySpan<byte> request, ReadOnlySpan<ArgumentRange> ranges, int firstHeader)
    {
        _request = request;
        _ranges = ranges;
        _firstHeader = firstHeader;
    }

    public int Count => _ranges.Length;

    /// <summary>The content of argument <paramref name="index"/>; 0 is the command's name.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ArgumentRange range = _ranges[index];
            return _request.Slice(range.Start, range.Length);
        }
    }

    /// <summary>The same request without its first arguments: the command inside <c>COMMAND GETKEYS get k</c>.</summary>
    public Arguments From(int first) => new(_request, _ranges[first..], first == 0 ? _firstHeader : _ranges[first - 1].End + 2);

    /// <summary>The argument with its header and line end, "$3\r\nkey\r\n", ready to stand in another request.</summary>
    public ReadOnlySpan<byte> Encoded(int index)
    {
        int start = index == 0 ? _firstHeader : _ranges[index - 1].End + 2;
        return _request[start..(_ranges[index].End + 2)];
    }

    /// <summary>Arguments <paramref name="first"/> up to <paramref name="end"/> (excluded) as they stand next to one another, encoded.</summary>
    public ReadOnlySpan<byte> Encoded(int first, int end)
    {
        if (first == end) return default;

        int start = first == 0 ? _firstHeader : _ranges[first - 1].End + 2;
        return _request[start..(_ranges[end - 1].End + 2)];
    }
}
