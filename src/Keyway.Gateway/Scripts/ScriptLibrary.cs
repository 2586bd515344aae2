using System.Collections.Immutable;

namespace Keyway.Gateway.Scripts;

/// <summary>
/// The scripts that clients have loaded through this gateway, for shards that lack them: a new one, or one that was started again. All loops read it; one
/// changes it, by exchanging the whole, so what another loop sees may be a moment old.
/// </summary>
/// <param name="post">Runs something on the loop that changes it.</param>
internal sealed class ScriptLibrary(Action<Action> post)
{
    /// <summary>The most scripts, and bytes, that are remembered: past either, those go that were longest neither loaded nor needed.</summary>
    internal const int MostScripts = 4096;
    internal const int MostBytes = 32 * 1024 * 1024;

    private volatile ImmutableDictionary<ScriptHash, RememberedScript> _scripts = ImmutableDictionary<ScriptHash, RememberedScript>.Empty;

    // Of the changing loop alone: the oldest use first.
    private readonly LinkedList<ScriptHash> _byUse = new();
    private readonly Dictionary<ScriptHash, LinkedListNode<ScriptHash>> _places = [];
    private long _bytes;

    public bool IsEmpty => _scripts.IsEmpty;

    /// <param name="sha">As a client wrote it.</param>
    public RememberedScript? Find(ReadOnlySpan<byte> sha) =>
        !_scripts.IsEmpty && ScriptHash.TryParse(sha, out ScriptHash hash) ? _scripts.GetValueOrDefault(hash) : null;

    public void Remember(ScriptHash hash, RememberedScript script) => post(() => Add(hash, script));

    /// <summary>A shard lacked it.</summary>
    public void NoteNeeded(ScriptHash hash) => post(() => Touch(hash));

    public void Clear() => post(() =>
    {
        _scripts = _scripts.Clear();
        _byUse.Clear();
        _places.Clear();
        _bytes = 0;
    });

    private void Add(ScriptHash hash, RememberedScript script)
    {
        if (script.Load.Length > MostBytes || Touch(hash)) return;
        _places[hash] = _byUse.AddLast(hash);
        _bytes += script.Load.Length;
        ImmutableDictionary<ScriptHash, RememberedScript> next = _scripts.Add(hash, script);
        while (next.Count > MostScripts || _bytes > MostBytes)
        {
            ScriptHash oldest = _byUse.First!.Value;
            _bytes -= next[oldest].Load.Length;
            next = next.Remove(oldest);
            _byUse.RemoveFirst();
            _places.Remove(oldest);
        }
        _scripts = next;
    }

    private bool Touch(ScriptHash hash)
    {
        if (!_places.TryGetValue(hash, out LinkedListNode<ScriptHash>? place)) return false;
        _byUse.Remove(place);
        _byUse.AddLast(place);
        return true;
    }
}
