// node sentinels.mjs NAME MASTERPORT SENTINELPORT...: ioredis and node-redis find the master through sentinels, and follow a failover that they see.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { createSentinel } from 'redis';

const [name, masterPort, ...ports] = process.argv.slice(2);
const sentinels = ports.map(port => ({ host: '127.0.0.1', port: Number(port) }));
const until = async (what, isTrue) => {
    for (const end = Date.now() + 30000; ;) {
        try {
            if (await isTrue()) return;
        } catch (error) {
            if (Date.now() > end) throw error;
        }
        if (Date.now() > end) throw new Error(`${what} in vain`);
        await new Promise(resolve => setTimeout(resolve, 50));
    }
};

const io = new Redis({ sentinels, name, failoverDetector: true, sentinelRetryStrategy: () => 100, retryStrategy: () => 100 });
const reader = new Redis({ sentinels, name, role: 'slave', sentinelRetryStrategy: () => 100, retryStrategy: () => 100 });
for (const client of [io, reader]) client.on('error', () => { });

// When a sentinel's word of the switch meets ioredis in the middle of connecting, it takes its own disconnecting for a failure and ends for good.
io.on('end', () => io.connect().catch(() => { }));
assert.match(await io.info('server'), new RegExp(`tcp_port:${masterPort}\r`));
assert.equal(await io.set('io', '1'), 'OK');
assert.equal((await reader.role())[0], 'slave');

const node = createSentinel({ name, sentinelRootNodes: sentinels, scanInterval: 500 });
node.on('error', () => { });
await node.connect();
assert.equal(await node.set('node', '1'), 'OK');

// The other side ends the master now, and starts nothing anew.
console.log('ready');
await until('ioredis follows', async () => !(await io.info('server')).includes(`tcp_port:${masterPort}\r`) && (await io.set('io', '2')) === 'OK');
await until('node-redis follows', async () => (await node.set('node', '2')) === 'OK');
assert.equal(await io.get('node'), '2');
console.log('both clients followed');
process.exit(0);
