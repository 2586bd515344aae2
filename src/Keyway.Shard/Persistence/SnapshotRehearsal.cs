using System.Text;
using Keyway.Protocol;
using Keyway.Shard.Configuration;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Hashes;
using Keyway.Shard.Keyspace.Lists;
using Keyway.Shard.Keyspace.Sets;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Keyspace.SortedSets;
using Keyway.Shard.Keyspace.Streams;
using Keyway.Shard.Rdb;
using Keyway.Shard.Rdb.Values;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Loads and writes a small file of all kinds of values beside the server's start, so that the first real snapshot does not stop clients while the code for
/// it is compiled: 20 ms and more on the loop, measured, in turns that take one otherwise.
/// </summary>
internal static class SnapshotRehearsal
{
    private const int Elements = 1100;          // enough to be written part by part
    private const int StreamNodes = 40;

    // Keys are numbers: those of long values lie below zero.
    private const int HashKey = -1;
    private const int SetKey = -2;
    private const int SortedSetKey = -3;
    private const int ListKey = -4;
    private const int StreamKey = -5;
    private const int TextKey = -6;

    public static void Play()
    {
        using var databases = new Databases(1, KeyHash.WithRandomSecret(), seed: 1, new Propagation());
        var nowhere = new CountingSink();
        Load(databases);
        for (int round = 0; round < 3; round++)
        {
            var writer = new RdbFileWriter(databases, new RdbFileOptions { WritesIdle = true }, nowhere, () => false);
            Snapshot snapshot = databases.BeginSnapshot(writer);
            writer.Begin();
            for (int i = 0; snapshot.Walk(4096); i++) Change(databases, i);
        }
    }

    // What clients do meanwhile, to values of which a part is written.
    private static unsafe void Change(Databases databases, int number)
    {
        Database database = databases[0];
        Span<byte> room = stackalloc byte[RespNumber.MaxLongLength + 1];
        Span<byte> roomForKey = stackalloc byte[RespNumber.MaxLongLength + 1];
        for (int key = HashKey; key >= TextKey; key--)
        {
            Place place = database.FindAnyway(Name(key, roomForKey));
            ReadOnlySpan<byte> name = Name(number % Elements, room);
            if (key == TextKey)
            {
                database.WriteInto(place, number, name);
                continue;
            }

            database.BeginChange(place);
            switch (database.LargeValueOf(place.Entry))
            {
                case LargeHash hash:
                    hash.Set(name, name);
                    break;
                case LargeSet set:
                    ulong* slot = set.Find(name, out ulong hashOfName);
                    if (slot != null) set.Remove(slot, hashOfName);
                    else set.Insert(name, hashOfName);
                    break;
                case LargeSortedSet sorted:
                    ScoredMember element = sorted.Find(name);
                    if (!element.IsNull) sorted.Rescore(element, element.Score - 100);
                    break;
                case Quicklist list:
                    list.Pop(ListEnd.Head);
                    list.Push(ListEnd.Tail, ListpackElement.Of(name), databases.Values.ListLimits);
                    break;
                case StreamValue stream:
                    stream.Delete(new StreamId((ulong)number + 1, 0));
                    break;
            }

            database.EndChange(place);
        }
    }

    private static void Load(Databases databases)
    {
        var file = new GatheringSink();
        var writer = new RdbWriter();
        writer.Begin(file);
        writer.WriteRaw("REDIS0010"u8);
        writer.WriteByte((byte)RdbOpcode.Database);
        writer.WriteByte(0);
        for (int i = 0; i < Elements; i++)
        {
            writer.WriteByte((byte)RdbOpcode.ExpiryMs);
            writer.WriteInt64(long.MaxValue / 2);
            Begin(writer, RdbType.String, i);
            Write(writer, i);
        }

        Begin(writer, RdbType.Hash, HashKey);
        writer.WriteLength(Elements);
        for (int i = 0; i < Elements * 2; i++) Write(writer, i);
        Begin(writer, RdbType.Set, SetKey);
        writer.WriteLength(Elements);
        for (int i = 0; i < Elements; i++) Write(writer, i);
        Begin(writer, RdbType.SortedSet, SortedSetKey);
        writer.WriteLength(Elements);
        for (int i = 0; i < Elements; i++)
        {
            Write(writer, i);
            writer.WriteDouble(i);
        }

        Begin(writer, RdbType.List, ListKey);
        writer.WriteLength(Elements * 20);
        for (int i = 0; i < Elements * 20; i++) Write(writer, i);
        WriteStream(writer);
        Begin(writer, RdbType.String, TextKey);
        writer.WriteString(new byte[200_000]);
        writer.EndFile(withChecksum: true);

        var loader = new RdbLoader(databases, new Settings(ShardOptions.Default), new RdbLoadOptions());
        ReadOnlySpan<byte> bytes = file.Bytes;
        for (int at = 0; at < bytes.Length; at += 4096) loader.Feed(bytes.Slice(at, Math.Min(4096, bytes.Length - at)));
    }

    // One entry a node.
    private static void WriteStream(RdbWriter writer)
    {
        var node = new ListpackBuffer();
        foreach (string element in (string[])["1", "0", "1", "field", "0", "2", "0", "0", "value", "4"]) node.Add(Encoding.ASCII.GetBytes(element));
        Begin(writer, RdbType.StreamBefore7, StreamKey);
        writer.WriteLength(StreamNodes);
        for (int i = 1; i <= StreamNodes; i++) RdbValueWriter.WriteStreamNode(writer, new StreamId((ulong)i, 0), node.Bytes);
        writer.WriteLength(StreamNodes);
        writer.WriteLength(StreamNodes);
        writer.WriteLength(0L);
        writer.WriteLength(0L);
    }

    private static void Begin(RdbWriter writer, RdbType type, int key)
    {
        writer.WriteType(type);
        Write(writer, key);
    }

    private static void Write(RdbWriter writer, int number) => writer.WriteString(Name(number, stackalloc byte[RespNumber.MaxLongLength + 1]));

    private static ReadOnlySpan<byte> Name(int number, Span<byte> room)
    {
        room[0] = (byte)'k';
        return room[..(1 + RespNumber.FormatLong(room[1..], number))];
    }

    private sealed class CountingSink : IRdbSink
    {
        public long Bytes { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes) => Bytes += bytes.Length;
    }

    private sealed class GatheringSink : IRdbSink
    {
        private readonly System.Buffers.ArrayBufferWriter<byte> _bytes = new();

        public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

        public void Write(ReadOnlySpan<byte> bytes) => System.Buffers.BuffersExtensions.Write(_bytes, bytes);
    }
}
