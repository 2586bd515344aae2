namespace Keyway.Differential.Commands.Groups;

/// <summary>Files of the whole of it. What goes on beside the requests (BGSAVE, BGREWRITEAOF) would end at another time on each server, and is not begun.</summary>
internal static class PersistenceCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("persistence", isExact: true)
    {
        { "SAVE", 4, d => ["SAVE", .. d.Often(10, "x")] },
        { "BGSAVE", 2, d => ["BGSAVE", .. d.OneOf(["foo"], ["SCHEDULE", "x"], ["x", "y"])] },
        { "BGREWRITEAOF", 1, d => ["BGREWRITEAOF", "x"] },
        { "LASTSAVE", 2, d => ["LASTSAVE", .. d.Often(10, "x")] },
        { "INFO", 2, d => ["INFO", "persistence"] },
        { "CONFIG GET:save", 4, d => ["CONFIG", "GET", d.Pick("save", "rdb*", "dbfilename", "appendonly", "aof-*", "appendfsync", "stop-writes-on-bgsave-error")] },
        { "CONFIG SET:rdb", 4, d => ["CONFIG", "SET", d.Pick("rdbcompression", "rdbchecksum", "sanitize-dump-payload"), d.Pick("yes", "no", "no", "x")] },
        { "CONFIG SET:name", 2, d => ["CONFIG", "SET", d.Pick("dbfilename", "appendfilename", "appenddirname"), d.Pick("a/b", "..", "")] },
    }

        // Not for longer: with save points a FLUSHALL has an empty file written, at once there, beside the requests here.
        .With("CONFIG SET:save", 6, d =>
        [
            new Call(["CONFIG", "SET", "save", d.Pick("", "3600 1", "3600 1 900 10", "x", "1", "-1 5", "0 5", "900 -1", "900 1 x", "900 1 300", " 900 1 ", "99999999999 1")]),
            new Call(["CONFIG", "GET", "save"]), new Call(["CONFIG", "SET", "save", ""]),
        ])
        .With("DEBUG RELOAD", 30, d => [new Call(["DEBUG", "RELOAD", .. d.Often(8, d.Pick("foo", "NOSAVE x"))])])
        .With("DEBUG RELOAD:merge", 4, d => [new Call(["SAVE"]), new Call(["DEL", d.AnyKey()]), d.AnyData(), new Call(["DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"])])
        .With("DEBUG RELOAD:nosave", 4, d => [new Call(["SAVE"]), d.AnyData(), d.AnyData(), new Call(["DEBUG", "RELOAD", "NOSAVE"])])
        .With("EXEC:save", 3, d =>
        [
            new Call(["MULTI"]), new Call(d.Pick<string[]>([["SAVE"], ["LASTSAVE"], ["BGSAVE", "foo"], ["SHUTDOWN", "ABORT"], ["DEBUG", "RELOAD"]])), d.AnyData(), new Call(["EXEC"]),
        ])
        .With("GET:any", 60, d => [d.AnyData()]);
}
