// node applications/redlock.mjs PORT
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import Redlock from 'redlock';

const client = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]) });
const locks = new Redlock([client], { retryCount: 0 });
for (let i = 0; i < 20; i++) {
    let lock = await locks.lock(`redlock:${i}`, 10000);
    await assert.rejects(locks.lock(`redlock:${i}`, 10000), { name: 'LockError' });
    lock = await lock.extend(20000);
    assert.ok(await client.pttl(`redlock:${i}`) > 10000);
    await lock.unlock();
    assert.equal(await client.exists(`redlock:${i}`), 0);
}
await client.quit();
console.log('works');
