namespace Keyway.Benchmarks.Checks;

/// <summary>What --help prints.</summary>
internal static class Usage
{
    public const string Text = """
        Measures Keyway beside nutcracker and redis-server, and checks every promise about speed, latency, memory and faults.
        Each prints the bound, the figure and PASS or MISS; the exit code is 0 when all were met, 1 otherwise, 2 for a wrong call.
        Needs Linux, redis-server and redis-benchmark; nutcracker for what is compared with it. Build Keyway in Release first.

          dotnet run -c Release --project tests/Keyway.Benchmarks -- COMMAND [options]

        gateway    (default) throughput, percentiles and CPU per request over two redis-servers, in turns with nutcracker; about 8 minutes
                     --only get-P16,mget-P16      some workloads: set|get-P1|P16|P64, mget-P16, get-1k-P16, classic-set|get
                     --classic-requests 1000000   redis-benchmark -t set,get -n 1000000 -c 300 -d 10000 -r 10000 in full length
                     --predixy PATH               measure predixy too (found by itself when on PATH)
                     --before PATH                another build's keyway.dll beside it: a request may cost 1.10 times what it cost there
        embedded   gateway and three shards in one process beside one lone redis-server; start to first PONG
        shard      one shard beside redis-server and Garnet: throughput and CPU per command, memory of a million keys of each kind, turns of the loop,
                     10,000 clients that listen to 1,000 channels each or wait for one key and then go
                     --only speed,memory,turns,crowds    or single workloads: get-P16, zadd-P16 …
                     --garnet PATH                garnet-server (found by itself as a dotnet tool)
        persist    a shard with a gigabyte beside redis-server: clients' wait and memory while a snapshot is taken, five times in turns, and how fast a
                     file is loaded; about 6 minutes
                     --megabytes 1000 --rate 10000
        replicate  a gigabyte to replicas, and the processor time of a write with none, one and ten of them, beside redis-server
                     --megabytes 1000 --only resync,writes
        latency    fixed rate, no coordinated omission; 60 % of nutcracker's maximum
                     --rate N                     another rate, requests per second
                     --minutes 10                 the long form: so many minutes for every peer
                     --only keyway,nutcracker     some peers: nutcracker, keyway, redis; the rate is taken from nutcracker all the same
        memory     resident memory: idle clients, a deep pipeline, 512 MB values, a client that never reads
                     --only idle,pipeline,large,deaf
        watch      clients that add one to the same numbers under WATCH, over two shards of ours and over two redis-servers: nothing lost, links and memory afterwards
                     --clients 500 --rounds 40 --keys 50 --only keyway,redis
        blocked    clients that wait for a list to fill, over two shards of ours and over two redis-servers: memory, sockets and links while they wait, and afterwards
                     --clients 4000 --rounds 10 --only keyway,redis
        faults     shards killed and frozen, a slow command, and tagged replies (transactions, waiting, subscriptions, databases among them) under injected faults
                     --rounds 3                   so many outages of each length instead of 12, 6 and 2 (1, 5 and 30 s); about 8 minutes without it
                     --only killed,frozen,slow,tagged
                     --requests 1000000 --seed 1  of the tagged-reply test
                     --through nutcracker         the tagged-reply test on another gateway: what it finds there
                     --calm                       the tagged-reply test without faults: what it finds then is its own mistake
        failover   masters killed and stopped under redis-sentinels while clients write through the gateway and beside it; about 3 minutes
                     --rounds 10 --only sentinel,nodes
        partitions servers, sentinels, gateways and clients in network namespaces of their own, whose network is cut in twelve ways; about 5 minutes.
                     Needs root, ip and nft (Debian: iproute2, nftables)
                     --peer redis                 redis-servers in the shards' place
                     --seed 1 --only sentinels,replicas,gateway,to-gateway,from-gateway,deaf,mute,minority,guarded,flapping-master,flapping-gateway,flapping-sentinel
        subscribers  4,000 clients that listen to one channel, 100 messages a second to each, over shards in processes of their own; about 2 minutes
                     --clients 4000 --rate 100 --seconds 20 --only redis,keyway
        fuzz       valid and broken requests against a gateway and an embedded shard
                     --inputs 1000000 --seed 1
                     --through redis              against a redis-server: what it finds there is its own mistake
        simulate   the gateway on a simulated network: random traffic, faults and reloads, one seed a run
                     --seeds 1000 --from 0 --actions 300
        replication  masters and replicas on a simulated network: writes, cuts, delays, restarts and promotions, one seed a run
                     --seeds 1000 --from 0 --actions 150
        sentinels  sentinels over model servers: crashes, stops, cuts, clock jumps and disks that fail, one seed a run
                     --seeds 1000 --from 0 --actions 25
        crash      shards killed while they write, at any moment and at their calls to the system, and disks that fail or are full: what a restart finds
                     --rounds 50 --seed 1 --policy always,everysec,no --only kill,calls,errors,full
        micro      BenchmarkDotNet on the parser, the tables and the look-ups:  micro [filter], for example: micro '*Slot*'

        Everywhere: --quick (a tenth of the load: does it work, not how fast), --rounds N, --markdown FILE,
                    --keyway PATH (another keyway.dll than src/Keyway/bin/Release/net10.0/keyway.dll).

        Examples
          dotnet run -c Release --project tests/Keyway.Benchmarks
          dotnet run -c Release --project tests/Keyway.Benchmarks -- gateway --quick --only get-P16 --markdown figures.md
          dotnet run -c Release --project tests/Keyway.Benchmarks -- latency --minutes 10
          dotnet run -c Release --project tests/Keyway.Benchmarks -- faults --only tagged --requests 5000000 --seed 7
        """;
}
