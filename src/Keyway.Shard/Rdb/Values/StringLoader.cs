using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Rdb.Values;

internal sealed class StringLoader(LoadContext context) : ValueLoader(context)
{
    private HeldString _text;

    public override void Begin(RdbType type)
    {
    }

    public override RdbReadStatus Read(ref RdbCursor cursor)
    {
        if (!cursor.TryReadString(Context.Text, out ReadOnlySpan<byte> text)) return cursor.Status;
        _text = new HeldString(text, cursor.Input, Context.Text);
        return RdbReadStatus.Complete;
    }

    public override void Store(ReadOnlySpan<byte> input, Database database, Place place, long expiresAtMs) =>
        database.SetString(place, _text.In(input, Context.Text), expiresAtMs);

    public override void Discard()
    {
    }
}
