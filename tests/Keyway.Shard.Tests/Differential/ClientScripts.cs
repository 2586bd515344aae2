using System.Text.RegularExpressions;

namespace Keyway.Shard.Tests.Differential;

/// <summary>CLIENT, MONITOR and pauses between several clients, compared with a real server.</summary>
public sealed class ClientScripts
{
    // Numbers of clients, addresses, descriptors, times, and what memory is used for are each server's own.
    private static string Mask(string text)
    {
        text = Regex.Replace(text, @"id=\d+ addr=\S+ laddr=\S+ fd=\d+", "id addr fd");
        text = Regex.Replace(text, @"(age|idle|qbuf-free|argv-mem|multi-mem|rbs|rbp|obl|tot-mem)=\d+", "$1");
        text = Regex.Replace(text, @"\+\d+\.\d{6} \[(\d+) 127\.0\.0\.1:\d+\]", "+time [$1 address]");
        text = Regex.Replace(text, @"[$=]\d+(\\r\\n(txt:)?id addr)", "length$1");
        text = Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id");

        // redis-server looks after its clients in turns, and so their order changes.
        return Regex.Replace(text, @"(id addr [^\\]*\\n)+", list => string.Concat(list.Value.Split("\\n").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Clients_are_described_as_redis_does_it(int protocol)
    {
        using var both = new SideBySide { Mask = Mask };
        both.Play($"A: HELLO {protocol}");
        both.Play("""
            A: CLIENT INFO
            A: CLIENT LIST
            A: CLIENT SETNAME me
            B: CLIENT INFO
            B: SUBSCRIBE x y z
            B: PSUBSCRIBE p*
            B: SSUBSCRIBE s
            A: CLIENT LIST TYPE PUBSUB
            A: CLIENT LIST TYPE normal
            A: CLIENT LIST TYPE replica
            A: CLIENT LIST TYPE slave
            A: CLIENT LIST TYPE master
            A: CLIENT LIST TYPE foo
            A: CLIENT LIST TYPE
            A: CLIENT LIST foo
            A: CLIENT LIST ID
            A: CLIENT LIST ID x
            A: CLIENT LIST ID 123456 99999
            C: MULTI
            C: SET a 1
            C: GET a
            D: BLPOP k 0
            E: WATCH k
            A: SET k 1
            F: SELECT 5
            F: CLIENT NO-EVICT on
            F: OBJECT HELP
            M: MONITOR
            A: CLIENT LIST
            F: CLIENT NO-EVICT off
            F: NOSUCH
            F: CLIENT NOSUCH
            M: RESET
            C: EXEC
            E: UNWATCH
            B: RESET
            A: RPUSH k 1
            A: DEL k
            A: RPUSH k 1
            A: CLIENT LIST
            """);
    }

    [Fact]
    public void Clients_are_killed_as_redis_kills_them()
    {
        using var both = new SideBySide { Mask = Mask };
        both.Play("""
            A: CLIENT KILL
            A: CLIENT KILL foo
            A: CLIENT KILL ID
            A: CLIENT KILL ID x
            A: CLIENT KILL ID 0
            A: CLIENT KILL ID -1
            A: CLIENT KILL ID 99999
            A: CLIENT KILL ID 1 foo
            A: CLIENT KILL TYPE
            A: CLIENT KILL TYPE foo
            A: CLIENT KILL USER foo
            A: CLIENT KILL SKIPME foo ID 1
            A: CLIENT KILL foo bar
            A: CLIENT KILL ADDR 1.1.1.1:1 TYPE normal
            A: CLIENT KILL LADDR 1.1.1.1:1
            A: CLIENT KILL MAXAGE 1
            B: SUBSCRIBE x
            C: HELLO 3
            C: SUBSCRIBE x
            A: CLIENT KILL TYPE pubsub
            A: PUBLISH x m
            D: SUBSCRIBE x
            A: CLIENT KILL TYPE PUBSUB SKIPME no USER default
            C: HELLO 3
            C: SUBSCRIBE x
            C: CLIENT KILL TYPE pubsub
            C: <raw> CLIENT KILL TYPE pubsub SKIPME no\r\nPING\r\n
            E: HELLO 3
            E: SUBSCRIBE x
            E: MULTI
            E: PING
            E: CLIENT KILL TYPE pubsub SKIPME no
            E: PING
            E: EXEC
            A: CLIENT KILL TYPE master
            A: CLIENT KILL TYPE replica
            """);
    }

    [Fact]
    public void A_pause_puts_off_what_redis_puts_off()
    {
        using var both = new SideBySide { Mask = Mask };
        both.Play("""
            A: CLIENT PAUSE
            A: CLIENT PAUSE x
            A: CLIENT PAUSE -1
            A: CLIENT PAUSE 1 foo
            A: CLIENT PAUSE 1.5
            A: CLIENT PAUSE 1 WRITE x
            A: CLIENT PAUSE 9223372036854775807
            A: CLIENT PAUSE 0
            A: CLIENT UNPAUSE
            A: CLIENT UNPAUSE x
            A: DEBUG SET-ACTIVE-EXPIRE 0
            A: SET k 1
            A: SET dying 1 PX 10
            A: DEBUG SLEEP 0.02
            A: CLIENT PAUSE 100000 WRITE
            # reads go on, and see what is dead as gone, but it stays
            A: GET k
            A: GET dying
            A: EXISTS dying
            A: DBSIZE
            B: SET k 2
            B: GET k
            C: <raw> SET k 3\r\nGET k\r\nSET k 4\r\n
            D: PUBLISH x y
            E: PFCOUNT p
            F: MULTI
            F: GET k
            F: EXEC
            F: MULTI
            F: SET k 5
            G: BLPOP list 0
            H: CLIENT REPLY OFF
            H: SET h 1
            I: <raw> CLIENT REPLY SKIP\r\nSET i 1\r\nPING\r\n
            A: CLIENT LIST
            A: CLIENT PAUSE 1 WRITE
            A: GET h
            A: NOSUCH
            A: SET
            J: SET j 1
            J: <close>
            A: CLIENT UNPAUSE
            A: GET h
            A: GET i
            A: GET j
            A: DBSIZE
            A: GET dying
            A: DBSIZE
            F: EXEC
            H: CLIENT REPLY ON
            A: RPUSH list 1
            # in a transaction the pause begins behind it
            A: MULTI
            A: CLIENT PAUSE 100000 WRITE
            A: SET k 6
            A: EXEC
            A: GET k
            B: SET k 7
            A: CLIENT UNPAUSE
            # a transaction with writes waits as a whole
            B: MULTI
            B: SET k 8
            C: MULTI
            C: GET k
            A: CLIENT PAUSE 100000 WRITE
            B: EXEC
            C: EXEC
            A: CLIENT UNPAUSE
            # all: only monitors are not held
            M: MONITOR
            A: CLIENT PAUSE 300 ALL
            M: PING
            M: GET k
            M: CLIENT UNPAUSE
            A: PING
            A: GET k
            """);
    }

    [Fact]
    public void Monitors_see_what_redis_shows_them()
    {
        using var both = new SideBySide("--requirepass", "p") { Mask = Mask };
        both.Play("""
            M: AUTH p
            M: MONITOR
            M: MONITOR
            M: PING
            A: PING
            A: AUTH wrong
            A: AUTH default p
            A: HELLO 3 AUTH default p SETNAME x
            A: HELLO 2
            A: SET "a\r\n\0\xff\q" "\n\\t"
            A: get a
            # a refused EXEC ends what they have seen begin
            A: MULTI
            A: NOSUCH
            A: EXEC
            A: MULTI
            A: EXEC x
            A: EXEC
            A: SUBSCRIBE c
            A: EXEC
            A: UNSUBSCRIBE c
            A: SELECT 3
            A: SET k 1
            A: NOSUCH x
            A: GET
            A: CONFIG GET maxmemory
            A: CONFIG SET maxmemory 0
            A: CLIENT LIST
            A: CLIENT SETNAME x
            A: CLIENT KILL ID 9999
            A: LATENCY RESET nosuch
            A: DEBUG SLEEP 0
            A: MULTI
            A: SET a 1
            A: GET a
            A: EXEC
            A: EXEC
            A: MULTI
            A: DISCARD
            A: BLPOP l 0
            B: AUTH p
            B: SELECT 3
            B: RPUSH l x
            A: SUBSCRIBE c
            B: PUBLISH c m
            A: RESET
            A: AUTH p
            A: MULTI
            A: MONITOR
            A: EXEC
            M: GET k
            M: SET k 1
            M: PUBLISH a b
            M: CLIENT GETNAME
            M: SUBSCRIBE c
            B: PUBLISH c m
            M: RESET
            A: PING
            M: AUTH p
            M: GET k
            A: INFO nosuch
            A: QUIT
            """);
    }
}
