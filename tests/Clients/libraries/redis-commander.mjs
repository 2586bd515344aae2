// node libraries/redis-commander.mjs PORT: the pages' own requests of redis-commander, by its process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Redis from 'ioredis';

const port = Number(process.argv[2]);
const client = new Redis({ host: '127.0.0.1', port });
const pipeline = client.pipeline();
for (let i = 0; i < 100; i++) pipeline.set(`redis-commander:${i}`, `value ${i}`);
pipeline.hset('redis-commander:hash', 'field', 'value');
await pipeline.exec();

const probe = createServer().listen(0, '127.0.0.1');
await new Promise(resolve => probe.on('listening', resolve));
const pages = probe.address().port;
probe.close();
const program = join(dirname(createRequire(import.meta.url).resolve('redis-commander/package.json')), 'bin', 'redis-commander.js');
const server = spawn(process.execPath, [program, '--redis-host', '127.0.0.1', '--redis-port', `${port}`, '--nosave', '-a', '127.0.0.1', '-p', `${pages}`], { stdio: 'ignore' });
try {
    const get = async path => await (await fetch(`http://127.0.0.1:${pages}/${path}`)).json();
    let connections;
    for (let i = 0; i < 200 && !connections?.connections?.[0]; i++) {
        connections = await get('connections').catch(() => null);
        await new Promise(resolve => setTimeout(resolve, 100));
    }
    const id = connections.connections[0].conId;
    const [info] = (await get('apiv2/server/info')).data;
    assert.ok(JSON.stringify(info).includes('Redis version'), JSON.stringify(info).slice(0, 500));
    const tree = (await get(`apiv1/keystree/${id}/redis-commander:`)).data;
    assert.equal(tree.length, 101);
    const key = await get(`apiv1/key/${id}/redis-commander:7`);
    assert.equal(key.type, 'string');
    assert.equal(key.value, 'value 7');
    assert.equal((await get(`apiv1/key/${id}/redis-commander:hash`)).type, 'hash');
} finally {
    server.kill();
}
await client.del(...Array.from({ length: 100 }, (_, i) => `redis-commander:${i}`), 'redis-commander:hash');
await client.quit();
console.log('works');
