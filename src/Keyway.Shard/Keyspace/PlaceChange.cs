namespace Keyway.Shard.Keyspace;

/// <summary>
/// The frame of a change to a collection, whatever its type: tells the database once before and once after, and takes the key away with its last
/// element. Or, for a <see cref="Database.Draft"/>, gives it its key.
/// </summary>
internal ref struct PlaceChange(Database database, Place place)
{
    /// <summary>Where it is now; a change may move it.</summary>
    public Place Place = place;

    /// <summary>The database has been told that it changes, or that it came to be.</summary>
    public bool HasBegun;

    public readonly Database Database => database;

    public readonly Span<byte> Bytes => Place.Entry.WritableBytes;

    public void Begin()
    {
        if (HasBegun) return;
        HasBegun = true;
        database.BeginChange(Place);
    }

    /// <param name="count">The elements that are left.</param>
    /// <param name="used">Of a flat buffer the bytes that are used; 0 for a large object.</param>
    /// <returns>Whether the key is gone.</returns>
    public bool End(long count, int used)
    {
        if (!HasBegun) return false;

        HasBegun = false;
        if (count == 0)
        {
            database.Delete(Place);
            return true;
        }

        Trim(used);
        database.EndChange(Place);
        return false;
    }

    /// <summary>The draft, with at least one element, takes its key.</summary>
    public void Publish(int used)
    {
        Trim(used);
        database.Publish(Place);
    }

    public void MakeRoom(int bytes)
    {
        if (bytes > Bytes.Length) database.Resize(ref Place, bytes);
    }

    private void Trim(int used)
    {
        if (used > 0 && used != Bytes.Length) database.Resize(ref Place, used);
    }
}
