// node applications/bullmq.mjs PORT: BullMQ's queues, workers, events, flows, delayed and repeated jobs. All of its keys begin with "bull:".
import assert from 'node:assert/strict';
import { FlowProducer, Queue, QueueEvents, Worker } from 'bullmq';

const connection = { host: '127.0.0.1', port: Number(process.argv[2]), maxRetriesPerRequest: null };
const name = 'compatibility';
const queue = new Queue(name, { connection });
await queue.obliterate({ force: true });
const events = new QueueEvents(name, { connection });
await events.waitUntilReady();

let running = 0;
const worker = new Worker(name, async job => {
    running++;
    if (job.name === 'fails' && job.attemptsMade === 0) throw new Error('the first time');
    await job.updateProgress(50);
    return (job.data.number ?? 0) * 2;
}, { connection, concurrency: 5 });
await worker.waitUntilReady();

const jobs = await queue.addBulk(Array.from({ length: 50 }, (_, number) => ({ name: 'doubles', data: { number } })));
assert.deepEqual(await Promise.all(jobs.map(job => job.waitUntilFinished(events, 20000))), Array.from({ length: 50 }, (_, number) => number * 2));

const delayed = await queue.add('doubles', { number: 21 }, { delay: 200, priority: 3 });
assert.equal(await delayed.waitUntilFinished(events, 20000), 42);
const again = await queue.add('fails', { number: 4 }, { attempts: 2, backoff: 50 });
assert.equal(await again.waitUntilFinished(events, 20000), 8);

const flow = await new FlowProducer({ connection }).add({
    name: 'parent', queueName: name, data: { number: 1 }, children: [{ name: 'child', queueName: name, data: { number: 2 } }, { name: 'child', queueName: name, data: { number: 3 } }],
});
assert.equal(await flow.job.waitUntilFinished(events, 20000), 2);
assert.deepEqual(Object.values(await flow.job.getChildrenValues()).sort(), [4, 6]);

await queue.upsertJobScheduler('often', { every: 100 }, { name: 'repeated', data: { number: 5 } });
const before = running;
for (let i = 0; i < 200 && running < before + 3; i++) await new Promise(resolve => setTimeout(resolve, 50));
assert.ok(running >= before + 3);
await queue.removeJobScheduler('often');

const counts = await queue.getJobCounts('completed', 'failed');
assert.ok(counts.completed >= 55 && counts.failed === 0, JSON.stringify(counts));
await worker.close();
await queue.obliterate({ force: true });
await Promise.all([events.close(), queue.close()]);
console.log('works');
process.exit(0);
