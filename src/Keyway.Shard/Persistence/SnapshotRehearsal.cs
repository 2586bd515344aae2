using Keyway.Protocol;
using Keyway.Shard.Configuration;
using Keyway.Shard.Effects;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Snapshots;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Persistence;

/// <summary>
/// Loads and writes a small file of all kinds of values beside the server's start, so that the first real snapshot does not stop clients while the code for
/// it is compiled: 20 ms and more on the loop, measured, in turns that take one otherwise.
/// </summary>
public static class SnapshotRehearsal
{
    private const int Elements = 1100;          // enough to be written part by part

    /// <summary>Begins it, on a thread of its own.</summary>
    public static void Begin() => new Thread(Play) { IsBackground = true, Name = "rehearsal", Priority = ThreadPriority.BelowNormal }.Start();

    internal static void Play()
    {
        using var databases = new Databases(1, KeyHash.WithRandomSecret(), seed: 1, new Propagation());
        var nowhere = new CountingSink();
        Load(databases);
        for (int round = 0; round < 3; round++)
        {
            var writer = new RdbFileWriter(databases, new RdbFileOptions { WritesIdle = true }, nowhere, () => false);
            Snapshot snapshot = databases.BeginSnapshot(writer);
            writer.Begin();
            while (snapshot.Walk(4096)) { }
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

        Begin(writer, RdbType.Hash, -1);
        writer.WriteLength(Elements);
        for (int i = 0; i < Elements * 2; i++) Write(writer, i);
        Begin(writer, RdbType.Set, -2);
        writer.WriteLength(Elements);
        for (int i = 0; i < Elements; i++) Write(writer, i);
        Begin(writer, RdbType.SortedSet, -3);
        writer.WriteLength(Elements);
        for (int i = 0; i < Elements; i++)
        {
            Write(writer, i);
            writer.WriteDouble(i);
        }

        Begin(writer, RdbType.List, -4);
        writer.WriteLength(Elements * 20);
        for (int i = 0; i < Elements * 20; i++) Write(writer, i);
        Begin(writer, RdbType.String, -5);
        writer.WriteString(new byte[100_000]);
        writer.EndFile(withChecksum: true);

        var loader = new RdbLoader(databases, new Settings(ShardOptions.Default), new RdbLoadOptions());
        ReadOnlySpan<byte> bytes = file.Bytes;
        for (int at = 0; at < bytes.Length; at += 4096) loader.Feed(bytes.Slice(at, Math.Min(4096, bytes.Length - at)));
    }

    private static void Begin(RdbWriter writer, RdbType type, int key)
    {
        writer.WriteType(type);
        Write(writer, key);
    }

    private static void Write(RdbWriter writer, int number)
    {
        Span<byte> text = stackalloc byte[RespNumber.MaxLongLength + 1];
        text[0] = (byte)'k';
        writer.WriteString(text[..(1 + RespNumber.FormatLong(text[1..], number))]);
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
