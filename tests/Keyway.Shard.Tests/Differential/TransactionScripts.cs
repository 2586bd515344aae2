namespace Keyway.Shard.Tests.Differential;

/// <summary>MULTI, EXEC, WATCH between several clients, compared with a real server.</summary>
public sealed class TransactionScripts
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Transactions_queue_run_and_fail_as_redis_has_it(int protocol)
    {
        using var both = new SideBySide { Mask = text => System.Text.RegularExpressions.Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        both.Play($"A: HELLO {protocol}\nB: HELLO {protocol}");
        both.Play("""
            A: EXEC
            A: DISCARD
            A: EXEC x
            A: MULTI x
            A: MULTI
            A: MULTI
            A: SET a 1
            A: INCR a
            A: GET a
            A: EXEC
            A: MULTI
            A: EXEC
            # An error in the queue ends it all
            A: MULTI
            A: SET a 2
            A: NOSUCH x
            A: SET a 3
            A: EXEC
            A: GET a
            A: MULTI
            A: GET
            A: EXEC
            A: MULTI
            A: OBJECT NOSUCH
            A: EXEC
            A: MULTI
            A: EXEC foo
            A: EXEC
            A: MULTI
            A: DISCARD foo
            A: EXEC
            A: MULTI
            A: WATCH a
            A: SET a 5
            A: EXEC
            # An error while it runs does not
            A: MULTI
            A: SET a x
            A: INCR a
            A: SET b 1
            A: GET nokey
            A: LCS a b IDX
            A: EXEC
            A: GET b
            # Discarded
            A: MULTI
            A: SET a 9
            A: DISCARD
            A: GET a
            A: EXEC
            # WATCH
            A: WATCH a
            B: SET a 10
            A: MULTI
            A: SET a 11
            A: EXEC
            A: GET a
            A: MULTI
            A: SET a 12
            A: EXEC
            A: WATCH a b a a
            A: SET b 2
            A: MULTI
            A: GET a
            A: EXEC
            A: WATCH a
            A: MULTI
            A: SET a 13
            B: SET a 14
            A: GET a
            A: EXEC
            A: WATCH nokey
            B: DEL nokey
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH nokey
            B: SET nokey 1
            B: DEL nokey
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH a
            B: SET a 1
            A: UNWATCH
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH a
            B: SET a 1
            A: WATCH b
            A: MULTI
            A: UNWATCH
            A: EXEC
            A: WATCH a
            B: EXPIRE a 100
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH a
            B: PERSIST a
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH a
            B: SELECT 1
            B: SET a 1
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH a
            B: SELECT 0
            B: RENAME a c
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH a
            B: COPY c a
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH c
            B: TOUCH c
            B: GETEX c
            B: SETNX c 1
            B: SETRANGE c 0 ""
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH c
            A: RESET
            A: MULTI
            A: PING
            A: RESET
            A: EXEC
            A: MULTI
            A: PING
            A: QUIT
            """);
    }

    [Fact]
    public void Watches_see_what_becomes_of_whole_databases_and_of_keys_that_have_died()
    {
        using var both = new SideBySide();
        both.Play("""
            B: DEBUG SET-ACTIVE-EXPIRE 0
            # flush: a key that is there, one that is not
            B: SET k 1
            A: WATCH k
            B: FLUSHDB
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH k
            B: FLUSHALL
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH k
            B: SELECT 5
            B: SET k 1
            B: FLUSHALL
            B: SELECT 0
            A: MULTI
            A: PING
            A: EXEC
            # swap: neither, one, the other, both
            A: WATCH k
            B: SWAPDB 0 1
            A: MULTI
            A: PING
            A: EXEC
            B: SET k 1
            A: WATCH k
            B: SWAPDB 0 1
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH k
            B: SWAPDB 0 1
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH k
            B: SWAPDB 0 0
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH k
            B: SWAPDB 1 2
            A: MULTI
            A: PING
            A: EXEC
            # died before WATCH: deleting it changes nothing
            B: SET d 1 PX 1
            B: DEBUG SLEEP 0.01
            A: WATCH d
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH d
            B: GET d
            A: MULTI
            A: PING
            A: EXEC
            B: SET d 1 PX 1
            B: DEBUG SLEEP 0.01
            A: WATCH d
            B: SET d 2
            A: MULTI
            A: PING
            A: EXEC
            B: SET d 1 PX 1
            B: DEBUG SLEEP 0.01
            A: WATCH d
            B: GET d
            B: SET d 2
            A: MULTI
            A: PING
            A: EXEC
            B: SET d 1 PX 1
            B: DEBUG SLEEP 0.01
            A: WATCH d
            B: FLUSHDB
            A: MULTI
            A: PING
            A: EXEC
            # died after WATCH
            B: SET d 1 PX 20
            A: WATCH d
            B: DEBUG SLEEP 0.04
            A: MULTI
            A: PING
            A: EXEC
            B: SET d 1 PX 20
            A: WATCH d
            B: DEBUG SLEEP 0.04
            B: GET d
            A: MULTI
            A: PING
            A: EXEC
            # a dead key comes by SWAPDB
            B: SELECT 3
            B: SET e 1 PX 1
            B: DEBUG SLEEP 0.01
            A: WATCH e
            B: SWAPDB 0 3
            A: MULTI
            A: PING
            A: EXEC
            A: WATCH e
            B: SWAPDB 0 3
            A: MULTI
            A: PING
            A: EXEC
            """);
    }

    [Fact]
    public void Memory_and_passwords_are_asked_for_when_a_command_is_queued()
    {
        using var both = new SideBySide("--requirepass", "p");
        both.Play("""
            A: MULTI
            B: AUTH p
            B: SET filler x
            A: AUTH p
            A: MULTI
            A: SET a 1
            B: CONFIG SET maxmemory 1
            A: SET b 1
            A: EXEC
            A: GET a
            A: MULTI
            A: GET a
            A: DISCARD
            B: CONFIG SET maxmemory 0
            A: MULTI
            A: SET a 1
            B: CONFIG SET maxmemory 1
            A: EXEC
            A: EXEC
            B: CONFIG SET maxmemory 0
            A: MULTI
            A: GET a
            B: CONFIG SET maxmemory 1
            A: EXEC
            A: MULTI
            A: MULTI
            A: RESET
            A: AUTH p
            B: CONFIG SET maxmemory 0
            A: MULTI
            A: DEBUG NOSUCH
            A: AUTH x
            A: AUTH p
            A: SELECT 3
            A: SET a 1
            A: SELECT 99
            A: EXEC
            A: GET a
            A: MULTI
            A: CLIENT REPLY OFF
            A: PING
            A: EXEC
            A: PING
            A: CLIENT REPLY ON
            A: MULTI
            A: CLIENT REPLY SKIP
            A: PING
            A: EXEC
            A: PING
            A: PING
            A: CLIENT REPLY SKIP
            A: MULTI
            A: PING
            A: EXEC
            A: CLIENT REPLY OFF
            A: MULTI
            A: PING
            A: CLIENT REPLY ON
            A: PING
            A: EXEC
            A: PING
            """);
    }
}
