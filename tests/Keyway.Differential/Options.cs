using Keyway.Differential.Commands;

namespace Keyway.Differential;

/// <summary>What the command line asks for.</summary>
internal sealed class Options
{
    public const string Usage = """
        Sends the same random commands to a Keyway shard and to a redis-server 7.0 and compares what they answer and what they hold.

          dotnet run -c Release --project tests/Keyway.Differential -- [coverage | streams | aofs | dump-fuzz | replay FILE] [options]

          --commands N         how many in all (1000000)
          --seed N             the same seed, the same commands (chosen by chance, and printed)
          --resp 2|3|both      (both)
          --groups A,B|all     string list hash set zset geo stream bitmap hll sort dump keys connection server persistence replication transactions blocking pubsub events clients roles
          --length N           commands of a sequence; each begins with empty servers (1000)
          --sequence N         only this one of the seed's sequences
          --keep-going         count differences, show one small example of each sort, go on
          --no-minimize        show them as they were found
          --all-commands       send also what the shard is known not to serve yet
          --report DIRECTORY   append findings to files there, one for each area
          --against ADDRESS    a server that runs already, host:port or a socket's path, instead of a shard of our own
          --reference ADDRESS  the same for the judge
          --through redis|ours a gateway before two servers of that kind is compared, with the keys of a sequence in one slot
          --spread             the same with keys on both of them
          --inputs N           for dump-fuzz: how many damaged payloads (100000)

        'coverage' asks the judge alone, and says how many requests of each command succeed and which options were never met.
        'streams' compares what the two tell their replicas of each request.
        'aofs' compares what the two write into their append-only files, and the files' bases when both are written anew.
        'dump-fuzz' feeds RESTORE with damaged payloads that have a right checksum.
        'replay' executes a file of lines as they are reported, "2> GET a" on connection 2.
        """;

    public string Verb { get; private set; } = "";

    public string File { get; private set; } = "";

    public long Commands { get; private set; } = 1_000_000;

    public int Seed { get; private set; } = Environment.TickCount & 0xFFFFFF;

    public int[] Protocols { get; private set; } = [2, 3];

    public CommandGroup[] Groups { get; private set; } = Catalogue.All;

    public int Length { get; private set; } = 1000;

    public int? Sequence { get; private set; }

    public bool KeepsGoing { get; private set; }

    public bool Minimizes { get; private set; } = true;

    public bool SendsAll { get; private set; }

    public string? Report { get; private set; }

    public string? Against { get; private set; }

    public string? Reference { get; private set; }

    /// <summary>What stands behind the gateway that is compared; null compares a shard.</summary>
    public string? Through { get; private set; }

    public bool Spreads { get; private set; }

    public int Inputs { get; private set; } = 100_000;

    /// <exception cref="ArgumentException">Says what is wrong.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out string? word))
        {
            switch (word)
            {
                case "--commands": options.Commands = long.Parse(Value()); break;
                case "--seed": options.Seed = int.Parse(Value()); break;
                case "--resp": options.Protocols = Value() switch { "2" => [2], "3" => [3], "both" => [2, 3], _ => throw new ArgumentException("--resp is 2, 3 or both") }; break;
                case "--groups": options.Groups = GroupsOf(Value()); break;
                case "--length": options.Length = int.Parse(Value()); break;
                case "--sequence": options.Sequence = int.Parse(Value()); break;
                case "--keep-going": options.KeepsGoing = true; break;
                case "--minimize": options.Minimizes = true; break;
                case "--no-minimize": options.Minimizes = false; break;
                case "--all-commands": options.SendsAll = true; break;
                case "--report": options.Report = Value(); break;
                case "--against": options.Against = Value(); break;
                case "--reference": options.Reference = Value(); break;
                case "--through": options.Through = Value() switch { "redis" => "redis", "ours" => "ours", _ => throw new ArgumentException("--through is redis or ours") }; break;
                case "--spread": options.Spreads = true; break;
                case "--inputs": options.Inputs = int.Parse(Value()); break;
                case "coverage" or "streams" or "aofs" or "dump-fuzz" or "help" or "--help": options.Verb = word; break;
                case "replay": (options.Verb, options.File) = (word, Value()); break;
                default: throw new ArgumentException($"what is '{word}'? See --help");
            }

            string Value() => rest.TryDequeue(out string? value) ? value : throw new ArgumentException($"{word} needs a value");
        }

        if (options.Through is not null && options.Groups == Catalogue.All) options.Groups = Catalogue.ThroughGateway;
        return options;
    }

    private static CommandGroup[] GroupsOf(string names) => names == "all"
        ? Catalogue.All
        : [.. names.Split(',').Select(name => Catalogue.All.FirstOrDefault(group => group.Name == name) ?? throw new ArgumentException($"there is no group '{name}'"))];
}
