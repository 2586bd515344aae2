using System.Globalization;
using Keyway.Compatibility;
using Keyway.Testing.RealServers;

const string Help = """
    Client libraries and applications, unmodified, through a gateway over two redis-servers. What is not installed is named, and is no failure.

      dotnet run -c Release --project tests/Keyway.Compatibility -- [--only NAME,NAME] [--quick] [--all]

    --only bull,redis-py   those whose name contains one of these words
    --quick                what every test run tries
    --all                  what is not installed counts as failed
    """;

string[] only = [];
bool quick = false;
bool all = false;
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--quick") quick = true;
    else if (args[i] == "--all") all = true;
    else if (args[i] == "--only" && i + 1 < args.Length) only = args[++i].Split(',');
    else
    {
        Console.WriteLine(Help);
        return args[i] is "--help" or "-h" ? 0 : 2;
    }
}

if (RedisServer.Unavailable is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
}

using var gateway = new GatewayUnderTest();
int worked = 0, failed = 0, absent = 0;
foreach (Subject subject in Subjects.All)
{
    if (quick && !subject.IsQuick) continue;
    if (only.Length > 0 && !only.Any(word => subject.Name.Contains(word, StringComparison.OrdinalIgnoreCase))) continue;

    Outcome outcome = Trial.Run(subject, gateway);
    string verdict = outcome.Works switch { true => "works", false => "FAILS", _ => "absent" };
    string note = outcome.Works is null ? outcome.Text : string.Create(CultureInfo.InvariantCulture, $"{outcome.Duration.TotalSeconds:0.0} s");
    Console.WriteLine($"  {verdict,-7} {subject.Name,-24} {note}");
    if (outcome.Works is false) Console.WriteLine(outcome.Text);
    if (outcome.Works is true) worked++;
    else if (outcome.Works is false || all) failed++;
    else absent++;
}

Console.WriteLine($"{worked} work, {failed} fail, {absent} are not installed");
if (failed > 0) Console.WriteLine(gateway.Output);
return failed == 0 ? 0 : 1;
