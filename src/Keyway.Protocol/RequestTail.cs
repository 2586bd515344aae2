namespace Keyway.Protocol;

/// <summary>
/// Finds the end of a request that is streamed on while it arrives. It looks at each byte once and keeps none. Unlike
/// <see cref="RequestReader"/> it insists on CRLF behind every line and argument: the bytes have left before anybody could put them
/// right, and a server that is stricter than Redis would take what follows for another request than we do.
/// </summary>
public struct RequestTail
{
    private readonly RequestLimits _limits;
    private long _arguments;       // not whole yet, the present one included
    private long _bulkRest;        // bytes that the present argument lacks, its CRLF included; 0 before its header is whole
    private HeaderLine _header;
    private ProtocolError _error;
    private byte _unexpected;

    internal RequestTail(RequestLimits limits, long arguments, long bulkRest, HeaderLine header, bool isCanonical)
    {
        _limits = limits;
        _arguments = arguments;
        _bulkRest = bulkRest;
        _header = header;
        _error = isCanonical ? ProtocolError.None : ProtocolError.MissingLineEnd;
    }

    /// <summary>The bytes that the present argument still lacks, its CRLF included; 0 while its header is unknown.</summary>
    public readonly long AnnouncedRest => _bulkRest;

    /// <summary>Why <see cref="Advance"/> answered Error: the reply's text, without "-" and CRLF.</summary>
    public readonly ReadOnlySpan<byte> Error => ProtocolErrorText.For(_error, _unexpected);

    /// <param name="input">What has come since the last call; none of it is needed again.</param>
    /// <param name="consumed">How many of these bytes belong to the request: all of them unless it ended or failed.</param>
    /// <returns>Never Empty. Error and Complete are final.</returns>
    public RequestStatus Advance(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        while (_arguments > 0 && _error == ProtocolError.None)
        {
            if (consumed == input.Length) return RequestStatus.Incomplete;
            consumed += _bulkRest == 0 ? ReadHeader(input[consumed..]) : SkipBulk(input[consumed..]);
        }

        return _error == ProtocolError.None ? RequestStatus.Complete : RequestStatus.Error;
    }

    private int ReadHeader(ReadOnlySpan<byte> input)
    {
        HeaderStatus status = _header.Read(input, out int consumed);
        if (status == HeaderStatus.TooLong) _error = ProtocolError.BulkLineTooLong;
        if (status != HeaderStatus.Complete) return consumed;

        _unexpected = _header.Marker;
        _error = _header.TakeBulkLength(_limits, out long bulkLength);
        if (_error == ProtocolError.None && !_header.EndsInCrLf) _error = ProtocolError.MissingLineEnd;
        _bulkRest = bulkLength + 2;
        _header = default;
        return consumed;
    }

    private int SkipBulk(ReadOnlySpan<byte> input)
    {
        if (_bulkRest > 2)
        {
            int skipped = (int)Math.Min(input.Length, _bulkRest - 2);
            _bulkRest -= skipped;
            return skipped;
        }

        if (input[0] != (_bulkRest == 2 ? '\r' : '\n')) _error = ProtocolError.MissingLineEnd;
        if (--_bulkRest == 0) _arguments--;
        return 1;
    }
}
