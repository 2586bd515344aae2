# python3 libraries/redis-py-cluster.py PORT: redis-py as a client of a cluster, which the gateway presents itself as.
import sys

from redis.cluster import RedisCluster

cluster = RedisCluster('127.0.0.1', int(sys.argv[1]), decode_responses=True)
keys = [f'redis-py-cluster:{i}' for i in range(200)]
for key in keys:
    assert cluster.set(key, key)
assert [cluster.get(key) for key in keys] == keys
assert cluster.mget_nonatomic(keys) == keys
with cluster.pipeline() as pipeline:
    for key in keys:
        pipeline.incr('{redis-py-cluster}:n')
    assert pipeline.execute()[-1] == 200
assert len(cluster.get_primaries()) == 1
assert set(cluster.scan_iter(match='redis-py-cluster:*', count=50)).issuperset(keys)
assert cluster.delete(*keys) == 200
cluster.delete('{redis-py-cluster}:n')
print('works')
