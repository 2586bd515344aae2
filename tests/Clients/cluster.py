"""cluster.py PORT: redis-py as a client of a cluster, which finds one node with all slots."""
import sys
from redis.cluster import RedisCluster

port = int(sys.argv[1])
for reads_replicas in (False, True):
    client = RedisCluster(host="127.0.0.1", port=port, read_from_replicas=reads_replicas)
    assert [node.port for node in client.get_nodes()] == [port]
    for i in range(100):
        assert client.set(f"cluster:{i}", i)
    assert client.get("cluster:7") == b"7"
    assert client.mget_nonatomic(["cluster:1", "cluster:2"]) == [b"1", b"2"]
    assert client.cluster_info()["cluster_state"] == "ok"
    assert client.cluster_countkeysinslot(client.keyslot("cluster:7")) >= 1
    assert len(set(client.scan_iter(match="cluster:*", count=7))) == 100
    pipeline = client.pipeline()
    for i in range(100):
        pipeline.delete(f"cluster:{i}")
    assert sum(pipeline.execute()) == 100
print("redis-py takes it for a cluster")
