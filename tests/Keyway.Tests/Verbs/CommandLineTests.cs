using Keyway.Verbs;

namespace Keyway.Tests.Verbs;

public sealed class CommandLineTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void The_version_is_printed()
    {
        Assert.Equal(ExitCode.Ok, _cli.Run("--version"));
        Assert.Matches(@"^keyway \d+\.\d+\.\d+\n$", _cli.Out);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    public void Help_names_every_verb(string argument)
    {
        Assert.Equal(ExitCode.Ok, _cli.Run(argument));
        Assert.All(CommandLine.Verbs, verb => Assert.Contains($"  keyway {verb.Usage}", _cli.Out));
        Assert.Contains("Exit codes: 0, 1 runtime, 2 usage, 78 configuration.", _cli.Out);
    }

    [Fact]
    public void Every_verb_explains_itself()
    {
        foreach (Verb verb in CommandLine.Verbs)
        {
            Assert.Equal(ExitCode.Ok, _cli.Run(verb.Name, "--help"));
            Assert.Equal($"usage: keyway {verb.Usage}\n{verb.Summary}\n", _cli.Out);
        }
    }

    [Theory]
    [InlineData("keyway: unknown verb 'chek'; did you mean 'check'?\n", "chek")]
    [InlineData("keyway check: unknown option '--jsn'; options: -c, -t\nusage: keyway check [-c FILE]\n", "check", "--jsn")]
    [InlineData("keyway check: '-c' needs a value\nusage: keyway check [-c FILE]\n", "check", "-c")]
    [InlineData("keyway check: '-c' is given twice\nusage: keyway check [-c FILE]\n", "check", "-c", "a", "-c", "b")]
    [InlineData("keyway check: 'x' is one argument too many\nusage: keyway check [-c FILE]\n", "check", "x")]
    [InlineData("keyway explain: a key is missing\nusage: keyway explain [-c FILE] [--pool NAME] [--json] KEY…\n", "explain")]
    [InlineData("keyway explain: unknown option '--jason'; did you mean '--json'?\nusage: keyway explain [-c FILE] [--pool NAME] [--json] KEY…\n", "explain", "--jason", "k")]
    [InlineData("keyway diff: name two maps\nusage: keyway diff OLD NEW\n", "diff", "a")]
    [InlineData("keyway map: say --json: there is no other form; `keyway explain KEY` is for people\nusage: keyway map [-c FILE] --json\n", "map")]
    [InlineData("keyway import: name one nutcracker.yml\nusage: keyway import nutcracker.yml\n", "import")]
    public void A_wrong_command_line_ends_with_2_and_says_how_it_is_right(string expected, params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, _cli.Run(arguments));
        Assert.Equal(expected, _cli.Error);
        Assert.Equal("", _cli.Out);
    }

    [Fact]
    public void Without_a_file_the_built_in_map_serves()
    {
        // The tests' own folder has no config/keyway.yaml.
        Assert.False(File.Exists("config/keyway.yaml"));
        Assert.Equal(ExitCode.Ok, _cli.Run("check"));
        Assert.Equal("OK: built-in map (3 shards, 1 pool)\n", _cli.Out);
    }
}
