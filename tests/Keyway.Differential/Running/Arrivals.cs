using System.Text;
using Keyway.Differential.Servers;
using Keyway.Differential.Wire;

namespace Keyway.Differential.Running;

/// <summary>What one request has made a server say, on all connections of the sequence.</summary>
internal sealed class Arrivals
{
    /// <summary>What an observer says, and a MONITOR is not to be compared by.</summary>
    public const string Observed = "observed";

    private readonly List<byte[]>[] _replies = [.. Enumerable.Range(0, Side.Connections).Select(_ => new List<byte[]>())];

    public bool[] IsClosed { get; } = new bool[Side.Connections];

    public List<byte[]> this[int connection] => _replies[connection];

    public void Clear()
    {
        foreach (List<byte[]> replies in _replies) replies.Clear();
        Array.Clear(IsClosed);
    }

    public void Drain(Side side)
    {
        for (int i = 0; i < Side.Connections; i++)
        {
            if (IsClosed[i]) continue;
            IsClosed[i] = !side[i].Drain(_replies[i]);
            _replies[i].RemoveAll(IsObservation);
        }
    }

    private static bool IsObservation(byte[] reply) => reply[0] == '+' && reply.AsSpan().EndsWith("\"ECHO\" \"observed\"\r\n"u8);

    /// <summary>All of a connection, for a report.</summary>
    public string Text(int connection) => string.Concat(_replies[connection].Select(Encoding.Latin1.GetString));
}
