// node libraries/node-redis.mjs PORT PROTOCOL [AUTHORITY]: with AUTHORITY over TLS.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createClient, defineScript, WatchError } from 'redis';

const [port, protocol] = [Number(process.argv[2]), Number(process.argv[3])];
const add = defineScript({
    NUMBER_OF_KEYS: 1,
    SCRIPT: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
    parseCommand(parser, key, number) {
        parser.pushKey(key);
        parser.push(String(number));
    },
    transformReply: reply => reply,
});
const tls = process.argv[4] ? { tls: true, ca: readFileSync(process.argv[4]), servername: 'localhost' } : {};
const client = createClient({ url: `${process.argv[4] ? 'rediss' : 'redis'}://127.0.0.1:${port}`, RESP: protocol, scripts: { add }, socket: { reconnectStrategy: false, ...tls } });
await client.connect();
const other = await client.duplicate().connect();
const keys = Array.from({ length: 300 }, (_, i) => `node-redis:${i}`);

// What is asked for in one turn goes as one pipeline.
assert.deepEqual(new Set(await Promise.all(keys.map(key => client.set(key, key)))), new Set(['OK']));
assert.deepEqual(await client.mGet(keys), keys);
await client.set('node-redis:binary', Buffer.from([0, 13, 10, 255]));
assert.equal(await client.strLen('node-redis:binary'), 4);
await client.hSet('node-redis:hash', { a: '1', b: '2' });
assert.deepEqual({ ...await client.hGetAll('node-redis:hash') }, { a: '1', b: '2' });
await client.zAdd('node-redis:scores', [{ score: 1.5, value: 'one' }, { score: Infinity, value: 'many' }]);
assert.deepEqual(await client.zRangeWithScores('node-redis:scores', 0, -1), [{ value: 'one', score: 1.5 }, { value: 'many', score: Infinity }]);

await client.del(['{node-redis}:n', '{node-redis}:list']);
assert.deepEqual(await client.multi().incr('{node-redis}:n').rPush('{node-redis}:list', ['a', 'b']).get('{node-redis}:n').exec(), [1, 2, '1']);
await client.watch('{node-redis}:n');
await other.incr('{node-redis}:n');
await assert.rejects(client.multi().set('{node-redis}:n', '100').exec(), WatchError);
assert.equal(await client.get('{node-redis}:n'), '2');

assert.equal(await client.add('{node-redis}:n', 5), 7);
assert.equal(await client.add('{node-redis}:n', 5), 12);
assert.deepEqual(await client.eval('return {1, "two", {3}}'), [1, 'two', [3]]);

const popped = client.blPop('node-redis:queue', 10);
await new Promise(resolve => setTimeout(resolve, 50));
await other.rPush('node-redis:queue', 'job');
assert.deepEqual({ ...await popped }, { key: 'node-redis:queue', element: 'job' });
assert.equal(await client.brPop('node-redis:queue', 0.05), null);

const heard = [];
const subscriber = await client.duplicate().connect();
await subscriber.subscribe('node-redis:news', (message, channel) => heard.push(`${channel}=${message}`));
await subscriber.pSubscribe('node-redis:n*', (message, channel) => heard.push(`* ${channel}=${message}`));
await subscriber.sSubscribe('node-redis:shard', (message, channel) => heard.push(`shard ${channel}=${message}`));
assert.equal(await client.publish('node-redis:news', 'hello'), 2);
assert.equal(await client.sPublish('node-redis:shard', 'hello'), 1);
for (let i = 0; i < 200 && heard.length < 3; i++) await new Promise(resolve => setTimeout(resolve, 10));
assert.deepEqual(heard.sort(), ['* node-redis:news=hello', 'node-redis:news=hello', 'shard node-redis:shard=hello']);
// In RESP3 a connection with subscriptions is as good as any.
if (protocol === 3) assert.equal(await subscriber.get('node-redis:1'), 'node-redis:1');
await subscriber.unsubscribe('node-redis:news');
await subscriber.pUnsubscribe('node-redis:n*');
await subscriber.sUnsubscribe('node-redis:shard');
// In RESP2 it hands out bytes from a connection that has had subscriptions.
assert.equal(String(await subscriber.get('node-redis:1')), 'node-redis:1');

const found = new Set();
for await (const batch of client.scanIterator({ MATCH: 'node-redis:*', COUNT: 50 })) for (const key of batch) found.add(key);
for (const key of keys) assert.ok(found.has(key), key);

assert.equal(await client.unlink([...keys, 'node-redis:binary', 'node-redis:hash', 'node-redis:scores']), 303);
await client.del(['{node-redis}:n', '{node-redis}:list']);
await Promise.all([client.close(), other.close(), subscriber.close()]);
console.log('works');
