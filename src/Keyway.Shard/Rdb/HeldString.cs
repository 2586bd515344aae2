using System.Runtime.CompilerServices;

namespace Keyway.Shard.Rdb;

/// <summary>Where a string lies that is needed a little longer: in the input, which the caller still has, or in the scratch.</summary>
internal readonly struct HeldString
{
    private readonly bool _isInScratch;
    private readonly int _start;
    private readonly int _length;

    public HeldString(ReadOnlySpan<byte> text, ReadOnlySpan<byte> input, RdbScratch scratch)
    {
        _length = text.Length;
        _isInScratch = scratch.Holds(text);
        if (!_isInScratch && !text.IsEmpty) _start = (int)Unsafe.ByteOffset(ref Unsafe.AsRef(in input[0]), ref Unsafe.AsRef(in text[0]));
    }

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> input, RdbScratch scratch) => _isInScratch ? scratch.Slice(0, _length) : input.Slice(_start, _length);
}
