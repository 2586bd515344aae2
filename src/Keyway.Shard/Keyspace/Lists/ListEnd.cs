namespace Keyway.Shard.Keyspace.Lists;

/// <summary>Where elements are pushed and popped: the head is what Redis calls left.</summary>
internal enum ListEnd : byte
{
    Head,
    Tail,
}
