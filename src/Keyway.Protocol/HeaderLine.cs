namespace Keyway.Protocol;

/// <summary>
/// A header line of a request, such as "*3\r\n" or "$10\r\n", taken in as its bytes arrive; it never needs the earlier ones again.
/// Redis looks for the CR and steps over the byte behind it, whatever that is, and so do we: what we refuse or accept must be what
/// the shard behind us refuses or accepts.
/// </summary>
internal struct HeaderLine
{
    private const int MaxLength = 64 * 1024;   // as long as Redis waits for a header's CR

    private ulong _magnitude;
    private int _length;
    private int _digits;
    private byte _marker;
    private bool _negative;
    private bool _invalid;
    private bool _endless;
    private bool _atLineFeed;

    /// <summary>Nothing of the line has come.</summary>
    public readonly bool IsEmpty => _length == 0 && !_atLineFeed;

    /// <summary>The line's first byte, <c>*</c> or <c>$</c> if all is well.</summary>
    public readonly byte Marker => _marker;

    /// <summary>The CR was followed by LF. Other parsers insist on it, so other endings are never passed on.</summary>
    public bool EndsInCrLf { get; private set; }

    public HeaderStatus Read(ReadOnlySpan<byte> input, out int consumed)
    {
        for (int i = 0; i < input.Length; i++)
        {
            byte b = input[i];
            if (_atLineFeed)
            {
                EndsInCrLf = b == '\n';
                consumed = i + 1;
                return HeaderStatus.Complete;
            }

            if (b == '\r' && !_endless)
            {
                if (_length == 0) _marker = b;
                _atLineFeed = true;
                continue;
            }

            // Bounded, so a peer that never ends its line cannot make us buffer for ever.
            if (++_length > MaxLength)
            {
                consumed = i + 1;
                return HeaderStatus.TooLong;
            }

            // To Redis a header is a C string: behind a NUL it finds no CR, and waits until the line is too long.
            if (b == 0) _endless = true;

            if (_length == 1) _marker = b;
            else AddDigit(b);
        }

        consumed = input.Length;
        return HeaderStatus.Incomplete;
    }

    /// <summary>The number behind the marker, if it is in its only valid form: no plus sign, no leading zero, no "-0", within a long.</summary>
    public readonly bool TryGetValue(out long value)
    {
        value = _negative ? (long)(0 - _magnitude) : (long)_magnitude;
        return !_invalid && _digits > 0 && _magnitude <= (_negative ? 1UL << 63 : long.MaxValue);
    }

    /// <summary>Reads the complete line as the "$10" before an argument.</summary>
    public readonly ProtocolError TakeBulkLength(RequestLimits limits, out long bulkLength)
    {
        bulkLength = 0;
        if (_marker != '$') return ProtocolError.ExpectedBulk;
        if (!TryGetValue(out bulkLength) || bulkLength < 0) return ProtocolError.InvalidBulkLength;
        if (bulkLength <= limits.MaxBulkLength) return ProtocolError.None;

        return limits.IsUnauthenticated && bulkLength <= RequestLimits.Default.MaxBulkLength
            ? ProtocolError.UnauthenticatedBulkLength
            : ProtocolError.InvalidBulkLength;
    }

    /// <summary>Reads the complete line as the "*3" that opens a request.</summary>
    public readonly ProtocolError TakeCount(RequestLimits limits, out long count)
    {
        if (!TryGetValue(out count) || count > int.MaxValue) return ProtocolError.InvalidCount;
        if (count <= limits.MaxArguments) return ProtocolError.None;

        return limits.IsUnauthenticated ? ProtocolError.UnauthenticatedCount : ProtocolError.InvalidCount;
    }

    private void AddDigit(byte b)
    {
        if (_length == 2 && b == '-')
        {
            _negative = true;
            return;
        }

        uint digit = (uint)(b - '0');
        bool leadingZero = _digits == 1 && _magnitude == 0;
        if (digit > 9 || leadingZero || (digit == 0 && _negative && _digits == 0) || _magnitude > (ulong.MaxValue - digit) / 10)
        {
            _invalid = true;
            return;
        }

        _magnitude = _magnitude * 10 + digit;
        _digits++;
    }
}
