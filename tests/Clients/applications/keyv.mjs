// node applications/keyv.mjs PORT: keyv's store in Redis.
import assert from 'node:assert/strict';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';

const store = new Keyv({ store: new KeyvRedis(`redis://127.0.0.1:${process.argv[2]}`), namespace: 'keyv' });
store.on('error', error => { throw error; });
const keys = Array.from({ length: 100 }, (_, i) => `key${i}`);
for (const key of keys) assert.equal(await store.set(key, { key }, 60000), true);
assert.deepEqual(await store.getMany(keys), keys.map(key => ({ key })));
assert.equal(await store.has('key1'), true);
assert.equal(await store.delete('key1'), true);
assert.equal(await store.get('key1'), undefined);
const found = [];
for await (const [key] of store.iterator()) found.push(key);
assert.equal(found.length, 99);
await store.clear();
assert.equal(await store.get('key2'), undefined);
await store.disconnect();
console.log('works');
