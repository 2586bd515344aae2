// node libraries/ioredis-cluster.mjs PORT: ioredis as a client of a cluster, which the gateway presents itself as.
import assert from 'node:assert/strict';
import { Cluster } from 'ioredis';

const cluster = new Cluster([{ host: '127.0.0.1', port: Number(process.argv[2]) }], { redisOptions: { maxRetriesPerRequest: 1 }, clusterRetryStrategy: null });
const keys = Array.from({ length: 200 }, (_, i) => `ioredis-cluster:${i}`);
assert.deepEqual(new Set(await Promise.all(keys.map(key => cluster.set(key, key)))), new Set(['OK']));
assert.deepEqual(await Promise.all(keys.map(key => cluster.get(key))), keys);
assert.deepEqual(await cluster.mget('{ioredis-cluster}:a', '{ioredis-cluster}:b'), [null, null]);
assert.deepEqual(await cluster.multi().incr('{ioredis-cluster}:n').get('{ioredis-cluster}:n').exec(), [[null, 1], [null, '1']]);
assert.equal(await cluster.eval("return redis.call('INCRBY', KEYS[1], 5)", 1, '{ioredis-cluster}:n'), 6);
assert.equal(cluster.nodes('master').length, 1);

const heard = [];
cluster.on('message', (channel, message) => heard.push(`${channel}=${message}`));
await cluster.subscribe('ioredis-cluster:news');
await cluster.publish('ioredis-cluster:news', 'hello');
for (let i = 0; i < 200 && heard.length < 1; i++) await new Promise(resolve => setTimeout(resolve, 10));
assert.deepEqual(heard, ['ioredis-cluster:news=hello']);

const found = new Set();
for (const node of cluster.nodes('master')) for await (const batch of node.scanStream({ match: 'ioredis-cluster:*', count: 50 })) for (const key of batch) found.add(key);
for (const key of keys) assert.ok(found.has(key), key);
await Promise.all(keys.map(key => cluster.del(key)));
await cluster.del('{ioredis-cluster}:n');
await cluster.quit();
console.log('works');
process.exit(0);
