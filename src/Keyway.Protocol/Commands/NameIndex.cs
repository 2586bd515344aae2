using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Keyway.Protocol.Commands;

/// <summary>
/// Finds a command by its name, whatever its case, without allocating. A name is at most 23 bytes long and becomes three lower-case words, the last
/// of which also holds the length; equal names are equal words, so no bytes are compared after the hash.
/// </summary>
internal sealed class NameIndex
{
    private const int MaxLength = 23;

    private readonly Entry[] _entries;      // open addressing, at most half full
    private readonly int _mask;

    public NameIndex(IReadOnlyList<Command> commands)
    {
        int size = 4;
        while (size < commands.Count * 4) size *= 2;
        _entries = new Entry[size];
        _mask = size - 1;

        foreach (Command command in commands)
        {
            string name = command.Name[(command.Name.IndexOf('|') + 1)..];
            if (name.Length > MaxLength) throw new InvalidOperationException($"the name '{name}' is longer than {MaxLength} bytes");
            if (Find(Encoding.ASCII.GetBytes(name)) is not null) throw new InvalidOperationException($"there are two commands '{command.Name}'");

            Entry entry = Pack(Encoding.ASCII.GetBytes(name));
            entry.Command = command;
            int slot = Hash(entry) & _mask;
            while (_entries[slot].Command is not null) slot = (slot + 1) & _mask;
            _entries[slot] = entry;
        }
    }

    public Command? Find(ReadOnlySpan<byte> name)
    {
        if ((uint)(name.Length - 1) >= MaxLength) return null;

        Entry wanted = Pack(name);
        Entry[] entries = _entries;
        int slot = Hash(wanted) & _mask;
        while (true)
        {
            ref readonly Entry entry = ref entries[slot];
            if (entry.First == wanted.First && entry.Last == wanted.Last && entry.Middle == wanted.Middle) return entry.Command;
            if (entry.Command is null) return null;
            slot = (slot + 1) & _mask;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(in Entry entry)
    {
        ulong mixed = (entry.First ^ (entry.Middle * 0x9E3779B97F4A7C15) ^ (entry.Last * 0xC2B2AE3D27D4EB4F)) * 0xD6E8FEB86659FD93;
        return (int)(mixed >> 40);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Entry Pack(ReadOnlySpan<byte> name)
    {
        Entry entry = default;
        ulong length = (ulong)name.Length << 56;
        if (name.Length <= 8)
        {
            entry.First = Lower(LoadUpTo8(name));
            entry.Last = length;
            return entry;
        }

        entry.First = Lower(BinaryPrimitives.ReadUInt64LittleEndian(name));
        if (name.Length <= 16)
        {
            entry.Middle = Lower(LoadUpTo8(name[8..]));
            entry.Last = length;
            return entry;
        }

        entry.Middle = Lower(BinaryPrimitives.ReadUInt64LittleEndian(name[8..]));
        entry.Last = Lower(LoadUpTo8(name[16..])) | length;
        return entry;
    }

    // Reads a few bytes as one word by two loads that overlap, since what stands behind them may not be ours to read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LoadUpTo8(ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length;
        if (length == 8) return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length >= 4)
        {
            ulong low = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            ulong high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(length - 4)..]);
            return low | (high << ((length - 4) * 8));
        }
        int middle = length >> 1;
        return bytes[0] | ((ulong)bytes[middle] << (middle * 8)) | ((ulong)bytes[length - 1] << ((length - 1) * 8));
    }

    // 0x20 is added to each of the eight bytes that is one of A to Z, and to no other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Lower(ulong word)
    {
        const ulong Ones = 0x0101010101010101;
        ulong low7 = word & (0x7F * Ones);
        ulong fromA = low7 + ((0x80 - 'A') * Ones);
        ulong beyondZ = low7 + ((0x7F - 'Z') * Ones);
        ulong isUpper = (fromA ^ beyondZ) & ~word & (0x80 * Ones);
        return word | (isUpper >> 2);
    }

    private struct Entry
    {
        public ulong First;
        public ulong Middle;
        public ulong Last;
        public Command? Command;
    }
}
