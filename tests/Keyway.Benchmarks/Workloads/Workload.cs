using System.Globalization;

namespace Keyway.Benchmarks.Workloads;

/// <summary>One load as redis-benchmark understands it.</summary>
internal sealed record Workload
{
    public required string Name { get; init; }

    /// <summary>Per round and peer.</summary>
    public required int Requests { get; init; }

    public int Pipeline { get; init; } = 1;

    public int Clients { get; init; } = 50;

    public int ValueBytes { get; init; } = 3;

    /// <summary>Keys are drawn from so many, so that both shards are hit.</summary>
    public int Keys { get; init; } = 10_000;

    /// <summary>One of redis-benchmark's own tests ("get"), or a whole command.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Whether every key must hold a value of that size before it begins.</summary>
    public bool Reads { get; init; }

    /// <summary>So many writes that hardly one of the keys is missed.</summary>
    public Workload Fill() => this with { Name = Name + ", filling", Command = ["set"], Requests = Keys * 8, Pipeline = 16, Clients = 50 };

    public IEnumerable<string> Arguments(int port, int requests)
    {
        string[] options =
        [
            "-p", Text(port), "-n", Text(requests), "-c", Text(Clients), "-P", Text(Pipeline), "-d", Text(ValueBytes), "-r", Text(Keys),
        ];
        return Command.Count == 1 ? [.. options, "-t", Command[0]] : [.. options, .. Command];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
