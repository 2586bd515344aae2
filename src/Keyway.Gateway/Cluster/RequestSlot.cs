using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Cluster;

/// <summary>Which slot a whole request is about, where that has to be found out again: for one that was refused, and those behind it.</summary>
internal sealed class RequestSlot
{
    private readonly RequestReader _reader = new();
    private KeyList _keys = new();
    private byte[] _together = [];

    /// <param name="request">Of a transaction, all of it: the first command with keys tells.</param>
    /// <returns>-1 for a request without keys.</returns>
    public int Of(ReadOnlySpan<byte> request)
    {
        while (request.Length > 0)
        {
            _reader.Reset();
            if (_reader.Read(request) != RequestStatus.Complete) return -1;
            Arguments arguments = _reader.Arguments(request);
            Command? command = CommandTable.Resolve(in arguments);
            if (command is null) return -1;
            if (KeyExtractor.Extract(command, arguments, ref _keys) == KeyStatus.Found && _keys.Count > 0) return HashSlot.Of(arguments[_keys[0].Index]);
            request = request[_reader.Consumed..];
        }
        return -1;
    }

    /// <summary>Of a request in two pieces.</summary>
    public int Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (second.IsEmpty) return Of(first);
        if (_together.Length < first.Length + second.Length) _together = new byte[first.Length + second.Length];
        first.CopyTo(_together);
        second.CopyTo(_together.AsSpan(first.Length));
        return Of(_together.AsSpan(0, first.Length + second.Length));
    }
}
