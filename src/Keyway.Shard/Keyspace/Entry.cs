using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keyway.Shard.Keyspace;

/// <summary>
/// One key with its value, in one native block: header, [expiry], key, value. A value of more than <see cref="InlineLimit"/> bytes lies in a block of
/// its own, so that giving the key an expiry does not copy megabytes. An entry is good until the next change of its database: changes may move it.
/// </summary>
internal readonly unsafe struct Entry(byte* block)
{
    public const int InlineLimit = 4096;
    public const int EmbeddedLimit = 44;

    private const int HeaderBytes = 16;
    private const int VolatileBytes = 16;
    private const int KindMask = 7;
    private const int MarkFlag = 8;
    private const int EncodingMask = 7;
    private const int CopyFlag = 128;
    private const uint VolatileFlag = 1u << 31;
    private const uint OutsideFlag = 1u << 30;
    private const uint KeyLengthMask = OutsideFlag - 1;

    public byte* Block => block;

    private Header* Head => (Header*)block;

    public bool IsNull => block == null;

    public ValueKind Kind => (ValueKind)(Head->KindAndEncoding & KindMask);

    /// <summary>Whether a snapshot has this entry, or must not have it: see <see cref="Databases.SnapshotMark"/>.</summary>
    public bool Mark
    {
        get => (Head->KindAndEncoding & MarkFlag) != 0;
        set => Head->KindAndEncoding = (byte)((Head->KindAndEncoding & ~MarkFlag) | (value ? MarkFlag : 0));
    }

    public ValueEncoding Encoding => (ValueEncoding)((Head->KindAndEncoding >> 4) & EncodingMask);

    /// <summary>COPY has made the value, and nothing has been written over it: Redis shares small numbers between keys, but not such.</summary>
    public bool IsCopy
    {
        get => (Head->KindAndEncoding & CopyFlag) != 0;
        set => Head->KindAndEncoding = (byte)((Head->KindAndEncoding & ~CopyFlag) | (value ? CopyFlag : 0));
    }

    public int KeyLength => (int)(Head->KeyLengthAndFlags & KeyLengthMask);

    public ReadOnlySpan<byte> Key => new(block + KeyOffset, KeyLength);

    /// <summary>The 24 bits of the LRU clock or LFU counter: whose they are, the eviction policy says.</summary>
    public uint AccessBits
    {
        get => Head->AccessLow | ((uint)Head->AccessHigh << 16);
        set
        {
            Head->AccessLow = (ushort)value;
            Head->AccessHigh = (byte)(value >> 16);
        }
    }

    public bool IsVolatile => (Head->KeyLengthAndFlags & VolatileFlag) != 0;

    /// <summary>The Unix time in ms at which the key is gone; <see cref="Database.NoExpiry"/> when it stays.</summary>
    public long ExpiresAtMs
    {
        get => IsVolatile ? *(long*)(block + HeaderBytes) : Database.NoExpiry;
        set
        {
            Debug.Assert(IsVolatile);
            *(long*)(block + HeaderBytes) = value;
        }
    }

    /// <summary>Where the <see cref="VolatileIndex"/> holds this entry.</summary>
    public uint VolatilePosition
    {
        get => *(uint*)(block + HeaderBytes + 8);
        set => *(uint*)(block + HeaderBytes + 8) = value;
    }

    public long Integer
    {
        get => Unsafe.ReadUnaligned<long>(block + ValueOffset);
        set => Unsafe.WriteUnaligned(block + ValueOffset, value);
    }

    /// <summary>The value is an object elsewhere: see <see cref="ValueStore"/>.</summary>
    public bool IsLarge => Encoding == ValueEncoding.Large;

    /// <summary>Of a <see cref="LargeValue"/> in the <see cref="ValueStore"/>.</summary>
    public int Handle
    {
        get => (int)Integer;
        set => Integer = value;
    }

    /// <summary>The value's bytes; not for <see cref="ValueEncoding.Integer"/>, which has none.</summary>
    public ReadOnlySpan<byte> Bytes => WritableBytes;

    /// <summary>For changes of content under an unchanged length.</summary>
    public Span<byte> WritableBytes => new(ValueBlock, (int)Head->ValueLength);

    /// <summary>All that the value may grow into without a move.</summary>
    public Span<byte> Room => new(ValueBlock, (int)Head->ValueCapacity);

    public int ValueLength => (int)Head->ValueLength;

    /// <summary>All bytes that this key takes in memory, but for its place in the table.</summary>
    public int MemoryBytes => SlabAllocator.RoundUp(BlockBytes) + (IsOutside ? SlabAllocator.RoundUp((int)Head->ValueCapacity) : 0);

    private bool IsOutside => (Head->KeyLengthAndFlags & OutsideFlag) != 0;

    private int KeyOffset => HeaderBytes + (int)(Head->KeyLengthAndFlags >> 31) * VolatileBytes;

    private int ValueOffset => KeyOffset + KeyLength;

    private byte* ValueBlock => IsOutside ? Unsafe.ReadUnaligned<Pointer>(block + ValueOffset).Address : block + ValueOffset;

    private int BlockBytes => ValueOffset + (IsOutside ? sizeof(byte*) : (int)Head->ValueCapacity);

    public bool KeyEquals(ReadOnlySpan<byte> key) => KeyLength == key.Length && Key.SequenceEqual(key);

    /// <summary>A block with room for so long a value, its content unset.</summary>
    public static Entry Create(SlabAllocator memory, ReadOnlySpan<byte> key, ValueKind kind, ValueEncoding encoding, int valueLength, int valueCapacity, bool isVolatile)
    {
        Debug.Assert(valueLength <= valueCapacity);
        int fixedBytes = HeaderBytes + (isVolatile ? VolatileBytes : 0) + key.Length;
        bool isOutside = valueCapacity > InlineLimit;
        byte* outside = null;

        if (isOutside)
        {
            valueCapacity = SlabAllocator.RoundUp(valueCapacity);
            outside = memory.Allocate(valueCapacity);
        }
        else
        {
            // What rounding adds is the value's to grow into.
            valueCapacity = SlabAllocator.RoundUp(fixedBytes + valueCapacity) - fixedBytes;
        }

        byte* block = memory.Allocate(fixedBytes + (isOutside ? sizeof(byte*) : valueCapacity));
        var entry = new Entry(block);
        *entry.Head = new Header
        {
            KindAndEncoding = (byte)((int)kind | ((int)encoding << 4)),
            KeyLengthAndFlags = (uint)key.Length | (isVolatile ? VolatileFlag : 0) | (isOutside ? OutsideFlag : 0),
            ValueLength = (uint)valueLength,
            ValueCapacity = (uint)valueCapacity,
        };
        key.CopyTo(new Span<byte>(block + entry.KeyOffset, key.Length));
        if (isOutside) Unsafe.WriteUnaligned(block + entry.ValueOffset, new Pointer(outside));
        return entry;
    }

    /// <summary>The same value under another key, with or without room for an expiry. The value moves: of the old entry only <see cref="Free"/> is left to do.</summary>
    public Entry Rebuild(SlabAllocator memory, ReadOnlySpan<byte> key, bool isVolatile)
    {
        Entry moved;
        if (IsOutside)
        {
            byte* block = memory.Allocate(HeaderBytes + (isVolatile ? VolatileBytes : 0) + key.Length + sizeof(byte*));
            moved = new Entry(block);
            *moved.Head = *Head;
            moved.Head->KeyLengthAndFlags = (uint)key.Length | (isVolatile ? VolatileFlag : 0) | OutsideFlag;
            key.CopyTo(new Span<byte>(block + moved.KeyOffset, key.Length));
            Unsafe.WriteUnaligned(block + moved.ValueOffset, new Pointer(ValueBlock));

            // The value has left this block: what remains here is an empty value in a pointer's place.
            Head->KeyLengthAndFlags &= ~OutsideFlag;
            Head->ValueLength = 0;
            Head->ValueCapacity = (uint)sizeof(byte*);
            return moved;
        }

        int length = ValueLength;
        moved = Create(memory, key, Kind, Encoding, length, length, isVolatile);
        new ReadOnlySpan<byte>(block + ValueOffset, length).CopyTo(moved.Room);
        moved.AccessBits = AccessBits;
        moved.Mark = Mark;
        moved.IsCopy = IsCopy;
        return moved;
    }

    /// <summary>Makes this block one for another value of the same key, if that value would get a block of the same size anyway; its content is then unset.</summary>
    public bool TryReuse(int length, ValueKind kind, ValueEncoding encoding, bool isVolatile)
    {
        if (IsOutside || IsLarge || length > InlineLimit || isVolatile != IsVolatile) return false;
        if (SlabAllocator.RoundUp(ValueOffset + length) != SlabAllocator.RoundUp(BlockBytes)) return false;

        SetLength(length, encoding);
        Head->KindAndEncoding = (byte)((int)kind | (Head->KindAndEncoding & MarkFlag) | ((int)encoding << 4));
        return true;
    }

    /// <summary>Makes the value's length another one that its room holds; new bytes are what lay there.</summary>
    public void SetLength(int length, ValueEncoding encoding)
    {
        Debug.Assert((uint)length <= Head->ValueCapacity);
        Head->ValueLength = (uint)length;
        Head->KindAndEncoding = (byte)((Head->KindAndEncoding & 15) | ((int)encoding << 4));
    }

    public void Free(SlabAllocator memory)
    {
        int bytes = BlockBytes;
        if (IsOutside) memory.Free(ValueBlock, (int)Head->ValueCapacity);
        memory.Free(block, bytes);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte KindAndEncoding;
        public byte AccessHigh;
        public ushort AccessLow;
        public uint KeyLengthAndFlags;     // a key has at most 512 MB: two bits are free
        public uint ValueLength;
        public uint ValueCapacity;
    }

    /// <summary>A pointer that generic reads and writes accept.</summary>
    private readonly struct Pointer(byte* address)
    {
        private readonly byte* _address = address;

        public byte* Address => _address;
    }
}
