namespace Keyway.Sentinel.Tests.Configuration;

/// <summary>A program says which masters its sentinel watches; the file knows what has become of them.</summary>
public sealed class KeptStateTests : IDisposable
{
    private const string Id = "0123456789012345678901234567890123456789";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_file_knows_better_who_the_master_is_and_the_program_how_it_is_watched()
    {
        string[] statements = Join(
            ["sentinel monitor s1 127.0.0.1 7001 1", "sentinel down-after-milliseconds s1 1000"],
            [$"sentinel myid {Id}", "sentinel monitor s1 127.0.0.1 7101 3", "sentinel down-after-milliseconds s1 9", "sentinel config-epoch s1 7", "sentinel leader-epoch s1 7",
                "sentinel known-replica s1 127.0.0.1 7001", "sentinel monitor gone 127.0.0.1 1 1", "sentinel config-epoch gone 1", "sentinel current-epoch 7"]);
        Assert.Equal(
            ["config-epoch s1 7", "current-epoch 7", "down-after-milliseconds s1 1000", "known-replica s1 127.0.0.1 7001", "leader-epoch s1 7", "monitor s1 127.0.0.1 7101 1", $"myid {Id}"],
            statements.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_master_that_the_program_does_not_name_is_none_where_it_names_all_servers()
    {
        string[] said = ["sentinel monitor s1 127.0.0.1 7001 1", "sentinel known-replica s1 127.0.0.1 7101"];
        Assert.Equal(["monitor s1 127.0.0.1 7001 1", "known-replica s1 127.0.0.1 7101"], Join(said, ["sentinel monitor s1 127.0.0.1 9999 1", "sentinel known-replica s1 127.0.0.1 9998"]));
        Assert.Equal(["monitor s1 127.0.0.1 7101 1", "known-replica s1 127.0.0.1 7001"], Join(said, ["sentinel monitor s1 127.0.0.1 7101 1"]));
    }

    [Fact]
    public void Without_a_file_there_is_nothing_but_what_the_program_says()
    {
        File.Delete(_file);
        SentinelOptions options = SentinelOptions.FromLines(["sentinel monitor s1 127.0.0.1 7001 1"], _file);
        Assert.Equal(0, options.Port);
        Assert.Empty(options.EndPoints());
        Assert.Single(options.Statements);
    }

    private string[] Join(string[] said, string[] kept)
    {
        File.WriteAllLines(_file, kept);
        return [.. SentinelOptions.FromLines(said, _file).Statements.Select(line => $"{line.Name} {string.Join(' ', line.Arguments)}")];
    }
}
