// node libraries/ioredis.mjs PORT PROTOCOL MODULE [AUTHORITY]: ioredis, and iovalkey, which has its interface; with AUTHORITY over TLS.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [port, protocol, name] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const { default: Redis } = await import(name);
const tls = process.argv[5] ? { tls: { ca: readFileSync(process.argv[5]), servername: 'localhost' } } : {};
const options = { port, host: '127.0.0.1', ...tls, maxRetriesPerRequest: 1, retryStrategy: null, ...(protocol === 3 ? { protocol: 3 } : {}) };
const client = new Redis(options);
const other = new Redis(options);
const keys = Array.from({ length: 300 }, (_, i) => `${name}:${i}`);

// Pipeline, over all shards.
const pipeline = client.pipeline();
for (const key of keys) pipeline.set(key, key);
for (const [error, reply] of await pipeline.exec()) assert.deepEqual([error, reply], [null, 'OK']);
assert.deepEqual(await client.mget(keys), keys);
assert.equal(await client.get(`${name}:none`), null);
await assert.rejects(client.call('nosuchcommand', 'x'), /unknown command 'nosuchcommand', with args beginning with: 'x'/);

// Transaction, a watched one that fails, and one that is dropped.
const tag = `{${name}}`;
await client.del(`${tag}:n`, `${tag}:list`);
assert.deepEqual(await client.multi().incr(`${tag}:n`).rpush(`${tag}:list`, 'a', 'b').get(`${tag}:n`).exec(), [[null, 1], [null, 2], [null, '1']]);
await client.watch(`${tag}:n`);
await other.incr(`${tag}:n`);
assert.equal(await client.multi().set(`${tag}:n`, '100').exec(), null);
await client.multi({ pipeline: false });
await client.set(`${tag}:n`, '100');
await client.discard();
assert.equal(await client.get(`${tag}:n`), '2');

// Scripts: a command of the library, which sends EVALSHA and then EVAL, and one without keys.
client.defineCommand('addTo', { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])" });
assert.equal(await client.addTo(`${tag}:n`, 5), 7);
assert.equal(await client.addTo(`${tag}:n`, 5), 12);
assert.deepEqual(await client.eval('return {1, "two", {3}}', 0), [1, 'two', [3]]);
const sha = await client.script('LOAD', 'return ARGV[1]');
assert.equal(await client.evalsha(sha, 0, 'x'), 'x');
assert.equal(await client.evalsha(sha, 1, 'somewhere else', 'y'), 'y');

// Blocking, woken by another client, and in vain.
const popped = client.blpop(`${name}:queue`, 10);
await new Promise(resolve => setTimeout(resolve, 50));
await other.rpush(`${name}:queue`, 'job');
assert.deepEqual(await popped, [`${name}:queue`, 'job']);
assert.equal(await client.brpop(`${name}:queue`, 0.05), null);
await client.del(`${name}:stream`, `${name}:queue`);
await client.xadd(`${name}:stream`, '1-1', 'field', 'value');
const read = client.xread('BLOCK', 10000, 'STREAMS', `${name}:stream`, '1-1');
await new Promise(resolve => setTimeout(resolve, 50));
await other.xadd(`${name}:stream`, '2-1', 'field', 'next');
assert.deepEqual(await read, [[`${name}:stream`, [['2-1', ['field', 'next']]]]]);

// Publish and subscribe, by name and by pattern.
const subscriber = new Redis(options);
const heard = [];
subscriber.on('message', (channel, message) => heard.push(`${channel}=${message}`));
subscriber.on('pmessage', (pattern, channel, message) => heard.push(`${pattern} ${channel}=${message}`));
assert.equal(await subscriber.subscribe(`${name}:news`, `${name}:more`), 2);
assert.equal(await subscriber.psubscribe(`${name}:n*`), 3);
assert.equal(await client.publish(`${name}:news`, 'hello'), 2);
for (let i = 0; i < 200 && heard.length < 2; i++) await new Promise(resolve => setTimeout(resolve, 10));
assert.deepEqual(heard.sort(), [`${name}:n* ${name}:news=hello`, `${name}:news=hello`]);
await subscriber.unsubscribe(`${name}:news`, `${name}:more`);
await subscriber.punsubscribe(`${name}:n*`);
assert.equal(await subscriber.get(`${name}:1`), `${name}:1`);

// SCAN finds every key of every shard.
const found = new Set();
for await (const batch of client.scanStream({ match: `${name}:*`, count: 50 })) for (const key of batch) found.add(key);
for (const key of keys) assert.ok(found.has(key), key);

assert.equal(await client.del([...keys, `${name}:stream`]), 301);
await client.del(`${tag}:n`, `${tag}:list`);
await Promise.all([client.quit(), other.quit(), subscriber.quit()]);
console.log('works');
