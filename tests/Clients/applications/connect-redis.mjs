// node applications/connect-redis.mjs PORT: sessions of express-session, over node-redis.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { createClient } from 'redis';

const client = await createClient({ url: `redis://127.0.0.1:${process.argv[2]}` }).connect();
const store = new RedisStore({ client, prefix: 'connect-redis:', ttl: 60 });
const sessions = session({ store, secret: 'secret', resave: false, saveUninitialized: true });
const server = createServer((request, response) => {
    request.originalUrl = request.url;
    sessions(request, response, () => {
        request.session.visits = (request.session.visits ?? 0) + 1;
        response.end(`${request.session.visits}`);
    });
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const page = `http://127.0.0.1:${server.address().port}/`;

const first = await fetch(page);
assert.equal(await first.text(), '1');
const cookie = first.headers.get('set-cookie').split(';')[0];
for (const visits of ['2', '3']) assert.equal(await (await fetch(page, { headers: { cookie } })).text(), visits);
for (let i = 0; i < 20; i++) await (await fetch(page)).text();
const call = (method, ...rest) => new Promise((resolve, reject) => store[method](...rest, (error, value) => error ? reject(error) : resolve(value)));
assert.equal(await call('length'), 21);
assert.equal((await call('all')).length, 21);
const [id] = await call('ids');
await call('touch', id, { cookie: { expires: new Date(Date.now() + 10000).toISOString() } });
assert.ok(await client.ttl(`connect-redis:${id}`) <= 10);
await call('destroy', id);
assert.equal(await call('length'), 20);
await call('clear');
assert.equal(await call('length'), 0);
server.closeAllConnections();
server.close();
await client.close();
console.log('works');
