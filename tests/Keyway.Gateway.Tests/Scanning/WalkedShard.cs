using System.Globalization;
using System.Text;
using Keyway.Gateway.Tests.Harness;

namespace Keyway.Gateway.Tests.Scanning;

/// <summary>A fake shard with keys that can be walked: another process of it walks them in another order.</summary>
internal sealed class WalkedShard
{
    public WalkedShard(FakeShard shard, params string[] keys)
        : this(keys)
    {
        shard.Answer = Answer;
    }

    /// <summary>Whoever has it answers by <see cref="Answer"/>.</summary>
    public WalkedShard(params string[] keys)
    {
        Keys = [.. keys];
    }

    public List<string> Asked { get; } = [];

    public List<string> Keys { get; }

    public string RunId { get; set; } = new('1', 40);

    /// <summary>What INFO gets; null for the usual.</summary>
    public string? InfoAnswer { get; set; }

    public IEnumerable<string> Scans => Asked.Where(request => request.StartsWith("SCAN ", StringComparison.Ordinal));

    public int Infos => Asked.Count(request => request == "INFO server");

    public string? Answer(string request)
    {
        string[] words = request.Split(' ');
        Asked.Add(request);
        if (request == "INFO server")
        {
            string info = $"# Server\r\nredis_version:7.0.15\r\nrun_id:{RunId}\r\ntcp_port:1\r\n";
            return InfoAnswer ?? $"${info.Length}\r\n{info}\r\n";
        }
        if (words[0] != "SCAN") return "+OK\r\n";

        // Two keys a step; the order turns with the run id.
        int position = int.Parse(words[1], CultureInfo.InvariantCulture);
        string[] order = [.. Keys.OrderBy(key => StringComparer.Ordinal.Compare(key, "") * (RunId[0] % 2 == 0 ? -1 : 1)).ThenBy(key => RunId[0] % 2 == 0 ? Reversed(key) : key, StringComparer.Ordinal)];
        string[] found = [.. order.Skip(position).Take(2)];
        int next = position + 2 < order.Length ? position + 2 : 0;
        string cursor = next.ToString(CultureInfo.InvariantCulture);
        return $"*2\r\n${cursor.Length}\r\n{cursor}\r\n*{found.Length}\r\n" + string.Concat(found.Select(key => $"${key.Length}\r\n{key}\r\n"));
    }

    private static string Reversed(string text) => new([.. text.Reverse()]);
}
