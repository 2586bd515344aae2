using Keyway.Hosting.Local;
using Keyway.Shard.Persistence;

namespace Keyway.Tests.Hosting.Local;

/// <summary>Who starts as the master of a shard, by what the folders of its servers hold.</summary>
public sealed class RoleChoiceTests
{
    [Fact]
    public void At_the_first_start_the_first_port_is_the_master() => AssertMaster(1, null, Folder(1), Folder(2), Folder(3));

    [Fact]
    public void The_role_on_the_disk_counts_and_not_the_order_of_the_ports() =>
        AssertMaster(2, 2, Replica(1, keys: true), Master(2, keys: true), Replica(3, keys: true));

    [Fact]
    public void Of_two_that_claim_it_the_later_one_is_the_one_that_was_not_noted_yet()
    {
        // The replica was promoted and has written so; then everything stopped, before the old master's file or the note could be changed.
        AssertMaster(2, 1, Master(1, keys: true), Master(2, keys: true));
        AssertMaster(1, 2, Master(1, keys: true), Master(2, keys: true));
    }

    [Fact]
    public void When_nobody_claims_it_the_noted_one_is_it() => AssertMaster(2, 2, Replica(1, keys: true), Replica(2, keys: true));

    [Fact]
    public void A_shard_that_was_embedded_keeps_its_keys_when_it_gets_replicas() =>
        AssertMaster(2, null, Folder(1), new FolderFacts { Port = 2, HasKeys = true });

    [Fact]
    public void A_master_whose_folder_was_emptied_gives_way_to_the_fullest_replica()
    {
        RoleDecision decision = RoleChoice.Choose([Master(1, keys: false), Replica(2, keys: true, offset: 90), Replica(3, keys: true, offset: 100)], 1);
        Assert.Equal(3, decision.Master);
        Assert.Equal("the folder of the master, at port 1, holds nothing, and this one's does", decision.Note);

        // Its settings went with the folder.
        AssertMaster(2, 1, Folder(1), Replica(2, keys: true));
        AssertMaster(2, null, Folder(1), Replica(2, keys: true));
    }

    [Fact]
    public void A_master_whose_keys_were_all_deleted_stays_one() =>
        AssertMaster(1, 1, Master(1, keys: false, offset: 500), Replica(2, keys: true, offset: 300));

    [Fact]
    public void A_shard_without_any_key_keeps_its_roles() => AssertMaster(2, 2, Replica(1, keys: false), Master(2, keys: false));

    [Fact]
    public void A_replica_that_has_more_of_the_same_history_has_what_the_master_has_lost()
    {
        RoleDecision decision = RoleChoice.Choose([Master(1, keys: true, offset: 70), Replica(2, keys: true, offset: 100)], 1);
        Assert.Equal(2, decision.Master);
        Assert.Equal("it has 30 bytes of the same history that the master, at port 1, has lost", decision.Note);

        // Of another history nobody can say so: it may be of a time before the failover.
        AssertMaster(1, 1, Master(1, keys: true, offset: 70), Replica(2, keys: true, offset: 100, history: "other"));
        AssertMaster(1, 1, Master(1, keys: true, offset: 100), Replica(2, keys: true, offset: 100));
        AssertMaster(1, 1, Master(1, keys: true), Replica(2, keys: true, offset: 100));
    }

    [Fact]
    public void A_master_that_the_map_names_no_more_is_missed_unless_another_has_all_it_has()
    {
        FolderFacts gone = Master(9, keys: true, offset: 100) with { IsInMap = false };
        RoleDecision refused = RoleChoice.Choose([Replica(1, keys: true, offset: 90), gone], 9);
        Assert.Contains("its master was the server at port 9, which the map names no more", refused.Refusal);

        AssertMaster(2, 9, Replica(1, keys: true, offset: 90), Replica(2, keys: true, offset: 100), gone);
        AssertMaster(1, 9, Replica(1, keys: true), Master(9, keys: false) with { IsInMap = false });
    }

    [Fact]
    public void A_replica_that_the_map_names_no_more_is_not_missed() =>
        AssertMaster(1, 1, Master(1, keys: true, offset: 100), Replica(9, keys: true, offset: 90) with { IsInMap = false });

    private static void AssertMaster(int expected, int? noted, params FolderFacts[] folders)
    {
        RoleDecision decision = RoleChoice.Choose(folders, noted);
        Assert.Equal("", decision.Refusal);
        Assert.Equal(expected, decision.Master);
    }

    private static FolderFacts Folder(int port) => new() { Port = port };

    private static FolderFacts Master(int port, bool keys, long? offset = null) => Facts(port, FolderRole.Master, keys, offset, "h");

    private static FolderFacts Replica(int port, bool keys, long? offset = null, string history = "h") => Facts(port, FolderRole.Replica, keys, offset, history);

    private static FolderFacts Facts(int port, FolderRole role, bool keys, long? offset, string history) =>
        new() { Port = port, Role = role, HasKeys = keys, Position = offset is { } bytes ? new SavedPosition(history, bytes) : null };
}
