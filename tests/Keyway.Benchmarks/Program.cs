using BenchmarkDotNet.Running;
using Keyway.Benchmarks.Checks;
using Keyway.Benchmarks.Simulate;

if (args is ["micro", ..])
{
    // "micro slot" means any benchmark with that in its name; BenchmarkDotNet's own options follow as they are.
    string[] filter = args.Length > 1 && !args[1].StartsWith('-') ? ["--filter", args[1].Contains('*') ? args[1] : $"*{args[1]}*"] : [];
    string[] rest = filter.Length > 0 ? args[2..] : args[1..];
    if (filter.Length == 0 && rest.Length == 0) filter = ["--filter", "*"];
    BenchmarkSwitcher.FromAssembly(typeof(Usage).Assembly).Run([.. filter, .. rest]);
    return 0;
}

if (Options.Parse(args) is not { } options) return 2;
string command = options.Words.Count > 0 ? options.Words[0] : "gateway";
if (options.Help || options.Words.Count > 1)
{
    Console.WriteLine(Usage.Text);
    return options.Help ? 0 : 2;
}

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("only 'micro' runs here: the others read processor time and memory from Linux's /proc");
    return 2;
}

var report = new Report();
try
{
    switch (command)
    {
        case "gateway": GatewaySpeed.Run(options, report); break;
        case "embedded": EmbeddedSpeed.Run(options, report); break;
        case "shard": ShardChecks.Run(options, report); break;
        case "persist": Persist.Run(options, report); break;
        case "replicate": Replicate.Run(options, report); break;
        case "latency": OpenLoopLatency.Run(options, report); break;
        case "memory": MemoryUse.Run(options, report); break;
        case "blocked": BlockedClients.Run(options, report); break;
        case "watch": WatchLoops.Run(options, report); break;
        case "faults": Faults.Run(options, report); break;
        case "failover": Failover.Run(options, report); break;
        case "partitions": Partitions.Run(options, report); break;
        case "subscribers": Subscribers.Run(options, report); break;
        case "fuzz": SocketFuzz.Run(options, report); break;
        case "simulate": Simulations.Run(options, report); break;
        case "crash": Crashes.Run(options, report); break;
        case "replication": ReplicationSimulations.Run(options, report); break;
        case "sentinels": SentinelSimulations.Run(options, report); break;
        default:
            Console.Error.WriteLine($"unknown command '{command}'; see --help");
            return 2;
    }
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (InvalidOperationException e)
{
    // Something that we need is missing or does not start: the reason is all there is to say.
    Console.Error.WriteLine(e.Message);
    return 1;
}

return report.Finish(options.Text("markdown"));
