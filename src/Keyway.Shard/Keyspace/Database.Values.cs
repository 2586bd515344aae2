using System.Diagnostics;
using Keyway.Protocol;

namespace Keyway.Shard.Keyspace;

/// <summary>What keys hold: how values are set, changed in place, and take another form.</summary>
internal sealed unsafe partial class Database
{
    private const int OverAllocationLimit = 1024 * 1024;
    private const int WasteAllowed = 64;                 // bytes that a shrunken buffer may keep for its next growth

    /// <summary>Sets a string, in whichever encoding fits it, over whatever was there.</summary>
    public Place SetString(Place place, ReadOnlySpan<byte> value, long expiresAtMs)
    {
        if (RespNumber.TryParseLong(value, out long number)) return SetInteger(place, number, expiresAtMs);
        return SetText(place, value, expiresAtMs);
    }

    public Place SetInteger(Place place, long number, long expiresAtMs)
    {
        Place result = Prepare(place, sizeof(long), ValueKind.String, ValueEncoding.Integer, expiresAtMs);
        Entry entry = result.Entry;
        entry.Integer = number;
        TouchedWhole(place);
        return result;
    }

    /// <summary>Sets bytes that are kept as text even where they could be a number (INCRBYFLOAT's result is).</summary>
    public Place SetText(Place place, ReadOnlySpan<byte> value, long expiresAtMs)
    {
        ValueEncoding encoding = value.Length <= Entry.EmbeddedLimit ? ValueEncoding.Embedded : ValueEncoding.Raw;
        Place result = Prepare(place, value.Length, ValueKind.String, encoding, expiresAtMs);
        value.CopyTo(result.Entry.WritableBytes);
        TouchedWhole(place);
        return result;
    }

    /// <summary>Sets bytes that are kept as they are ("raw"), be they short or a number's text: what a command has computed is.</summary>
    public Place SetBytes(Place place, ReadOnlySpan<byte> value, long expiresAtMs = NoExpiry)
    {
        Place result = Prepare(place, value.Length, ValueKind.String, ValueEncoding.Raw, expiresAtMs);
        value.CopyTo(result.Entry.WritableBytes);
        TouchedWhole(place);
        return result;
    }

    /// <summary>The same string in the form that can be changed in place ("raw"): a change to nobody but OBJECT ENCODING.</summary>
    public Place MakeRaw(Place place)
    {
        if (place.Entry.Encoding == ValueEncoding.Integer) ToRaw(ref place);
        else place.Entry.SetLength(place.Entry.ValueLength, ValueEncoding.Raw);
        return place;
    }

    /// <summary>Makes the key's string at least so long and changeable ("raw"), what is new filled with zeros, and writes the bytes over it at the offset.</summary>
    public Place WriteInto(Place place, int offset, ReadOnlySpan<byte> bytes)
    {
        int oldLength = 0;
        int length = checked(offset + bytes.Length);
        Change change = place.Exists ? Change.Written : Change.Created;
        if (place.Exists)
        {
            Changing(place.Entry);
            oldLength = place.Entry.Encoding == ValueEncoding.Integer ? ToRaw(ref place) : place.Entry.ValueLength;
            length = Math.Max(length, oldLength);
            if (length > place.Entry.Room.Length) Grow(ref place, length);
            else Overwriting(place, offset, bytes.Length);
        }
        else
        {
            place = Insert(place, Entry.Create(_all.Memory, place.Key, ValueKind.String, ValueEncoding.Raw, length, length, isVolatile: false));
        }

        Entry entry = place.Entry;
        entry.SetLength(length, ValueEncoding.Raw);
        Span<byte> value = entry.WritableBytes;
        if (offset > oldLength) value[oldLength..offset].Clear();
        bytes.CopyTo(value[offset..]);
        Touched(place.Key, change);
        return place;
    }

    /// <summary>So many bytes of a string, whose change has been announced, are about to be written over where they lie.</summary>
    public void Overwriting(Place place, int offset, int length)
    {
        if (_all.Memory.Holder is not { } holder || place.Entry.Encoding == ValueEncoding.Integer) return;
        fixed (byte* block = place.Entry.Bytes) holder.BeforeWrite(block, offset, length);
    }

    /// <summary>
    /// Makes a collection in one flat buffer of so many bytes, which are the caller's to fill, over whatever was there; the key's expiry goes, unless it
    /// is to be kept.
    /// </summary>
    public Place SetCompact(Place place, ValueKind kind, ValueEncoding encoding, int length, long expiresAtMs = NoExpiry)
    {
        Place result = Prepare(place, length, kind, encoding, expiresAtMs);
        TouchedWhole(place);
        return result;
    }

    /// <summary>Makes the value one large object, over whatever was there; the key's expiry goes, unless it is to be kept.</summary>
    public Place SetLarge(Place place, ValueKind kind, LargeValue value, long expiresAtMs = NoExpiry)
    {
        Place result = Prepare(place, sizeof(long), kind, ValueEncoding.Large, expiresAtMs);
        Entry entry = result.Entry;
        entry.Handle = _all.Values.Add(value);
        TouchedWhole(place);
        return result;
    }

    /// <summary>
    /// To be called before a collection changes in place, while its value is still whole; <see cref="EndChange"/> follows when the change is made. What
    /// creates, replaces or deletes keys says so by itself.
    /// </summary>
    public void BeginChange(Place place) => Changing(place.Entry);

    /// <summary>A collection has changed in place.</summary>
    public void EndChange(Place place) => Touched(place.Key, Change.Written);

    /// <summary>Between <see cref="BeginChange"/> and <see cref="EndChange"/>: another length for a flat buffer, its first bytes kept; the entry may move.</summary>
    public void Resize(ref Place place, int length)
    {
        Entry entry = place.Entry;
        int kept = Math.Min(length, entry.ValueLength);
        bool wastes = entry.Room.Length > WasteAllowed && length < entry.Room.Length / 2;
        if (length <= entry.Room.Length && !wastes)
        {
            entry.SetLength(length, entry.Encoding);
            return;
        }

        // What is large grows by an eighth ahead, so that a buffer filled element by element is not copied for each.
        int capacity = length > entry.Room.Length && length > Entry.InlineLimit ? length + (length >> 3) : length;
        Relocate(ref place, entry.Encoding, length, capacity, kept);
    }

    /// <summary>
    /// Between <see cref="BeginChange"/> and <see cref="EndChange"/>: the same elements have another form. A large object's successor is a flat buffer
    /// whose bytes are the caller's to fill.
    /// </summary>
    public void ConvertToCompact(ref Place place, ValueEncoding encoding, int length)
    {
        LargeValue? former = place.Entry.IsLarge ? _all.Values.Take(place.Entry.Handle) : null;
        Relocate(ref place, encoding, length, length, kept: 0);
        if (former != null) _all.Values.Drop(former);
    }

    /// <summary>Between <see cref="BeginChange"/> and <see cref="EndChange"/>: what was a flat buffer is now this object. Its bytes are gone.</summary>
    public void ConvertToLarge(ref Place place, LargeValue value)
    {
        Debug.Assert(!place.Entry.IsLarge);
        Relocate(ref place, ValueEncoding.Large, sizeof(long), sizeof(long), kept: 0);
        Entry entry = place.Entry;
        entry.Handle = _all.Values.Add(value);
    }

    /// <summary>The object behind an entry whose encoding is <see cref="ValueEncoding.Large"/>.</summary>
    public LargeValue LargeValueOf(Entry entry) => _all.Values[entry.Handle];

    /// <summary>
    /// A value in the making that nobody can find, for what must be whole before it takes its key: it is changed like any other, without
    /// <see cref="BeginChange"/>, and ends with <see cref="Publish"/> or <see cref="Discard"/>.
    /// </summary>
    public Place Draft(ReadOnlySpan<byte> key, ValueKind kind, ValueEncoding encoding, int length)
    {
        var slot = (ulong*)_all.Memory.Allocate(sizeof(ulong));
        *slot = (ulong)Entry.Create(_all.Memory, key, kind, encoding, length, length, isVolatile: false).Block;
        return new Place(key, hash: 0, slot);
    }

    /// <summary>Gives the draft its key, over whatever was there, and without an expiry.</summary>
    public void Publish(Place draft)
    {
        Entry entry = draft.Entry;
        _all.Memory.Free((byte*)draft.Slot, sizeof(ulong));
        entry.AccessBits = _all.Access.Fresh;
        entry.Mark = _all.SnapshotMark;
        Put(draft.Key, entry, isNewKey: false);
    }

    /// <summary>The draft and all that it holds is given back.</summary>
    public void Discard(Place draft)
    {
        _all.Values.Drop(draft.Entry);
        _all.Memory.Free((byte*)draft.Slot, sizeof(ulong));
    }

    /// <summary>A whole value was set at the place, which says what was there before.</summary>
    private void TouchedWhole(Place before) => Touched(before.Key, before.Exists ? Change.Overwritten : Change.Created);

    /// <summary>An entry for the key with room for the value, over whatever was there; its content is the caller's to write.</summary>
    private Place Prepare(Place place, int length, ValueKind kind, ValueEncoding encoding, long expiresAtMs)
    {
        if (!place.Exists)
        {
            bool willExpire = expiresAtMs >= 0;
            Entry created = Entry.Create(_all.Memory, place.Key, kind, encoding, length, length, willExpire);
            if (willExpire) created.ExpiresAtMs = expiresAtMs;
            return Insert(place, created);
        }

        Entry old = place.Entry;
        Changing(old);
        if (expiresAtMs == KeepExpiry) expiresAtMs = old.ExpiresAtMs;
        bool isVolatile = expiresAtMs >= 0;
        uint accessBits = _all.Access.CountsFrequency ? old.AccessBits : _all.Access.Fresh;

        if (old.TryReuse(length, kind, encoding, isVolatile))
        {
            old.AccessBits = accessBits;
            if (isVolatile && old.ExpiresAtMs != expiresAtMs)
            {
                old.ExpiresAtMs = expiresAtMs;
                _volatiles.Refresh(old);
            }

            return place;
        }

        Entry entry = Entry.Create(_all.Memory, place.Key, kind, encoding, length, length, isVolatile);
        entry.AccessBits = accessBits;
        entry.Mark = _all.SnapshotMark;
        if (old.IsVolatile) _volatiles.Remove(old);
        _all.Values.Drop(old);
        BlockTable<EntryBlock>.Replace(place.Slot, entry.Block);
        if (isVolatile)
        {
            entry.ExpiresAtMs = expiresAtMs;
            _volatiles.Add(entry);
        }

        return place;
    }

    /// <summary>Turns a number into its text, in place or elsewhere, and returns the text's length.</summary>
    private int ToRaw(ref Place place)
    {
        Span<byte> text = stackalloc byte[RespNumber.MaxLongLength];
        int length = RespNumber.FormatLong(text, place.Entry.Integer);
        if (length > place.Entry.Room.Length) Grow(ref place, length);
        place.Entry.SetLength(length, ValueEncoding.Raw);
        text[..length].CopyTo(place.Entry.WritableBytes);
        return length;
    }

    /// <summary>Moves a string to where it may become so long, and longer: who appends once appends again.</summary>
    private void Grow(ref Place place, int length)
    {
        Debug.Assert(place.Exists);
        int capacity = length < OverAllocationLimit ? length * 2 : length + OverAllocationLimit;
        Entry old = place.Entry;
        Relocate(ref place, old.Encoding, old.ValueLength, capacity, old.ValueLength);
    }

    /// <summary>Another block for the same key, with so many bytes of the value kept.</summary>
    private void Relocate(ref Place place, ValueEncoding encoding, int length, int capacity, int kept)
    {
        Entry old = place.Entry;
        Entry moved = Entry.Create(_all.Memory, place.Key, old.Kind, encoding, length, Math.Max(length, capacity), old.IsVolatile);
        moved.AccessBits = old.AccessBits;
        moved.Mark = old.Mark;
        if (kept > 0) old.Bytes[..kept].CopyTo(moved.WritableBytes);
        if (old.IsVolatile)
        {
            moved.ExpiresAtMs = old.ExpiresAtMs;
            moved.VolatilePosition = old.VolatilePosition;
            _volatiles.Refresh(moved);
        }

        old.Free(_all.Memory);
        BlockTable<EntryBlock>.Replace(place.Slot, moved.Block);
    }
}
