using System.Net;
using Keyway.Protocol.Configuration;
using Keyway.Shard.Configuration;

namespace Keyway.Shard.Tests.Configuration;

public sealed class ShardOptionsTests
{
    [Fact]
    public void Directives_on_the_command_line_come_after_the_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# a comment\n\nport 7000\nmaxmemory 1gb\nrequirepass \"a b\\x41\"\n");
            ShardOptions options = ShardOptions.FromCommandLine([file, "--port", "7001", "--save", "", "--maxmemory-policy", "allkeys-lru"]);

            Assert.Equal(7001, options.Port);
            Assert.Equal("1073741824", options.Values["maxmemory"]);
            Assert.Equal("a bA", options.Values["requirepass"]);
            Assert.Equal("", options.Values["save"]);
            Assert.Equal("allkeys-lru", options.Values["maxmemory-policy"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("foo bar", 1, "Bad directive or wrong number of arguments")]
    [InlineData("port 1\n\nport x", 3, "argument couldn't be parsed into an integer")]
    [InlineData("port 70000", 1, "argument must be between 0 and 65535 inclusive")]
    [InlineData("appendonly maybe", 1, "argument must be 'yes' or 'no'")]
    [InlineData("port 1 2", 1, "wrong number of arguments")]
    [InlineData("requirepass \"open", 1, "Unbalanced quotes in configuration line")]
    [InlineData("save 60", 1, "Invalid save parameters")]
    public void A_bad_line_stops_the_start_and_is_named(string text, int line, string reason)
    {
        ConfFileException error = Assert.Throws<ConfFileException>(() => ShardOptions.FromLines(text.Split('\n')));

        Assert.Equal(line, error.Line);
        Assert.Equal($"\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line {line}\n>>> '{text.Split('\n')[line - 1]}'\n{reason}\n", error.Message);
    }

    [Theory]
    [InlineData("cluster-enabled yes", "cluster mode")]
    [InlineData("replicaof 127.0.0.1", "wrong number of arguments")]
    [InlineData("slaveof 127.0.0.1 65536", "Invalid master port")]
    [InlineData("bind example.invalid", "not an IP address")]
    public void What_is_not_built_is_refused_rather_than_ignored(string line, string reason) =>
        Assert.Contains(reason, Assert.Throws<ConfFileException>(() => ShardOptions.FromLines([line])).Message, StringComparison.Ordinal);

    [Fact]
    public void What_has_no_effect_is_accepted_and_remembered_once()
    {
        ShardOptions options = ShardOptions.FromLines(["io-threads 2", "syslog-ident x", "io-threads 1", "port 1", "replicaof no one"]);

        Assert.Equal(["io-threads", "syslog-ident"], options.WithoutEffect);
    }

    [Fact]
    public void Both_ways_to_give_a_directive_several_words_are_the_same()
    {
        Assert.Equal("h 1", ShardOptions.FromCommandLine(["--replicaof", "h", "1"]).Values["replicaof"]);
        Assert.Equal("h 1", ShardOptions.FromCommandLine(["--replicaof", "h 1"]).Values["replicaof"]);
        Assert.Equal("127.0.0.1 ::1", ShardOptions.FromCommandLine(["--bind", "127.0.0.1", "::1"]).Values["bind"]);
        Assert.Equal("127.0.0.1 ::1", ShardOptions.FromCommandLine(["--bind", "127.0.0.1 ::1"]).Values["bind"]);
    }

    [Fact]
    public void Save_lines_add_up_and_replace_the_default()
    {
        Assert.Equal("3600 1 300 100 60 10000", ShardOptions.Default.Values["save"]);
        Assert.Equal("900 1 60 5", ShardOptions.FromLines(["save 900 1", "save 60 5"]).Values["save"]);
        Assert.Equal("", ShardOptions.FromLines(["save \"\""]).Values["save"]);
    }

    [Fact]
    public void Includes_are_read_where_they_stand()
    {
        string folder = Directory.CreateTempSubdirectory("keyway-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "inner.conf"), "port 2\nmaxclients 7\n");
            ShardOptions options = ShardOptions.FromLines(["port 1", $"include {folder}/in*.conf", "maxclients 8"]);

            Assert.Equal(2, options.Port);
            Assert.Equal("8", options.Values["maxclients"]);

            File.WriteAllText(Path.Combine(folder, "loop.conf"), $"include {folder}/loop.conf\n");
            Assert.Throws<ConfFileException>(() => ShardOptions.FromLines([$"include {folder}/loop.conf"]));
            Assert.Contains("can't open config file", Assert.Throws<ConfFileException>(() => ShardOptions.FromLines(["include /nonexistent/x.conf"])).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Endpoints_are_each_address_with_the_port_and_the_unix_socket()
    {
        ShardOptions options = ShardOptions.FromLines(["bind 127.0.0.1 -::1", "port 7003", "unixsocket /tmp/x.sock", "unixsocketperm 700"]);

        Assert.Equal(
            [(new IPEndPoint(IPAddress.Loopback, 7003), false), (new IPEndPoint(IPAddress.IPv6Loopback, 7003), true)],
            options.EndPoints().Take(2).Select(place => ((IPEndPoint)place.EndPoint, place.IsOptional)));
        Assert.Equal("/tmp/x.sock", options.EndPoints()[2].EndPoint.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, options.UnixSocketMode);
        Assert.Empty(options.With("port", "0").With("unixsocket", "").EndPoints());
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1k", 1000)]
    [InlineData("1KB", 1024)]
    [InlineData("2mb", 2 * 1024 * 1024)]
    [InlineData("1g", 1_000_000_000)]
    public void Sizes_have_units(string text, long bytes)
    {
        Assert.True(MemorySize.TryParse(text, out ulong parsed));
        Assert.Equal((ulong)bytes, parsed);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1x")]
    [InlineData("-1")]
    [InlineData("1 kb")]
    [InlineData(" ")]
    public void What_is_no_size_is_refused(string text) => Assert.False(MemorySize.TryParse(text, out _));

    [Fact]
    public void An_argument_that_holds_its_value_is_a_line_and_a_value_may_begin_with_two_hyphens()
    {
        ShardOptions options = ShardOptions.FromCommandLine(["--port 7005", "--requirepass", "--secret", "--save", "--maxclients", "7", "--dbfilename", "a b.rdb"]);

        Assert.Equal((7005, "--secret", "", "7"), (options.Port, options.Values["requirepass"], options.Values["save"], options.Values["maxclients"]));
        Assert.Equal("a b.rdb", options.Values["dbfilename"]);
    }

    [Fact]
    public void Values_are_bytes()
    {
        var settings = new Settings(ShardOptions.FromLines(["requirepass \"\\xff\\x00\"", "masterauth ä"]));

        Assert.Equal([0xff, 0], settings.Password);
        Assert.Equal("Ã¤", settings[DirectiveTable.Find("masterauth")!]);
    }

    [Theory]
    [InlineData("rename-command NOSUCH x", "No such command in rename-command")]
    [InlineData("rename-command GET set", "Target command name already exists")]
    [InlineData("loadmodule x.so", "modules are not supported by this server")]
    [InlineData("user alice on >x ~* +@all", "users with rights of their own are not supported by this server yet")]
    [InlineData("user default on >x ~* &* +@all", "the default user's password must be given as requirepass")]
    [InlineData("activedefrag yes", Settings.NoDefragmentation)]
    public void Lines_that_are_no_directives_are_checked_too(string line, string reason) =>
        Assert.Contains(reason, Assert.Throws<ConfFileException>(() => ShardOptions.FromLines([line])).Message, StringComparison.Ordinal);

    [Fact]
    public void What_redis_itself_leaves_in_a_file_is_taken() => ShardOptions.FromLines(
        ["user default on nopass sanitize-payload ~* &* +@all", "lua-replicate-commands yes", "list-max-ziplist-entries 512", "# ??? x", "latency-tracking-info-percentiles 50 99 99.9"]);
}
