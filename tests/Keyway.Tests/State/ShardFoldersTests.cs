using Keyway.State;

namespace Keyway.Tests.State;

public sealed class ShardFoldersTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("keyway-folders-").FullName;
    private readonly ShardFolders _folders;

    public ShardFoldersTests() => _folders = new ShardFolders(_path);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void A_new_shard_gets_a_folder_for_its_port()
    {
        Assert.Empty(_folders.Of("s1"));
        Assert.Null(_folders.Prepare("s1", 7001));
        Assert.Null(_folders.Prepare("s1", 7001));
        Assert.Equal([Path.Combine(_path, "s1", "7001")], _folders.Of("s1"));
    }

    [Fact]
    public void The_folder_goes_along_when_the_port_changes()
    {
        _folders.Prepare("s1", 7001);
        File.WriteAllText(Path.Combine(_path, "s1", "id"), "not a folder");
        File.WriteAllText(Path.Combine(_path, "s1", "7001", "dump.rdb"), "keys");

        Assert.Equal(Path.Combine(_path, "s1", "7001"), _folders.Prepare("s1", 7101));

        Assert.Equal([Path.Combine(_path, "s1", "7101")], _folders.Of("s1"));
        Assert.Equal("keys", File.ReadAllText(Path.Combine(_path, "s1", "7101", "dump.rdb")));
    }

    [Fact]
    public void Which_of_several_folders_is_meant_is_not_guessed()
    {
        Directory.CreateDirectory(Path.Combine(_path, "s1", "7001"));
        Directory.CreateDirectory(Path.Combine(_path, "s1", "7002"));

        Assert.Contains("no folder for port 7003, and more than one", Assert.Throws<StateException>(() => _folders.Prepare("s1", 7003)).Message);
        Assert.Null(_folders.Prepare("s1", 7002));
    }
}
