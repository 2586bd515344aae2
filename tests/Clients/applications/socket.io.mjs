// node applications/socket.io.mjs PORT: two socket.io servers that know of each other through the adapter, once over node-redis and once over ioredis.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import Redis from 'ioredis';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { io as connect } from 'socket.io-client';

const port = Number(process.argv[2]);
const open = {
    'node-redis': async () => await createClient({ url: `redis://127.0.0.1:${port}` }).connect(),
    ioredis: async () => new Redis({ host: '127.0.0.1', port }),
};
for (const [library, client] of Object.entries(open)) {
    const servers = [];
    for (let i = 0; i < 2; i++) {
        const http = createServer();
        const server = new Server(http, { adapter: createAdapter(await client(), await client(), { key: `socket.io-${library}` }) });
        server.on('connection', socket => socket.join('room'));
        await new Promise(resolve => http.listen(0, '127.0.0.1', resolve));
        servers.push({ server, port: http.address().port });
    }

    const heard = [];
    const clients = await Promise.all(servers.map(({ port }, i) => new Promise((resolve, reject) => {
        const socket = connect(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false });
        socket.on('news', text => heard.push(`${i} ${text}`));
        socket.on('connect', () => resolve(socket));
        socket.on('connect_error', reject);
    })));
    for (let i = 0; i < 100 && (await servers[0].server.fetchSockets()).length < 2; i++) await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal((await servers[1].server.in('room').fetchSockets()).length, 2);
    servers[0].server.to('room').emit('news', 'of one server');
    for (let i = 0; i < 200 && heard.length < 2; i++) await new Promise(resolve => setTimeout(resolve, 10));
    assert.deepEqual(heard.sort(), ['0 of one server', '1 of one server']);
    servers[1].server.serverSideEmit('ping');
    for (const socket of clients) socket.close();
    for (const { server } of servers) await server.close();
}
console.log('works');
process.exit(0);
