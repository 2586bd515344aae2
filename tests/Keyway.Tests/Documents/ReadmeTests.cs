using System.Text.RegularExpressions;
using Keyway.Tests.Configuration;

namespace Keyway.Tests.Documents;

/// <summary>What the README says is held to the code.</summary>
public partial class ReadmeTests
{
    private const string Begin = "<!-- commands: begin (held by a test) -->\n";
    private const string End = "<!-- commands: end -->";

    private static readonly string Path = System.IO.Path.Combine(SourceTree.Root, "README.md");

    [Fact]
    public void The_table_of_commands_is_what_the_code_serves()
    {
        string readme = File.ReadAllText(Path);
        int begin = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = readme.IndexOf(End, StringComparison.Ordinal);
        string table = CommandsOfReadme.Write();
        if (Environment.GetEnvironmentVariable("KEYWAY_UPDATE_GOLDEN") == "1")
            File.WriteAllText(Path, readme[..begin] + table + readme[end..]);
        else
            Assert.True(readme[begin..end] == table, "The README's table of commands is out of date; KEYWAY_UPDATE_GOLDEN=1 writes it anew.");
    }

    [Fact]
    public void The_words_of_build_ps1_are_the_ones_that_the_readme_names()
    {
        string script = File.ReadAllText(System.IO.Path.Combine(SourceTree.Root, "build.ps1"));
        string[] accepted = [.. Quoted().Matches(ValidateSet().Match(script).Groups[1].Value).Select(match => match.Groups[1].Value)];
        string[] handled = [.. SwitchCase().Matches(script).Select(match => match.Groups[1].Value)];
        string line = File.ReadAllLines(Path).Single(candidate => candidate.Contains("`build.ps1` has the same as words"));
        string[] named = [.. Word().Matches(line[line.IndexOf("words:", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value)];

        Assert.Equal(["build", "test", "bench", "run", "publish"], accepted);
        Assert.Equal(accepted, handled);
        Assert.Equal(accepted, named);
        Assert.All(SwitchCase().Matches(script), match => Assert.StartsWith("dotnet ", match.Groups[2].Value));
    }

    [Fact]
    public void Its_map_is_valid()
    {
        string readme = File.ReadAllText(Path);
        string map = YamlBlock().Match(readme).Groups[1].Value;
        var result = Keyway.Configuration.ConfigLoader.Load("README.md", map, new Dictionary<string, string>());
        Assert.Empty(result.Errors);
        Assert.Equal(10, map.TrimEnd().Split('\n').Length);
    }

    [GeneratedRegex(@"ValidateSet\(([^)]*)\)")]
    private static partial Regex ValidateSet();

    [GeneratedRegex("'([a-z]+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^ +'([a-z]+)' +\{ (.*) \}$", RegexOptions.Multiline)]
    private static partial Regex SwitchCase();

    [GeneratedRegex("`([a-z]+)`")]
    private static partial Regex Word();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
