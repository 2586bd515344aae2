using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keyway.Protocol;

/// <summary>
/// Finds where replies end, in RESP2 and RESP3, without decoding them. It looks at each byte once, in whatever pieces they come, and
/// keeps none, so a half-received reply can be relayed at once. A default scanner is ready for a first reply, and ready for the next
/// after each Complete; after Error it stays there until Reset. Never copy one in mid-reply: copies share what nesting needs.
/// </summary>
/// <remarks>
/// It is stricter than most clients, because they differ in what they forgive: wherever two of them would see a reply end at different
/// places, passing it on would give one client's reply to another. So a lone CR or LF in a simple string is an error (some clients end
/// the string there; no server sends it, they all turn both into spaces), as are null forms that RESP does not have, such as "%-1",
/// pushes within replies, and streamed types ("$?"), which no Redis sends.
/// </remarks>
public struct ReplyScanner
{
    /// <summary>How deep aggregates may nest. Redis replies stay below ten; what reads a reply recursively breaks at thousands.</summary>
    public const int MaxDepth = 128;

    private const int MaxNumberLine = 64 * 1024;    // of a big number or a double; nothing else without announced length is checked

    private struct Level
    {
        public long Rest;           // elements that have not ended
        public bool IsAttribute;    // when it ends, its element is still to come
    }

    private enum Stage : byte
    {
        ItemStart,
        Number,             // the digits of a header or of ":"
        Text,               // the line of a simple string or an error
        CheckedText,        // the line of a double, a big number, a boolean, a null
        LineFeed,
        Body,
        BodyCarriageReturn,
        BodyLineFeed,
        Failed,
    }

    private Stage _stage;
    private byte _item;             // the type of the item that has begun
    private bool _negative;
    private bool _inReply;
    private int _digits;            // of a number; the length of a checked line
    private ulong _magnitude;
    private long _bodyRest;
    private int _depth;
    private Level _level;           // the innermost; the others wait in _outer
    private Level[]? _outer;

    /// <summary>The first byte of the present or last reply, behind any attributes; 0 while only attributes have come.</summary>
    public byte Type { readonly get; private set; }

    public readonly bool IsErrorReply => Type is (byte)'-' or (byte)'!';

    public readonly bool IsPush => Type == '>';

    /// <summary>A reply has begun and not ended.</summary>
    public readonly bool InReply => _inReply;

    /// <summary>The bytes that the present bulk still lacks, its CRLF included; 0 when none is open.</summary>
    public readonly long AnnouncedRest => _stage switch
    {
        Stage.Body => _bodyRest > long.MaxValue - 2 ? long.MaxValue : _bodyRest + 2,
        Stage.BodyCarriageReturn => 2,
        Stage.BodyLineFeed => 1,
        _ => 0,
    };

    /// <param name="input">What has come since the last call; none of it is needed again.</param>
    /// <param name="consumed">Where the reply ends; all of the input while it is incomplete; the offending byte after Error.</param>
    public ReplyStatus Scan(ReadOnlySpan<byte> input, out int consumed)
    {
        // Whole replies of the usual kinds: "$3\r\nbar\r\n", "+OK\r\n", ":1\r\n", "$-1\r\n".
        if (!_inReply && _stage == Stage.ItemStart)
        {
            int length = MeasureScalar(input);
            if (length > 0)
            {
                Type = input[0];
                consumed = length;
                return ReplyStatus.Complete;
            }
        }

        return ScanSlowly(input, out consumed);
    }

    /// <summary>Forgets the reply, for another connection. What nesting needed is kept.</summary>
    public void Reset()
    {
        Level[]? outer = _outer;
        this = default;
        _outer = outer;
    }

    /// <returns>The length of the item that <paramref name="input"/> begins with if it is whole and of a usual kind, otherwise 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MeasureScalar(ReadOnlySpan<byte> input)
    {
        const uint nullBulk = '$' | ('-' << 8) | ('1' << 16) | ((uint)'\r' << 24);
        const uint ok = '+' | ('O' << 8) | ('K' << 16) | ((uint)'\r' << 24);

        if (input.Length < 5) return MeasureShortScalar(input);

        ref byte start = ref MemoryMarshal.GetReference(input);
        uint line = Unsafe.ReadUnaligned<uint>(ref start);
        if (!BitConverter.IsLittleEndian) line = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(line);

        byte type = (byte)line;
        if (line is ok or nullBulk) return Unsafe.Add(ref start, 4) == '\n' ? 5 : 0;
        if (type is not ((byte)'$' or (byte)':')) return 0;

        // Numbers of up to nine digits without leading zero; negative ones are left to the long road.
        uint digit = (uint)(Unsafe.Add(ref start, 1) - '0');
        if (digit > 9) return 0;

        uint number = digit;
        int position = 2;
        int limit = digit == 0 ? 2 : Math.Min(input.Length - 1, 10);
        for (; position < limit; position++)
        {
            digit = (uint)(Unsafe.Add(ref start, position) - '0');
            if (digit > 9) break;
            number = number * 10 + digit;
        }

        if (position + 1 >= input.Length || !IsCrLf(ref start, position)) return 0;
        position += 2;
        if (type == ':') return position;

        int bodyEnd = position + (int)number;
        return bodyEnd <= input.Length - 2 && IsCrLf(ref start, bodyEnd) ? bodyEnd + 2 : 0;
    }

    // ":1\r\n" at the very end of what came
    private static int MeasureShortScalar(ReadOnlySpan<byte> input) =>
        input.Length == 4 && input[0] == ':' && char.IsAsciiDigit((char)input[1]) && input[2] == '\r' && input[3] == '\n' ? 4 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsCrLf(ref byte start, int offset) =>
        Unsafe.Add(ref start, offset) == '\r' && Unsafe.Add(ref start, offset + 1) == '\n';

    private ReplyStatus ScanSlowly(ReadOnlySpan<byte> input, out int consumed)
    {
        int position = 0;
        while (position < input.Length)
        {
            bool itemEnded = false;
            byte b = input[position];
            switch (_stage)
            {
                case Stage.ItemStart:
                    int length = _inReply ? MeasureScalar(input[position..]) : 0;
                    if (length > 0)
                    {
                        if (_depth == 0) Type = b;
                        position += length;
                        itemEnded = true;
                        break;
                    }

                    BeginItem(b);
                    position++;
                    break;

                case Stage.Number:
                    AddToNumber(b);
                    position++;
                    break;

                case Stage.Text:
                    int end = input[position..].IndexOfAny((byte)'\r', (byte)'\n');
                    position = end < 0 ? input.Length : position + end;
                    if (end < 0) break;
                    _stage = input[position] == '\r' ? Stage.LineFeed : Stage.Failed;
                    position++;
                    break;

                case Stage.CheckedText:
                    AddToCheckedText(b);
                    position++;
                    break;

                case Stage.LineFeed:
                    itemEnded = b == '\n' ? EndLine() : Fail();
                    position++;
                    break;

                case Stage.Body:
                    int skipped = (int)Math.Min(_bodyRest, input.Length - position);
                    _bodyRest -= skipped;
                    position += skipped;
                    if (_bodyRest == 0) _stage = Stage.BodyCarriageReturn;
                    break;

                case Stage.BodyCarriageReturn:
                    _stage = b == '\r' ? Stage.BodyLineFeed : Stage.Failed;
                    position++;
                    break;

                case Stage.BodyLineFeed:
                    itemEnded = b == '\n' || Fail();
                    position++;
                    break;
            }

            if (_stage == Stage.Failed)
            {
                consumed = Math.Max(0, position - 1);
                return ReplyStatus.Error;
            }

            if (itemEnded && EndItem())
            {
                consumed = position;
                return ReplyStatus.Complete;
            }
        }

        consumed = position;
        return _stage == Stage.Failed ? ReplyStatus.Error : ReplyStatus.Incomplete;
    }

    private void BeginItem(byte type)
    {
        _item = type;
        _digits = 0;
        _magnitude = 0;
        _negative = false;
        if (_depth == 0) Type = type == '|' ? (byte)0 : type;
        _inReply = true;

        switch (type)
        {
            case (byte)'+' or (byte)'-':
                _stage = Stage.Text;
                break;
            case (byte)'$' or (byte)':' or (byte)'*' or (byte)'=' or (byte)'!' or (byte)'%' or (byte)'~' or (byte)'|':
                _stage = Stage.Number;
                break;
            case (byte)'>':
                _stage = _depth == 0 ? Stage.Number : Stage.Failed;   // a push stands between replies, never within one
                break;
            case (byte)'_' or (byte)'#' or (byte)',' or (byte)'(':
                _stage = Stage.CheckedText;
                break;
            default:
                _stage = Stage.Failed;
                break;
        }
    }

    // Canonical only: "-0", "+1" and "01" are errors.
    private void AddToNumber(byte b)
    {
        if (b == '\r')
        {
            bool valid = _digits > 0 && _magnitude <= (_negative ? 1UL << 63 : long.MaxValue);
            _stage = valid ? Stage.LineFeed : Stage.Failed;
            return;
        }

        if (b == '-' && _digits == 0 && !_negative)
        {
            _negative = true;
            return;
        }

        uint digit = (uint)(b - '0');
        bool leadingZero = (_digits == 1 && _magnitude == 0) || (digit == 0 && _digits == 0 && _negative);
        if (digit > 9 || leadingZero || _magnitude > (ulong.MaxValue - digit) / 10)
        {
            _stage = Stage.Failed;
            return;
        }

        _magnitude = _magnitude * 10 + digit;
        _digits++;
    }

    private void AddToCheckedText(byte b)
    {
        bool valid = _item switch
        {
            (byte)'_' => b == '\r',
            (byte)'#' => b == '\r' ? _digits == 1 : _digits == 0 && b is (byte)'t' or (byte)'f',
            (byte)'(' => b == '\r' ? _magnitude > 0 : AddToBigNumber(b),
            _ => b == '\r' ? _digits > 0 : "0123456789+-.eEinfaINFA"u8.Contains(b),
        };

        if (!valid || ++_digits > MaxNumberLine) _stage = Stage.Failed;
        else if (b == '\r') _stage = Stage.LineFeed;
    }

    private bool AddToBigNumber(byte b)
    {
        if (b is (byte)'-' or (byte)'+') return _digits == 0;

        _magnitude = 1;   // a digit has come
        return char.IsAsciiDigit((char)b);
    }

    /// <returns>Whether the item ends with its line.</returns>
    private bool EndLine()
    {
        _stage = Stage.ItemStart;
        if (_item is (byte)'+' or (byte)'-' or (byte)':' or (byte)'_' or (byte)'#' or (byte)',' or (byte)'(') return true;

        if (_negative) return (_item is (byte)'$' or (byte)'*' && _magnitude == 1) || Fail();   // "$-1", "*-1"

        long number = (long)_magnitude;
        if (_item is (byte)'$' or (byte)'=' or (byte)'!')
        {
            if (_item == '=' && number < 4) return Fail();   // "txt:" is part of a verbatim string
            _bodyRest = number;
            _stage = number > 0 ? Stage.Body : Stage.BodyCarriageReturn;
            return false;
        }

        bool isAttribute = _item == '|';
        if (isAttribute || _item == '%')
        {
            if (number > long.MaxValue / 2) return Fail();
            number *= 2;
        }

        if (number == 0) return !isAttribute;
        return Enter(number, isAttribute);
    }

    private bool Enter(long elements, bool isAttribute)
    {
        if (_depth == MaxDepth) return Fail();

        if (_depth > 0)
        {
            _outer ??= new Level[4];
            if (_depth > _outer.Length) Array.Resize(ref _outer, _outer.Length * 2);
            _outer[_depth - 1] = _level;
        }

        _depth++;
        _level = new Level { Rest = elements, IsAttribute = isAttribute };
        return false;
    }

    /// <returns>Whether the reply ends with the item.</returns>
    private bool EndItem()
    {
        _stage = Stage.ItemStart;
        while (_depth > 0)
        {
            if (--_level.Rest > 0) return false;

            bool wasAttribute = _level.IsAttribute;
            _depth--;
            if (_depth > 0) _level = _outer![_depth - 1];
            if (wasAttribute) return false;
        }

        _inReply = false;
        return true;
    }

    private bool Fail()
    {
        _stage = Stage.Failed;
        return false;
    }
}
