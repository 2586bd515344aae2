// node applications/bee-queue.mjs PORT: bee-queue's jobs, progress and retries. All of its keys begin with "bq:".
import assert from 'node:assert/strict';
import Queue from 'bee-queue';

const redis = { host: '127.0.0.1', port: Number(process.argv[2]) };
const queue = new Queue('compatibility', { redis, activateDelayedJobs: true });
await queue.ready();
let failures = 0;
queue.process(3, async job => {
    if (job.data.fails && failures++ === 0) throw new Error('the first time');
    job.reportProgress({ half: true });
    return job.data.number * 2;
});
const finished = job => new Promise((resolve, reject) => {
    job.on('succeeded', resolve);
    job.on('failed', reject);
});
const start = async (data, change = job => job) => finished(await change(queue.createJob(data)).save());
assert.deepEqual(await Promise.all(Array.from({ length: 30 }, (_, number) => start({ number }))), Array.from({ length: 30 }, (_, number) => number * 2));
assert.equal(await start({ number: 4, fails: true }, job => job.retries(1)), 8);
assert.equal(await start({ number: 5 }, job => job.delayUntil(Date.now() + 200)), 10);
const health = await queue.checkHealth();
assert.equal(health.waiting + health.active, 0);
await queue.destroy();
await queue.close();
console.log('works');
process.exit(0);
