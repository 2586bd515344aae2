// node connect.mjs PORT: ioredis and node-redis connect as they do by themselves (INFO, HELLO 3, CLIENT SETINFO) and work over several shards.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { createClient } from 'redis';

const port = Number(process.argv[2]);
const keys = Array.from({ length: 500 }, (_, i) => `client:${i}`);

const io = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 1 });
const pipeline = io.pipeline();
for (const key of keys) pipeline.set(key, key);
for (const [error, reply] of await pipeline.exec()) assert.deepEqual([error, reply], [null, 'OK']);
assert.deepEqual(await io.mget(keys), keys);
assert.equal(await io.get('client:none'), null);
await assert.rejects(io.call('nosuchcommand', 'x'), /unknown command 'nosuchcommand', with args beginning with: 'x'/);
assert.match(await io.info(), /\r\nredis_mode:standalone\r\n/);
assert.equal(await io.del(keys.slice(0, 250)), 250);
await io.quit();

const node = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: false } });
await node.connect();
assert.deepEqual(await node.mGet(keys.slice(240, 260)), [...Array(10).fill(null), ...keys.slice(250, 260)]);
await node.set('client:binary', Buffer.from([0, 13, 10, 255]));
assert.equal(await node.strLen('client:binary'), 4);
assert.deepEqual(await node.multi().set('client:1', '1').get('client:1').exec(), ['OK', '1']);
assert.equal(await node.ping(), 'PONG');
assert.equal(await node.unlink([...keys, 'client:binary']), 252);
await node.close();
console.log('both clients work');
