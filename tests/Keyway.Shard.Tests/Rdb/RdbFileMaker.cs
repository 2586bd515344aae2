using System.Buffers.Binary;
using System.Text;
using Keyway.Shard.Rdb;

namespace Keyway.Shard.Tests.Rdb;

/// <summary>Files as servers of any version wrote them, put together by hand. Text is Latin-1.</summary>
internal sealed class RdbFileMaker
{
    private readonly List<byte> _bytes = [];
    private readonly int _version;

    public RdbFileMaker(int version)
    {
        _version = version;
        _bytes.AddRange(Encoding.ASCII.GetBytes($"REDIS{version:D4}"));
    }

    public RdbFileMaker Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public RdbFileMaker Database(int number) => Raw([0xFE, .. DumpMaker.Length(number)]);

    public RdbFileMaker Aux(string name, string value) => Raw([0xFA, .. DumpMaker.Text(name), .. DumpMaker.Text(value)]);

    public RdbFileMaker Key(int type, string key, params byte[] value) => Raw([(byte)type, .. DumpMaker.Text(key), .. value]);

    /// <summary>With its end, and a right checksum where the version has one.</summary>
    public byte[] End(bool withChecksum = true)
    {
        Raw(0xFF);
        if (_version < 5) return [.. _bytes];
        var checksum = new byte[8];
        if (withChecksum) BinaryPrimitives.WriteUInt64LittleEndian(checksum, Crc64.Append(0, _bytes.ToArray()));
        return [.. _bytes, .. checksum];
    }
}
