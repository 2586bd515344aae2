// node cluster.mjs PORT: ioredis and node-redis as clients of a cluster, which finds one node with all slots.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { createCluster } from 'redis';

const port = Number(process.argv[2]);
const keys = Array.from({ length: 200 }, (_, i) => `cluster:${i}`);

for (const scaleReads of ['master', 'all']) {
  const io = new Redis.Cluster([{ host: '127.0.0.1', port }], { scaleReads, clusterRetryStrategy: () => null });
  await new Promise((ready, failed) => io.once('ready', ready).once('error', failed));
  assert.deepEqual(io.nodes().map(node => `${node.options.host}:${node.options.port}`), [`127.0.0.1:${port}`]);
  for (const key of keys) assert.equal(await io.set(key, key), 'OK');
  assert.equal(await io.get(keys[7]), keys[7]);
  assert.deepEqual(await io.multi().set('{c}1', '2').incr('{c}1').exec(), [[null, 'OK'], [null, 3]]);
  const seen = new Set();
  let cursor = '0';
  do {
    const [next, found] = await io.nodes('master')[0].scan(cursor, 'MATCH', 'cluster:*', 'COUNT', 20);
    found.forEach(key => seen.add(key));
    cursor = next;
  } while (cursor !== '0');
  assert.equal(seen.size, keys.length);
  for (const key of keys) await io.del(key);
  io.disconnect();
}

const node = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] });
await node.connect();
assert.deepEqual(node.masters.map(master => master.address), [`127.0.0.1:${port}`]);
await node.set('cluster:node', 'v');
assert.equal(await node.get('cluster:node'), 'v');
await node.del('cluster:node');
await node.close();
console.log('both take it for a cluster');
process.exit(0);
