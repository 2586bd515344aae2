using Keyway.Differential;
using Keyway.Differential.Verbs;
using Keyway.Differential.Servers;

if (args is [ShardProgram.Verb, ..])
{
    ShardProgram.Serve(args[1..]);
    return 0;
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception wrong) when (wrong is ArgumentException or FormatException)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

switch (options.Verb)
{
    case "help" or "--help":
        Console.WriteLine(Options.Usage);
        return 0;
    case "coverage":
        return CoverageVerb.Execute(options);
    case "dump-fuzz":
        return DumpFuzzVerb.Execute(options);
    case "streams":
        return StreamsVerb.Execute(options);
    case "aofs":
        return JournalsVerb.Execute(options);
    case "replay":
        return ReplayVerb.Execute(options);
    default:
        return CompareVerb.Execute(options);
}
