using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keyway.Protocol;

/// <summary>
/// Finds the requests in what a client sends. It resumes a half-received request exactly where it stopped, so that a client that
/// sends single bytes costs no more than one that does not, and it grows with the arguments that came, never with the number that
/// was announced. A session keeps one only while its request is half received; requests that arrive whole share their loop's.
/// </summary>
public sealed class RequestReader
{
    private const int InitialArguments = 16;
    private const int KeptArguments = 1024;     // what a huge MSET needed is not kept for the next GET
    private const int KeptEncoding = 4096;
    private const int MaxInlineLength = 64 * 1024;
    private const int OnStack = 256;            // what people type is short

    // The lines "*d\r\n" and "$d\r\n" with their digit blanked out, as they read in one little-endian load.
    private const uint OneDigitMask = 0xFFFF00FF;
    private const uint OneDigitCount = '*' | ('\r' << 16) | ((uint)'\n' << 24);
    private const uint OneDigitBulk = '$' | ('\r' << 16) | ((uint)'\n' << 24);
    private const ushort CrLf = '\r' | ('\n' << 8);

    private ArgumentRange[] _ranges = new ArgumentRange[InitialArguments];
    private RequestLimits _limits = RequestLimits.Default;
    private HeaderLine _header;
    private int _count;
    private int _position;            // where the present argument's header starts, or its content once the header is read
    private int _scanned;             // where the next look at an unfinished line begins
    private int _received;
    private int _firstHeader;
    private long _declared = -1;
    private long _bulkLength = -1;    // of the present argument; -1 before its header is read
    private RequestStatus _status;
    private ProtocolError _error;
    private byte _unexpected;
    private bool _isInline;
    private bool _isCanonical = true;
    private bool _holdsNul;
    private byte[]? _encoded;         // an inline or carelessly framed request in the form that every server understands
    private int _encodedLength;

    public RequestLimits Limits
    {
        get => _limits;
        set
        {
            // The straight road takes numbers of one digit without asking.
            ArgumentOutOfRangeException.ThrowIfLessThan(value.MaxArguments, 9);
            ArgumentOutOfRangeException.ThrowIfLessThan(value.MaxBulkLength, 9);

            // Beyond anything that can be received, and room is left for adding a line end to it.
            _limits = value with { MaxBulkLength = Math.Min(value.MaxBulkLength, 1L << 60) };
        }
    }

    /// <summary>How many bytes of the input the request took; 0 until it is whole.</summary>
    public int Consumed { get; private set; }

    /// <summary>It came as a plain line instead of a multibulk.</summary>
    public bool IsInline => _isInline;

    /// <summary>Every line ends in CRLF. What does not is fine for Redis, but is re-encoded before others see it.</summary>
    public bool IsCanonical => _isCanonical && !_isInline;

    /// <summary>Arguments that are whole so far.</summary>
    public int Count => _count;

    /// <summary>How many arguments there will be; -1 while that is unknown.</summary>
    public long DeclaredCount => _declared;

    /// <summary>The bytes of this request that have come or that the present argument's header announces.</summary>
    public long KnownLength
    {
        get
        {
            if (_status != RequestStatus.Incomplete) return Consumed;
            return _bulkLength < 0 ? _received : Math.Max(_received, _position + _bulkLength + 2);
        }
    }

    /// <summary>Why <see cref="Read"/> answered Error: the reply's text, without "-" and CRLF.</summary>
    public ReadOnlySpan<byte> Error => ProtocolErrorText.For(_error, _unexpected);

    /// <summary>Bytes looked at outside of the straight road, which tests hold to the bytes received.</summary>
    internal long BytesExamined { get; private set; }

    internal int ArgumentCapacity => _ranges.Length;

    /// <param name="input">
    /// All that has been received of the request, from its first byte, which may have moved since the last call. What stands behind
    /// the request is not touched.
    /// </param>
    public RequestStatus Read(ReadOnlySpan<byte> input)
    {
        if (_status != RequestStatus.Incomplete) Reset();
        if (input.IsEmpty) return _status = RequestStatus.Incomplete;
        if (_isInline) return ReadInline(input);

        // "*3\r\n": nearly every request has less than ten arguments.
        ref byte start = ref MemoryMarshal.GetReference(input);
        if (_declared < 0)
        {
            uint digit;
            if (input.Length >= 4 && _scanned == 0 && IsOneDigitLine(LoadWord(ref start, 0), OneDigitCount, out digit) && digit != 0)
            {
                _declared = digit;
                _firstHeader = _position = 4;
            }
            else
            {
                if (_scanned == 0 && start != '*')
                {
                    _isInline = true;
                    return ReadInline(input);
                }

                RequestStatus status = ReadCount(input);
                if (status != RequestStatus.Complete) return status;
            }
        }

        return ReadArguments(input);
    }

    /// <summary>The whole request as multibulk: the received bytes themselves wherever these will do.</summary>
    public ReadOnlySpan<byte> Frame(ReadOnlySpan<byte> input)
    {
        Debug.Assert(_status == RequestStatus.Complete, "only a whole request has a frame");
        return _encodedLength == 0 ? input[..Consumed] : _encoded.AsSpan(0, _encodedLength);
    }

    /// <summary>The arguments that are whole so far.</summary>
    public Arguments Arguments(ReadOnlySpan<byte> input) => new(
        _encodedLength == 0 ? input : _encoded.AsSpan(0, _encodedLength),
        MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(_ranges), _count),
        _firstHeader);

    /// <summary>
    /// What is still to come of a half-received multibulk request, for whoever streams it on; this reader is then free for another
    /// request. The bytes received so far belong to the caller.
    /// </summary>
    public RequestTail DetachTail()
    {
        if (_status != RequestStatus.Incomplete || _declared < 0)
            throw new InvalidOperationException("Only a multibulk request whose count is known and that is not whole has a tail.");

        long bulkRest = _bulkLength < 0 ? 0 : _bulkLength + 2 - (_received - _position);
        var tail = new RequestTail(_limits, _declared - _count, bulkRest, _header, _isCanonical);
        Reset();
        return tail;
    }

    /// <summary>Forgets the request, half received or not. <see cref="Read"/> does so itself behind every request that has ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reset()
    {
        _count = 0;
        _position = 0;
        _scanned = 0;
        _received = 0;
        _declared = -1;
        _bulkLength = -1;
        _status = RequestStatus.Incomplete;
        Consumed = 0;
        if (!_isCanonical | _isInline | _holdsNul | _error != ProtocolError.None | _ranges.Length > KeptArguments | !_header.IsEmpty) ResetRare();
    }

    private void ResetRare()
    {
        _header = default;
        _error = ProtocolError.None;
        _isInline = false;
        _isCanonical = true;
        _holdsNul = false;
        _encodedLength = 0;
        if (_encoded?.Length > KeptEncoding) _encoded = null;
        if (_ranges.Length > KeptArguments) _ranges = new ArgumentRange[InitialArguments];
    }

    // "$3\r\nkey\r\n", as often as the count says.
    private RequestStatus ReadArguments(ReadOnlySpan<byte> input)
    {
        ref byte start = ref MemoryMarshal.GetReference(input);
        ArgumentRange[] ranges = _ranges;
        long declared = _declared;
        int count = _count;
        int position = _position;
        bool straight = _bulkLength < 0 && _header.IsEmpty;

        while (true)
        {
            while (straight && count < declared)
            {
                if (!TryReadBulkHeader(ref start, input.Length, position, out int content, out int bulkLength)) break;
                if (bulkLength > input.Length - content - 2 || bulkLength > _limits.MaxBulkLength) break;

                int end = content + bulkLength;
                if (LoadHalfWord(ref start, end) != CrLf) break;

                if ((uint)count >= (uint)ranges.Length) ranges = GrowRanges();
                ranges[count++] = new ArgumentRange(content, bulkLength);
                position = end + 2;
            }

            _count = count;
            _position = position;
            if (count == declared) return Complete(input, position);

            RequestStatus status = ReadArgument(input);
            if (status != RequestStatus.Complete) return status;

            ranges = _ranges;
            count = _count;
            position = _position;
            straight = true;
        }
    }

    /// <summary>Reads a header that is whole and has no more than nine digits; leaves all others to <see cref="HeaderLine"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadBulkHeader(ref byte start, int inputLength, int position, out int content, out int bulkLength)
    {
        content = position + 4;
        bulkLength = 0;
        if (inputLength - position < 6) return false;   // the shortest argument is "$0\r\n\r\n"

        uint line = LoadWord(ref start, position);
        if (IsOneDigitLine(line, OneDigitBulk, out uint digit))
        {
            bulkLength = (int)digit;
            return true;
        }

        return TryReadLongerBulkHeader(ref start, inputLength, position, out content, out bulkLength);
    }

    private static bool TryReadLongerBulkHeader(ref byte start, int inputLength, int position, out int content, out int bulkLength)
    {
        content = 0;
        bulkLength = (ByteAt(ref start, position + 1) - '0');
        if (ByteAt(ref start, position) != '$' || (uint)(bulkLength - 1) > 8) return false;

        int lineLimit = Math.Min(inputLength - 1, position + 11);   // nine digits at most, and an LF behind the CR
        for (int i = position + 2; i < lineLimit; i++)
        {
            uint digit = (uint)(ByteAt(ref start, i) - '0');
            if (digit <= 9)
            {
                bulkLength = bulkLength * 10 + (int)digit;
                continue;
            }

            content = i + 2;
            return LoadHalfWord(ref start, i) == CrLf;
        }

        return false;
    }

    private RequestStatus Complete(ReadOnlySpan<byte> input, int end)
    {
        Consumed = end;
        if (!_isCanonical) EncodeRanges(input);
        return _status = RequestStatus.Complete;
    }

    // From here on: whatever is half received, unusual or wrong.

    private RequestStatus ReadCount(ReadOnlySpan<byte> input)
    {
        RequestStatus read = ReadHeader(input, ProtocolError.CountLineTooLong);
        if (read != RequestStatus.Complete) return read;

        ProtocolError error = _header.TakeCount(_limits, out long count);
        if (error != ProtocolError.None) return Fail(error);

        _isCanonical &= _header.EndsInCrLf;
        _header = default;
        _position = _firstHeader = _scanned;
        if (count <= 0)
        {
            Consumed = _scanned;
            return _status = RequestStatus.Empty;
        }

        _declared = count;
        return RequestStatus.Complete;
    }

    private RequestStatus ReadArgument(ReadOnlySpan<byte> input)
    {
        if (_bulkLength < 0)
        {
            if (_header.IsEmpty) _scanned = _position;
            RequestStatus read = ReadHeader(input, ProtocolError.BulkLineTooLong);
            if (read != RequestStatus.Complete) return read;

            _unexpected = _header.Marker;
            ProtocolError error = _header.TakeBulkLength(_limits, out long bulkLength);
            if (error != ProtocolError.None) return Fail(error);

            _isCanonical &= _header.EndsInCrLf;
            _header = default;
            _position = _scanned;
            _bulkLength = bulkLength;
        }

        if (input.Length - _position < _bulkLength + 2)
        {
            // The tail that takes over here could not look back at the CR.
            bool onlyLineFeedLacks = input.Length - _position == _bulkLength + 1;
            if (onlyLineFeedLacks) _isCanonical &= input[^1] == '\r';
            return Wait(input);
        }

        var range = new ArgumentRange(_position, (int)_bulkLength);
        _isCanonical &= input[range.End] == '\r' && input[range.End + 1] == '\n';
        if (_count == _ranges.Length) GrowRanges();
        _ranges[_count++] = range;
        _position = range.End + 2;
        _bulkLength = -1;
        return RequestStatus.Complete;
    }

    private RequestStatus ReadHeader(ReadOnlySpan<byte> input, ProtocolError ifTooLong)
    {
        HeaderStatus status = _header.Read(input[_scanned..], out int consumed);
        _scanned += consumed;
        BytesExamined += consumed;
        return status switch
        {
            HeaderStatus.Complete => RequestStatus.Complete,
            HeaderStatus.TooLong => Fail(ifTooLong),
            _ => Wait(input),
        };
    }

    // "SET key value\r\n", as typed by a person.
    private RequestStatus ReadInline(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> unseen = input[_scanned..Math.Min(input.Length, MaxInlineLength + 1)];
        int found = _holdsNul ? -1 : unseen.IndexOfAny((byte)'\n', (byte)0);
        BytesExamined += found < 0 ? unseen.Length : found + 1;

        // To Redis the line is a C string: behind a NUL it sees no line end, and waits until the line is too long.
        if (found >= 0 && unseen[found] == 0)
        {
            _holdsNul = true;
            found = -1;
        }

        if (found < 0)
        {
            _scanned += unseen.Length;
            return _scanned > MaxInlineLength ? Fail(ProtocolError.InlineTooLong) : Wait(input);
        }

        int lineEnd = _scanned + found;
        int length = lineEnd > 0 && input[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        return SplitInline(input[..length], lineEnd + 1);
    }

    private RequestStatus SplitInline(ReadOnlySpan<byte> line, int end)
    {
        Span<byte> content = line.Length <= OnStack ? stackalloc byte[OnStack] : new byte[line.Length];
        Span<int> lengths = line.Length <= OnStack ? stackalloc int[OnStack / 2 + 1] : new int[line.Length / 2 + 1];
        int count = InlineSplitter.Split(line, content, lengths);
        if (count < 0) return Fail(ProtocolError.UnbalancedQuotes);

        Consumed = end;
        if (count == 0) return _status = RequestStatus.Empty;

        while (_ranges.Length < count) GrowRanges();
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            _ranges[i] = new ArgumentRange(start, lengths[i]);
            start += lengths[i];
        }

        _declared = _count = count;
        EncodeRanges(content);
        return _status = RequestStatus.Complete;
    }

    /// <summary>Writes the arguments, which lie in <paramref name="source"/>, as a proper multibulk, and lets them lie there from now on.</summary>
    private void EncodeRanges(ReadOnlySpan<byte> source)
    {
        const int maxHeader = 13;   // "$2147483647\r\n"
        long needed = maxHeader;
        for (int i = 0; i < _count; i++) needed += maxHeader + _ranges[i].Length + 2;

        if (_encoded is null || _encoded.Length < needed) _encoded = new byte[needed];
        Span<byte> encoded = _encoded;

        int position = _firstHeader = WriteHeader(encoded, '*', _count);
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<byte> content = source.Slice(_ranges[i].Start, _ranges[i].Length);
            position += WriteHeader(encoded[position..], '$', content.Length);
            content.CopyTo(encoded[position..]);
            _ranges[i] = new ArgumentRange(position, content.Length);
            position += content.Length;
            "\r\n"u8.CopyTo(encoded[position..]);
            position += 2;
        }

        _encodedLength = position;
    }

    private static int WriteHeader(Span<byte> target, char marker, int number)
    {
        target[0] = (byte)marker;
        int length = 1 + RespNumber.FormatLong(target[1..], number);
        "\r\n"u8.CopyTo(target[length..]);
        return length + 2;
    }

    private RequestStatus Wait(ReadOnlySpan<byte> input)
    {
        _received = input.Length;
        return _status = RequestStatus.Incomplete;
    }

    private RequestStatus Fail(ProtocolError error)
    {
        _error = error;
        return _status = RequestStatus.Error;
    }

    private ArgumentRange[] GrowRanges()
    {
        Array.Resize(ref _ranges, _ranges.Length * 2);
        return _ranges;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOneDigitLine(uint line, uint pattern, out uint digit)
    {
        digit = ((line >> 8) & 0xFF) - '0';
        return (line & OneDigitMask) == pattern && digit <= 9;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LoadWord(ref byte start, int offset)
    {
        uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort LoadHalfWord(ref byte start, int offset)
    {
        ushort word = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref start, offset));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte ByteAt(ref byte start, int offset) => Unsafe.Add(ref start, offset);
}
