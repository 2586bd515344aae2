// node libraries/node-redis-cluster.mjs PORT: node-redis as a client of a cluster, which the gateway presents itself as.
import assert from 'node:assert/strict';
import { createCluster } from 'redis';

const cluster = await createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${process.argv[2]}` }] }).connect();
const keys = Array.from({ length: 200 }, (_, i) => `node-redis-cluster:${i}`);
assert.deepEqual(new Set(await Promise.all(keys.map(key => cluster.set(key, key)))), new Set(['OK']));
assert.deepEqual(await Promise.all(keys.map(key => cluster.get(key))), keys);
assert.deepEqual(await cluster.multi().incr('{node-redis-cluster}:n').get('{node-redis-cluster}:n').exec(), [1, '1']);
assert.equal(await cluster.eval("return redis.call('INCRBY', KEYS[1], 5)", { keys: ['{node-redis-cluster}:n'] }), 6);

const heard = [];
await cluster.subscribe('node-redis-cluster:news', (message, channel) => heard.push(`${channel}=${message}`));
await cluster.sSubscribe('node-redis-cluster:shard', (message, channel) => heard.push(`shard ${channel}=${message}`));
await cluster.publish('node-redis-cluster:news', 'hello');
await cluster.sPublish('node-redis-cluster:shard', 'hello');
for (let i = 0; i < 200 && heard.length < 2; i++) await new Promise(resolve => setTimeout(resolve, 10));
assert.deepEqual(heard.sort(), ['node-redis-cluster:news=hello', 'shard node-redis-cluster:shard=hello']);

await Promise.all(keys.map(key => cluster.del(key)));
await cluster.del('{node-redis-cluster}:n');
await cluster.destroy();
console.log('works');
process.exit(0);
