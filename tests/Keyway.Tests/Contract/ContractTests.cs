using System.Runtime.CompilerServices;
using Keyway.Tests.Hosting;

namespace Keyway.Tests.Contract;

public sealed class ContractTests
{
    [Fact]
    public void What_others_rely_on_is_as_it_was()
    {
        using var folder = new TestFolder();
        string now = new ContractText(folder).Write();
        string path = GoldenPath();
        if (Environment.GetEnvironmentVariable("KEYWAY_UPDATE_GOLDEN") == "1") File.WriteAllText(path, now);

        string before = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        string[] gone = [.. before.Split('\n').Except(now.Split('\n'))];
        string[] added = [.. now.Split('\n').Except(before.Split('\n'))];
        Assert.True(before == now,
            $"The outside contract changed. Gone:\n  {string.Join("\n  ", gone)}\nNew:\n  {string.Join("\n  ", added)}\n"
            + "Clients, scripts and dashboards rely on it. If the change is meant, run the tests once with KEYWAY_UPDATE_GOLDEN=1 "
            + "and commit contract.golden.txt with the reason.");
    }

    private static string GoldenPath([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "contract.golden.txt");
}
