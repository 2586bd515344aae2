using Keyway.State;
using Keyway.Tests.Configuration;

namespace Keyway.Tests.State;

public class StateRulesTests
{
    private const string Included = """
        shards:
          s1: { embedded: 7001 }
          s2: { embedded: 7002 }
        pools:
          main:
            listen: 127.0.0.1:6379
            partitions:
              - slots: { 0-8191: s1, 8192-16383: s2 }
        """;

    [Fact]
    public void The_same_map_is_accepted_without_a_word()
    {
        var facts = new TestFacts();
        Verdict verdict = Served.AfterEdit(facts);

        Assert.True(verdict.Accepted);
        Assert.Empty(verdict.Notes);
        Assert.Equal(0, facts.TimesAsked("a"));
    }

    [Fact]
    public void A_map_edited_while_stopped_is_refused_with_what_would_move()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("0-8191: a, 8192-16383: b", "0-8999: a, 9000-16383: b"));

        Assert.False(verdict.Accepted);
        Assert.Equal(
            ["pool 'main': slots 8192-8999 would move from 'b' to 'a' (map.yaml:10); 'b' holds keys: give them back to 'b', or say `moves: abandon` to leave the keys behind"],
            verdict.Reasons);
    }

    [Fact]
    public void Every_move_is_listed()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("0-8191: a, 8192-16383: b", "0-8999: a, 9000-16383: b"), ("\"bull:\", shard: c", "\"bull:\", shard: b"));

        Assert.Equal(2, verdict.Reasons.Count);
        Assert.Contains(verdict.Reasons, reason => reason.Contains("from 'c' to 'b' (map.yaml:9); 'c' holds keys", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_loser_loses_nothing()
    {
        var facts = new TestFacts { Emptiness = { ["b"] = Emptiness.Empty } };
        Verdict verdict = Served.AfterEdit(facts, ("0-8191: a, 8192-16383: b", "0-8999: a, 9000-10000: b, 10001-16383: c"));

        Assert.True(verdict.Accepted);
        Assert.Equal(
            ["pool 'main': slots 8192-8999 would move from 'b' to 'a' (map.yaml:10); 'b' is empty",
                "pool 'main': slots 10001-16383 would move from 'b' to 'c' (map.yaml:10); 'b' is empty"],
            verdict.Notes);
        Assert.Equal(1, facts.TimesAsked("b"));
        Assert.Equal(0, facts.TimesAsked("a"));
    }

    [Fact]
    public void An_unreachable_loser_counts_as_full()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts { Emptiness = { ["b"] = Emptiness.Unknown } }, ("0-8191: a, 8192-16383: b", "0-8999: a, 9000-16383: b"));

        Assert.Contains("'b' cannot be reached and counts as full", Assert.Single(verdict.Reasons));
    }

    [Fact]
    public void Abandoning_is_said_by_the_pool_and_noted()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("0-8191: a, 8192-16383: b", "0-8999: a, 9000-16383: b"), ("listen:", "moves: abandon\n    listen:"));

        Assert.True(verdict.Accepted);
        Assert.Equal(["pool 'main': slots 8192-8999 would move from 'b' to 'a' (map.yaml:11); the keys stay behind (`moves: abandon`)"], verdict.Notes);
    }

    [Fact]
    public void Keys_that_no_shard_would_own_are_lost_too()
    {
        const string Ranges = """
            shards: { a: { nodes: [10.0.0.1:6379] }, b: { nodes: [10.0.0.2:6379] } }
            pools:
              main:
                listen: 127.0.0.1:6379
                partitions:
                  - { prefix: "user:", by: number, ranges: { 1-100: a, 101-: b } }
                  - shard: a
            """;

        Verdict verdict = Served.AfterEdit(Ranges, new TestFacts(), ("1-100: a", "1-50: a"));

        Assert.StartsWith("pool 'main': user: 51-100 would move from 'a' to no shard (map.yaml:6); 'a' holds keys", Assert.Single(verdict.Reasons));
    }

    [Fact]
    public void Keys_that_were_refused_are_nowhere_and_may_get_an_owner()
    {
        const string Ranges = """
            shards: { a: { nodes: [10.0.0.1:6379] }, b: { nodes: [10.0.0.2:6379] } }
            pools:
              main:
                listen: 127.0.0.1:6379
                partitions:
                  - { by: number, ranges: { 1-100: a } }
            """;

        Assert.True(Served.AfterEdit(Ranges, new TestFacts(), ("1-100: a", "1-100: a, 101-: b")).Accepted);
    }

    [Fact]
    public void Two_shards_whose_addresses_were_swapped_are_refused()
    {
        // The maps are equal key by key: only what stands behind the names has changed.
        var facts = new TestFacts { ReplicationIds = { ["b"] = ["replid-of-c"], ["c"] = ["replid-of-b"] } };
        Verdict verdict = Served.AfterEdit(facts, ("b: { nodes: [10.0.1.1:6379]", "b: { nodes: [10.0.9.9:6379]"), ("c: { nodes: [10.0.2.1:6379]", "c: { nodes: [10.0.1.1:6379]"), ("10.0.9.9", "10.0.2.1"));

        Assert.Equal(
            ["shard 'b' (map.yaml:3) was at 10.0.1.1:6379 and is at 10.0.2.1:6379 now, where shard 'c' was; 'b' holds keys: restore its addresses, or keep one of them, or say `moves: abandon` in pool 'main' to leave the keys behind",
                "shard 'c' (map.yaml:4) was at 10.0.2.1:6379 and is at 10.0.1.1:6379 now, where shard 'b' was; 'c' holds keys: restore its addresses, or keep one of them, or say `moves: abandon` in pool 'main' to leave the keys behind"],
            verdict.Reasons);
    }

    [Theory]
    [InlineData(Emptiness.Empty, true)]
    [InlineData(Emptiness.HasKeys, false)]
    [InlineData(Emptiness.Unknown, false)]
    public void A_shard_at_a_new_address_must_have_been_empty(Emptiness emptiness, bool accepted)
    {
        Verdict verdict = Served.AfterEdit(new TestFacts { Emptiness = { ["b"] = emptiness } }, ("10.0.1.1", "10.0.1.7"));

        Assert.Equal(accepted, verdict.Accepted);
        Assert.Contains("shard 'b' (map.yaml:3) was at 10.0.1.1:6379 and is at 10.0.1.7:6379 now, and nothing shows that it is the same server", Assert.Single(accepted ? verdict.Notes : verdict.Reasons));
    }

    [Fact]
    public void A_shard_at_a_new_address_is_known_by_its_replication_history()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts { ReplicationIds = { ["b"] = ["new", "replid-of-b"] } }, ("10.0.1.1", "10.0.1.7"));

        Assert.True(verdict.Accepted);
        Assert.Equal(["shard 'b' moved from 10.0.1.1:6379 to 10.0.1.7:6379; its replication history is the same"], verdict.Notes);
    }

    [Fact]
    public void A_shard_that_keeps_one_address_is_the_same()
    {
        Assert.True(Served.AfterEdit(new TestFacts(), ("10.0.0.2:6379", "10.0.0.3:6379")).Accepted);
    }

    [Fact]
    public void A_server_that_changes_shards_beside_others_is_noted()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("[10.0.0.1:6379, 10.0.0.2:6379]", "[10.0.0.1:6379]"), ("[10.0.1.1:6379]", "[10.0.1.1:6379, 10.0.0.2:6379]"));

        Assert.Equal(["shard 'b' has got 10.0.0.2:6379, which was of shard 'a'"], verdict.Notes);
        Assert.True(verdict.Accepted);
    }

    [Fact]
    public void A_shard_renamed_is_one_reason_not_one_for_each_of_its_keys()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("  b: {", "  orders: {"), ("8192-16383: b", "8192-16383: orders"));

        Assert.Equal(
            ["shard 'b' is called 'orders' now (map.yaml:3), so its keys would belong to a stranger; 'b' holds keys: call it 'b' again, or say `moves: abandon` in pool 'main' to leave the keys behind"],
            verdict.Reasons);
    }

    [Fact]
    public void A_shard_renamed_while_its_keys_move_is_both()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("  b: {", "  orders: {"), ("0-8191: a, 8192-16383: b", "0-8999: a, 9000-16383: orders"));

        Assert.Equal(2, verdict.Reasons.Count);
        Assert.StartsWith("shard 'b' is called 'orders' now", verdict.Reasons[0]);
        Assert.StartsWith("pool 'main': slots 8192-8999 would move from 'b' to 'a'", verdict.Reasons[1]);
    }

    [Fact]
    public void A_shard_that_is_gone_shows_in_the_moves_of_its_keys()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("  b: { nodes: [10.0.1.1:6379] }\n", ""), ("0-8191: a, 8192-16383: b", "0-16383: a"));

        Assert.StartsWith("pool 'main': slots 8192-16383 would move from 'b' to 'a' (map.yaml:9); 'b' holds keys", Assert.Single(verdict.Reasons));
    }

    [Fact]
    public void An_unused_shard_may_come_and_go()
    {
        const string Unused = """
            shards: { a: { nodes: [10.0.0.1:6379] }, b: { nodes: [10.0.0.2:6379] } }
            pools: { main: { listen: 127.0.0.1:6379, shard: a } }
            """;

        Assert.True(Served.AfterEdit(Unused, new TestFacts(), ("b: { nodes: [10.0.0.2:6379] }", "z: { nodes: [10.0.0.2:6379] }")).Accepted);
        Assert.True(Served.AfterEdit(Unused, new TestFacts(), ("10.0.0.2", "10.0.0.3")).Accepted);
    }

    [Fact]
    public void An_included_shard_whose_folder_was_exchanged_is_refused()
    {
        var facts = new TestFacts { Ids = { ["s1"] = "id-of-s2", ["s2"] = null } };
        Verdict verdict = Served.AfterEdit(Included, facts);

        Assert.Equal(
            ["shard 's1' (map.yaml:2) has id id-of-s2 in data/s1 and had id-of-s1: its folder was exchanged or removed; 's1' holds keys: restore the folder, or say `moves: abandon` in pool 'main' to leave the keys behind",
                "shard 's2' (map.yaml:3) has no id in data/s2 and had id-of-s2: its folder was exchanged or removed; 's2' holds keys: restore the folder, or say `moves: abandon` in pool 'main' to leave the keys behind"],
            verdict.Reasons);
    }

    [Fact]
    public void An_embedded_shard_that_starts_empty_may_lose_its_keys_at_a_start_and_not_at_a_reload()
    {
        (string, string) edit = ("0-8191: s1, 8192-16383: s2", "0-99: s1, 100-16383: s2");

        Assert.True(Served.AfterEdit(Included, new TestFacts { Emptiness = { ["s1"] = Emptiness.Empty } }, edit).Accepted);
        Assert.False(Served.AfterEdit(Included, new TestFacts { Emptiness = { ["s1"] = Emptiness.HasKeys } }, edit).Accepted);
    }

    [Fact]
    public void An_included_shard_may_change_its_port_and_become_several_processes()
    {
        Assert.True(Served.AfterEdit(Included, new TestFacts(), ("embedded: 7001", "embedded: 7101")).Accepted);
        Assert.True(Served.AfterEdit(Included, new TestFacts(), ("embedded: 7001", "local: [7001, 7101]")).Accepted);
    }

    [Fact]
    public void An_included_shard_that_would_start_with_another_file_is_refused()
    {
        var facts = new TestFacts { KeysFiles = { ["s1"] = "dump.rdb" }, Emptiness = { ["s1"] = Emptiness.HasFiles } };

        Assert.Equal(
            ["shard 's1' (map.yaml:2) has its keys in journal and would start with dump.rdb; 's1' has files that may hold keys: restore its 'conf', change it by CONFIG SET on the running shard first and then remove the old file, or say `moves: abandon` in pool 'main' to leave the keys behind"],
            Served.AfterEdit(Included, facts).Reasons);

        var empty = new TestFacts { KeysFiles = { ["s1"] = "dump.rdb" }, Emptiness = { ["s1"] = Emptiness.Empty } };
        Assert.True(Served.AfterEdit(Included, empty).Accepted);
    }

    [Fact]
    public void An_included_shard_whose_folder_is_gone_is_refused()
    {
        var facts = new TestFacts { WithoutFolder = ["s1"], Emptiness = { ["s1"] = Emptiness.Unknown } };

        Assert.Equal(
            ["shard 's1' (map.yaml:2) kept its keys in data/s1, and the folder of its server is gone; 's1' cannot be reached and counts as full: restore the folder, or say `moves: abandon` in pool 'main' to leave the keys behind"],
            Served.AfterEdit(Included, facts).Reasons);
    }

    [Fact]
    public void An_included_shard_that_becomes_a_foreign_server_is_another_one()
    {
        Verdict verdict = Served.AfterEdit(Included, new TestFacts(), ("embedded: 7001", "nodes: [127.0.0.1:7001]"));

        Assert.StartsWith("shard 's1' (map.yaml:2) was embedded and is nodes now: another server with other keys; 's1' holds keys", Assert.Single(verdict.Reasons));
    }

    [Fact]
    public void The_same_sentinels_with_another_master_are_another_shard()
    {
        const string Sentinels = """
            shards: { a: { sentinel: { master: orders, nodes: [10.0.0.9:26379] } } }
            pools: { main: { listen: 127.0.0.1:6379, shard: a } }
            """;

        Assert.True(Served.AfterEdit(Sentinels, new TestFacts(), ("[10.0.0.9:26379]", "[10.0.0.9:26379, 10.0.0.8:26379]")).Accepted);
        Assert.StartsWith("shard 'a' (map.yaml:1) was at orders@10.0.0.9:26379 and is at carts@10.0.0.9:26379 now", Assert.Single(Served.AfterEdit(Sentinels, new TestFacts(), ("orders", "carts")).Reasons));
    }

    [Fact]
    public void A_master_that_gets_sentinels_is_known_by_its_replication_history()
    {
        const string Master = """
            shards: { a: { nodes: [10.0.0.1:6379] } }
            pools: { main: { listen: 127.0.0.1:6379, shard: a } }
            """;
        (string, string) edit = ("nodes: [10.0.0.1:6379]", "sentinel: { master: orders, nodes: [10.0.0.9:26379] }");

        Assert.True(Served.AfterEdit(Master, new TestFacts { ReplicationIds = { ["a"] = ["replid-of-a", "0000"] } }, edit).Accepted);
        Assert.False(Served.AfterEdit(Master, new TestFacts(), edit).Accepted);
    }

    [Fact]
    public void A_pool_that_is_gone_takes_its_keys_out_of_sight()
    {
        const string Two = """
            shards: { a: { nodes: [10.0.0.1:6379] }, b: { nodes: [10.0.0.2:6379] } }
            pools:
              main: { listen: 127.0.0.1:6379, shard: a }
              cache: { listen: 127.0.0.1:6380, shard: b }
            """;
        const string Cache = "\n  cache: { listen: 127.0.0.1:6380, shard: b }";

        Assert.Equal(["pool 'cache' is gone, and no other pool of map.yaml has all of its keys; 'b' holds keys: restore it, or serve it once with `moves: abandon` before removing it"],
            Served.AfterEdit(Two, new TestFacts(), (Cache, "")).Reasons);
        Assert.True(Served.AfterEdit(Two, new TestFacts { Emptiness = { ["b"] = Emptiness.Empty } }, (Cache, "")).Accepted);
        Assert.True(Served.AfterEdit(Two.Replace("shard: b", "shard: b, moves: abandon", StringComparison.Ordinal), new TestFacts(), (Cache.Replace("shard: b", "shard: b, moves: abandon", StringComparison.Ordinal), "")).Accepted);
        Assert.Equal(["pool 'cache' is gone; pool 'hot' has its keys"], Served.AfterEdit(Two, new TestFacts(), ("cache:", "hot:")).Notes);
    }

    [Fact]
    public void What_divides_by_another_measure_may_move_and_is_refused()
    {
        Verdict verdict = Served.AfterEdit(new TestFacts(), ("slots: { 0-8191: a, 8192-16383: b }", "{ by: number, ranges: { 1-100: a }, otherwise: b }"));

        Assert.Contains("may move from 'a', 'b' to ", Assert.Single(verdict.Reasons));
    }

    [Fact]
    public void The_lines_of_number_rules_are_those_of_the_new_owner()
    {
        const string Ranges = """
            shards: { a: { nodes: [10.0.0.1:6379] }, b: { nodes: [10.0.0.2:6379] } }
            pools:
              main:
                listen: 127.0.0.1:6379
                partitions:
                  - prefix: "user:"
                    by: number
                    ranges:
                      1-100: a
                      101-: b
                  - shard: a
            """;

        Assert.Equal("pool 'main': user: 51-100 would move from 'a' to 'b' (map.yaml:10); 'a' holds keys: give them back to 'a', or say `moves: abandon` to leave the keys behind",
            Assert.Single(Served.AfterEdit(Ranges, new TestFacts(), ("1-100: a", "1-50: a"), ("101-: b", "51-: b")).Reasons));
    }
}
