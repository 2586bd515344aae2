# python3 libraries/redis-py.py PORT|PATH PROTOCOL [AUTHORITY]: with AUTHORITY over TLS, with a path by a Unix socket.
import sys
import threading
import time

import redis

place, protocol = sys.argv[1], int(sys.argv[2])
more = {'protocol': protocol} if protocol == 3 else {}
if len(sys.argv) > 3:
    more.update(ssl=True, ssl_ca_certs=sys.argv[3])
more.update(unix_socket_path=place) if '/' in place else more.update(host='localhost', port=int(place))
client = redis.Redis(decode_responses=True, **more)
other = redis.Redis(decode_responses=True, **more)
keys = [f'redis-py:{i}' for i in range(300)]

pipeline = client.pipeline(transaction=False)
for key in keys:
    pipeline.set(key, key)
assert pipeline.execute() == [True] * 300
assert client.mget(keys) == keys

client.delete('{redis-py}:n', '{redis-py}:list')
pipeline = client.pipeline()
assert pipeline.incr('{redis-py}:n').rpush('{redis-py}:list', 'a', 'b').get('{redis-py}:n').execute() == [1, 2, '1']
with client.pipeline() as pipeline:
    pipeline.watch('{redis-py}:n')
    other.incr('{redis-py}:n')
    pipeline.multi()
    pipeline.set('{redis-py}:n', 100)
    try:
        pipeline.execute()
        raise AssertionError('a watched key had changed')
    except redis.WatchError:
        pass
assert client.get('{redis-py}:n') == '2'

add = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
assert add(keys=['{redis-py}:n'], args=[5]) == 7
assert add(keys=['{redis-py}:n'], args=[5]) == 12
assert client.eval('return {1, "two", {3}}', 0) == [1, 'two', [3]]
sha = client.script_load('return ARGV[1]')
assert client.script_exists(sha) == [True]
assert client.evalsha(sha, 1, 'redis-py:anywhere', 'x') == 'x'

threading.Timer(0.05, lambda: other.rpush('redis-py:queue', 'job')).start()
assert client.blpop('redis-py:queue', timeout=10) == ('redis-py:queue', 'job')
assert client.brpop('redis-py:queue', timeout=0.05) is None

with other.pubsub(ignore_subscribe_messages=True) as subscriber:
    subscriber.subscribe('redis-py:news')
    subscriber.psubscribe('redis-py:n*')
    end = time.time() + 10
    while time.time() < end and client.pubsub_numsub('redis-py:news') != [('redis-py:news', 1)]:
        subscriber.get_message(timeout=0.02)
    while time.time() < end and client.pubsub_numpat() < 1:
        subscriber.get_message(timeout=0.02)
    assert client.publish('redis-py:news', 'hello') == 2
    heard = []
    while time.time() < end and len(heard) < 2:
        message = subscriber.get_message(timeout=0.1)
        if message:
            heard.append((message['type'], message['channel'], message['data']))
    assert sorted(heard) == [('message', 'redis-py:news', 'hello'), ('pmessage', 'redis-py:news', 'hello')], heard

lock = client.lock('redis-py:lock', timeout=5)
assert lock.acquire(blocking=False)
assert not other.lock('redis-py:lock').acquire(blocking=False)
lock.release()

found = set(client.scan_iter(match='redis-py:*', count=50))
assert found.issuperset(keys), set(keys) - found
assert client.delete(*keys) == 300
client.delete('{redis-py}:n', '{redis-py}:list')
print('works')
