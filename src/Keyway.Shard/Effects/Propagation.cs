using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Keyway.Protocol;

namespace Keyway.Shard.Effects;

/// <summary>
/// The one road by which writes leave the keyspace: each handler of a write says here what a replica or a journal must repeat — the command itself, another
/// one in its place, or nothing. A relative time or a random choice must never leave as it came.
/// </summary>
internal sealed class Propagation
{
    private const int KeptUnitBytes = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _command = new();
    private ArrayBufferWriter<byte> _unit = new();
    private readonly List<(int Database, int End, bool IsMessage)> _unitEffects = [];
    private bool _isInUnit;
    private bool _isMessage;
    private IEffectSink? _sink;

    /// <summary>Changes since the data was last saved: INFO's rdb_changes_since_last_save.</summary>
    public long Dirty { get; set; }

    /// <summary>True once the running command has asked to be repeated word for word.</summary>
    public bool WantsRequest { get; private set; }

    public void Install(IEffectSink? sink) => _sink = sink;

    /// <summary>From here to <see cref="EndUnit"/> all effects belong together: a command, or a whole transaction.</summary>
    public void BeginUnit() => _isInUnit = true;

    /// <summary>Hands the unit's effects over. Several are repeated elsewhere as one transaction, unless nobody has asked for these keys by name.</summary>
    public void EndUnit(bool wrapsSeveral)
    {
        _isInUnit = false;
        if (_unitEffects.Count > 0) SendUnit(wrapsSeveral);
    }

    /// <summary>The request itself repeats the effect. The dispatcher hands it over after the handler, behind whatever expired on the way.</summary>
    public void AsIs(long changes = 1)
    {
        Dirty += changes;
        WantsRequest = changes > 0;
    }

    /// <summary>The request carries a message, which changes nothing here: replicas repeat it, a journal need not.</summary>
    public void AsMessage()
    {
        WantsRequest = true;
        _isMessage = true;
    }

    /// <summary>The effect is this command in the request's place.</summary>
    public void Replace(int database, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key)
    {
        Dirty++;
        WantsRequest = false;
        Emit(database, name, key);
    }

    public void Replace(int database, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> argument)
    {
        Dirty++;
        WantsRequest = false;
        if (_sink == null) return;
        Begin(3);
        Add(name);
        Add(key);
        Add(argument);
        Finish(database);
    }

    public void Replace(int database, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> argument, ReadOnlySpan<byte> option)
    {
        Dirty++;
        WantsRequest = false;
        if (_sink == null) return;
        Begin(4);
        Add(name);
        Add(key);
        Add(argument);
        Add(option);
        Finish(database);
    }

    /// <summary>SET with an absolute time: what every way to set a value for a while becomes.</summary>
    public void ReplaceWithSetUntil(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expiresAtMs)
    {
        Dirty++;
        WantsRequest = false;
        if (_sink == null) return;
        Begin(5);
        Add("SET"u8);
        Add(key);
        Add(value);
        Add("PXAT"u8);
        AddNumber(expiresAtMs);
        Finish(database);
    }

    /// <summary>PEXPIREAT with the options that the client gave: a replica decides alike.</summary>
    public void ReplaceWithExpireAt(int database, ReadOnlySpan<byte> key, long expiresAtMs, in EffectOptions options = default)
    {
        Dirty++;
        WantsRequest = false;
        if (_sink == null) return;
        Begin(3 + options.Count);
        Add("PEXPIREAT"u8);
        Add(key);
        AddNumber(expiresAtMs);
        for (int i = 0; i < options.Count; i++) Add(options[i]);
        Finish(database);
    }

    /// <summary>The request less every occurrence of an option (SET's GET, which only matters to who asked).</summary>
    public void ReplaceWithout(int database, Arguments request, ReadOnlySpan<byte> option, int from)
    {
        Dirty++;
        WantsRequest = false;
        if (_sink == null) return;

        int kept = 0;
        for (int i = 0; i < request.Count; i++) kept += i >= from && Ascii.EqualsIgnoreCase(request[i], option) ? 0 : 1;
        Begin(kept);
        for (int i = 0; i < request.Count; i++)
        {
            if (i < from || !Ascii.EqualsIgnoreCase(request[i], option)) Add(request[i]);
        }

        Finish(database);
    }

    /// <summary>
    /// The effect is another command in the request's place: call this, then <see cref="Add(ReadOnlySpan{byte})"/> for each argument, the name first, then
    /// <see cref="EndReplacement"/>. A command with several effects does so for each.
    /// </summary>
    /// <returns>False when nobody listens: the arguments need not be made.</returns>
    public bool BeginReplacement(int arguments, long changes = 1)
    {
        Dirty += changes;
        WantsRequest = false;
        if (_sink == null) return false;
        Begin(arguments);
        return true;
    }

    public void EndReplacement(int database) => Finish(database);

    /// <summary>A key's time has run out: its deletion goes out at once, before whatever the command that met it does.</summary>
    public void Expired(int database, ReadOnlySpan<byte> key, bool lazily)
    {
        Dirty++;
        Emit(database, lazily ? "UNLINK"u8 : "DEL"u8, key);
    }

    /// <summary>A key has been deleted for lack of memory, which nobody asked for.</summary>
    public void Evicted(int database, ReadOnlySpan<byte> key, bool lazily) => Emit(database, lazily ? "UNLINK"u8 : "DEL"u8, key);

    /// <summary>The handler has returned: hands over the request if it is its own effect.</summary>
    public void Complete(int database, Arguments request)
    {
        if (!WantsRequest) return;
        bool isMessage = _isMessage;
        WantsRequest = _isMessage = false;
        if (_sink == null) return;

        Begin(request.Count);
        for (int i = 0; i < request.Count; i++) Add(request[i]);
        Finish(database, isMessage);
    }

    private void Emit(int database, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key)
    {
        if (_sink == null) return;
        Begin(2);
        Add(name);
        Add(key);
        Finish(database);
    }

    private void Begin(int arguments)
    {
        _command.ResetWrittenCount();
        Header((byte)'*', arguments);
    }

    public void Add(ReadOnlySpan<byte> argument)
    {
        Header((byte)'$', argument.Length);
        _command.Write(argument);
        _command.Write("\r\n"u8);
    }

    public void AddNumber(long number)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, text, out int length);
        Add(text[..length]);
    }

    private void Header(byte mark, int number)
    {
        Span<byte> line = stackalloc byte[16];
        line[0] = mark;
        Utf8Formatter.TryFormat(number, line[1..], out int digits);
        line[digits + 1] = (byte)'\r';
        line[digits + 2] = (byte)'\n';
        _command.Write(line[..(digits + 3)]);
    }

    private void Finish(int database, bool isMessage = false)
    {
        if (!_isInUnit)
        {
            Send(database, _command.WrittenSpan, isMessage);
            return;
        }

        _unit.Write(_command.WrittenSpan);
        _unitEffects.Add((database, _unit.WrittenCount, isMessage));
    }

    private void Send(int database, ReadOnlySpan<byte> command, bool isMessage)
    {
        if (isMessage) _sink?.OnMessage(database, command);
        else _sink?.OnEffect(database, command);
    }

    private void SendUnit(bool wrapsSeveral)
    {
        // A transaction that has made this server a replica has taken the sink away under its own effects: nobody repeats them, as with Redis.
        bool isWrapped = wrapsSeveral && _unitEffects.Count > 1 && _sink != null;
        if (isWrapped) _sink!.OnEffect(_unitEffects[0].Database, "*1\r\n$5\r\nMULTI\r\n"u8);
        int start = 0;
        foreach ((int database, int end, bool isMessage) in _unitEffects)
        {
            Send(database, _unit.WrittenSpan[start..end], isMessage);
            start = end;
        }

        if (isWrapped) _sink!.OnEffect(_unitEffects[^1].Database, "*1\r\n$4\r\nEXEC\r\n"u8);
        _unitEffects.Clear();
        if (_unit.WrittenCount <= KeptUnitBytes) _unit.ResetWrittenCount();
        else _unit = new ArrayBufferWriter<byte>();
    }
}
