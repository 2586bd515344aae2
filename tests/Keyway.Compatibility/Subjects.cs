namespace Keyway.Compatibility;

/// <summary>Everything that is tried. Libraries each connect, pipeline, run transactions and scripts, block, publish, subscribe, and scan.</summary>
public static class Subjects
{
    private const string Npm = "npm install --no-package-lock in tests/Clients";

    // Debian's own, since its modules are there: others may be on the path before it.
    private const string Python = "/usr/bin/python3";

    public static IReadOnlyList<Subject> All { get; } =
    [
        Node("ioredis, RESP2", "ioredis", "libraries/ioredis.mjs", "{port}", "2", "ioredis"),
        Node("ioredis, RESP3", "ioredis", "libraries/ioredis.mjs", "{port}", "3", "ioredis"),
        Node("iovalkey, RESP2", "iovalkey", "libraries/ioredis.mjs", "{port}", "2", "iovalkey"),
        Node("node-redis, RESP2", "redis", "libraries/node-redis.mjs", "{port}", "2"),
        Node("node-redis, RESP3", "redis", "libraries/node-redis.mjs", "{port}", "3"),
        Node("ioredis, TLS", "ioredis", "libraries/ioredis.mjs", "{tls}", "2", "ioredis", "{authority}"),
        Node("node-redis, TLS", "redis", "libraries/node-redis.mjs", "{tls}", "3", "{authority}"),
        Node("ioredis, cluster", "ioredis", "libraries/ioredis-cluster.mjs", "{port}"),
        Node("node-redis, cluster", "redis", "libraries/node-redis-cluster.mjs", "{port}"),
        new("redis-cli, RESP2", ["sh", "libraries/redis-cli.sh", "{port}", "2"], ["redis-cli", "--version"]) { Source = Debian("redis-tools"), IsQuick = true },
        new("redis-cli, RESP3", ["sh", "libraries/redis-cli.sh", "{port}", "3"], ["redis-cli", "--version"]) { Source = Debian("redis-tools"), IsQuick = true },
        Script("redis-py, RESP2", "redis", "python3-redis", "libraries/redis-py.py", "{port}", "2") with { IsQuick = true },
        Script("redis-py, TLS", "redis", "python3-redis", "libraries/redis-py.py", "{tls}", "2", "{authority}") with { IsQuick = true },
        Script("redis-py, Unix socket", "redis", "python3-redis", "libraries/redis-py.py", "{socket}", "2") with { IsQuick = true },
        new("redis-rb, RESP2", ["ruby", "libraries/redis-rb.rb", "{port}", "2"], ["ruby", "-e", "require 'redis'"]) { Source = Debian("ruby-redis") },
        Script("redis-py, cluster", "redis", "python3-redis", "libraries/redis-py-cluster.py", "{port}") with { IsQuick = true },
        new("redis-rb, cluster", ["ruby", "libraries/redis-rb-cluster.rb", "{port}"], ["ruby", "-e", "require 'redis'"]) { Source = Debian("ruby-redis") },
        new("phpredis, RESP2", ["php", "libraries/phpredis.php", "{port}", "2"], ["php", "-r", "exit(extension_loaded('redis') ? 0 : 1);"])
        {
            Source = Debian("php-cli php-redis"),
        },
        new("predis, RESP2", ["php", "libraries/predis.php", "{port}", "2"], ["php", "-r", "require 'Predis/autoload.php';"]) { Source = Debian("php-cli php-predis") },
        new("hiredis, RESP2", Compiled("cc libraries/hiredis.c -lhiredis -o \"$0/hiredis\"", "hiredis"),
            ["sh", "-c", "echo '#include <hiredis/hiredis.h>' | cc -E - -o /dev/null"])
        {
            Source = Debian("gcc libc6-dev libhiredis-dev"),
        },
        new("redigo, RESP2", Compiled($"{Go} go build -o \"$0/redigo\" libraries/redigo.go", "redigo"),
            ["sh", "-c", $"{Go} go list github.com/gomodule/redigo/redis", "{folder}"])
        {
            Source = Debian("golang-go golang-github-gomodule-redigo-dev"),
        },
        Node("redis-commander", "redis-commander", "libraries/redis-commander.mjs", "{port}") with
        {
            Source = "npm install --no-package-lock --no-save redis-commander@0.9.0 in tests/Clients", IsQuick = false,
        },
        Node("bee-queue", "bee-queue", "applications/bee-queue.mjs", "{port}"),
        Node("keyv", "@keyv/redis", "applications/keyv.mjs", "{port}"),
        Node("BullMQ", "bullmq", "applications/bullmq.mjs", "{port}"),
        Node("socket.io's adapter", "@socket.io/redis-adapter", "applications/socket.io.mjs", "{port}"),
        Node("connect-redis", "connect-redis", "applications/connect-redis.mjs", "{port}"),
        Node("rate-limiter-flexible", "rate-limiter-flexible", "applications/rate-limiter-flexible.mjs", "{port}"),
        Node("redlock", "redlock", "applications/redlock.mjs", "{port}"),
        Script("RQ", "rq", "python3-rq", "applications/rq_jobs.py", "{port}") with { IsQuick = true },
        Script("django-redis", "django_redis", "python3-django-redis", "applications/django_cache.py", "{port}"),
        Script("Celery", "celery", "python3-celery", "applications/celery_tasks.py", "{jobs}"),
        new("Sidekiq", ["ruby", "applications/sidekiq.rb", "{jobs}"], ["ruby", "-e", "require 'sidekiq'"]) { Source = Debian("ruby-sidekiq") },
    ];

    // Debian's packages lie where Go looked before it had modules.
    private static string Go => "GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=\"$0/go\"";

    private static Subject Node(string name, string module, params string[] command) =>
        new(name, ["node", .. command], ["test", "-d", $"node_modules/{module}"]) { Source = Npm, IsQuick = true };

    private static Subject Script(string name, string module, string package, params string[] command) =>
        new(name, [Python, .. command], [Python, "-c", $"import {module}"]) { Source = Debian(package) };

    private static string[] Compiled(string compile, string program) => ["sh", "-c", $"{compile} && exec \"$0/{program}\" {{port}} 2", "{folder}"];

    private static string Debian(string packages) => $"Debian: apt install {packages}";
}
