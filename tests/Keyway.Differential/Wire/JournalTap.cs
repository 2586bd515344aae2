using System.Globalization;
using Keyway.Differential.Servers;

namespace Keyway.Differential.Wire;

/// <summary>Reads what a server writes into its journal, file after file. With appendfsync no all of it is there when the request is answered.</summary>
internal sealed class JournalTap : EffectTap
{
    private const int PatienceMs = 20_000;
    private const int LookAgainMs = 2;
    private const int ReadBytes = 256 * 1024;

    private readonly Side _side;
    private FileStream? _file;
    private long _sequence;
    private byte[] _input = new byte[ReadBytes];
    private int _start;
    private int _end;

    public JournalTap(Side side)
    {
        _side = side;
        side.Ask("CONFIG", "SET", "appendfsync", "no");
    }

    public override List<byte[]> Read()
    {
        var commands = new List<byte[]>();
        long limit = Environment.TickCount64 + PatienceMs;
        while (true)
        {
            // Whoever has switched to another file has written all into the one before.
            JournalFiles files = JournalFiles.Find(_side);
            Follow(commands);
            if (files.LastIncrement > _sequence && _start == _end)
            {
                Open(files);
                continue;
            }

            if (_start == _end) return commands;
            if (Environment.TickCount64 > limit) throw new ServerLostException(_side.Name, "leaves half a command in its journal");
            Thread.Sleep(LookAgainMs);
        }
    }

    public override void Dispose() => _file?.Dispose();

    private void Open(JournalFiles files)
    {
        _file?.Dispose();
        long next = _sequence == 0 ? files.LastIncrement : files.Increments.Where(sequence => sequence > _sequence).Min();
        _file = new FileStream(files.PathOfIncrement(next), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _sequence = next;
    }

    private void Follow(List<byte[]> commands)
    {
        while (_file != null)
        {
            Make(room: ReadBytes);
            int count = _file.Read(_input, _end, ReadBytes);
            _end += count;
            TakeWhole(commands);
            if (count < ReadBytes) return;
        }
    }

    private void TakeWhole(List<byte[]> commands)
    {
        while (_start < _end)
        {
            ReadOnlySpan<byte> rest = _input.AsSpan(_start, _end - _start);
            int length = ReplyLength.Measure(rest);
            if (length < 0 || (length > 0 && rest[0] != '*'))
                throw new ServerLostException(_side.Name, string.Create(CultureInfo.InvariantCulture, $"writes something into its journal that is no command, before byte {_file!.Position}"));
            if (length == 0) return;
            commands.Add(rest[..length].ToArray());
            _start += length;
        }
    }

    private void Make(int room)
    {
        if (_start > 0)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            _end -= _start;
            _start = 0;
        }

        if (_input.Length - _end < room) Array.Resize(ref _input, (_input.Length * 2) + room);
    }
}
