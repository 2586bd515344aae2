# python3 sentinels.py NAME MASTERPORT SENTINELPORT...: redis-py finds the master and its replicas through sentinels, and follows a failover.
import sys
import time
import redis
from redis.sentinel import Sentinel

name, master_port, ports = sys.argv[1], int(sys.argv[2]), [int(port) for port in sys.argv[3:]]
sentinel = Sentinel([('127.0.0.1', port) for port in ports], socket_timeout=2)
assert sentinel.discover_master(name) == ('127.0.0.1', master_port)
assert len(sentinel.discover_slaves(name)) >= 1
master = sentinel.master_for(name, socket_timeout=2)
replica = sentinel.slave_for(name, socket_timeout=2)
assert master.set('python', '1')
assert replica.role()[0] == b'slave' if isinstance(replica.role()[0], bytes) else replica.role()[0] == 'slave'
print('ready', flush=True)

end = time.time() + 30
while True:
    try:
        if sentinel.discover_master(name)[1] != master_port and master.set('python', '2'):
            break
    except redis.exceptions.RedisError:
        pass
    if time.time() > end:
        sys.exit('redis-py does not follow')
    time.sleep(0.05)
assert master.get('python') == b'2'
print('redis-py followed')
