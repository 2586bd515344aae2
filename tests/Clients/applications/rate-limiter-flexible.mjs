// node applications/rate-limiter-flexible.mjs PORT: limits over ioredis and node-redis; it works by transactions and by scripts.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createClient } from 'redis';

const port = Number(process.argv[2]);
const io = new Redis({ host: '127.0.0.1', port, enableOfflineQueue: false });
await new Promise(resolve => io.once('ready', resolve));
const node = await createClient({ url: `redis://127.0.0.1:${port}`, disableOfflineQueue: true }).connect();
for (const [name, options] of Object.entries({ io: { storeClient: io }, node: { storeClient: node, useRedisPackage: true } })) {
    const limiter = new RateLimiterRedis({ ...options, keyPrefix: `limit-${name}`, points: 5, duration: 30, blockDuration: 20 });
    for (let visitor = 0; visitor < 10; visitor++) {
        await limiter.delete(visitor);
        for (let i = 4; i >= 0; i--) assert.equal((await limiter.consume(visitor)).remainingPoints, i);
        const refused = await limiter.consume(visitor).then(() => assert.fail('not limited'), error => error);
        assert.ok(refused.msBeforeNext > 15000, String(refused));
        assert.equal((await limiter.get(visitor)).remainingPoints, 0);
        await limiter.delete(visitor);
        assert.equal(await limiter.get(visitor), null);
    }
    await limiter.penalty('late', 2);
    assert.equal((await limiter.reward('late', 1)).consumedPoints, 1);
    await limiter.delete('late');
}
await Promise.all([io.quit(), node.close()]);
console.log('works');
