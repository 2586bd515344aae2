# python3 applications/celery_tasks.py PORT: tasks of Celery, done by a worker in this process. Its keys have no common prefix: it wants a pool of one shard.
import sys

from celery import Celery, chord, group
from celery.contrib.testing.worker import start_worker

url = f'redis://127.0.0.1:{sys.argv[1]}/0'
app = Celery('compatibility', broker=url, backend=url)
app.conf.update(task_always_eager=False, worker_hijack_root_logger=False, broker_connection_retry_on_startup=True)


@app.task
def add(a, b):
    return a + b


@app.task(name='celery.ping')
def ping():
    return 'pong'


@app.task
def total(numbers):
    return sum(numbers)


@app.task(bind=True, max_retries=1, default_retry_delay=0.1)
def second_time(self):
    if self.request.retries == 0:
        raise self.retry()
    return 'done'


if __name__ == '__main__':
    with start_worker(app, perform_ping_check=True, concurrency=2, loglevel='ERROR'):
        assert [add.delay(number, 1).get(timeout=20) for number in range(20)] == list(range(1, 21))
        assert group(add.s(number, number) for number in range(10))().get(timeout=20) == [2 * number for number in range(10)]
        assert chord((add.s(number, number) for number in range(10)), total.s())().get(timeout=20) == 90
        assert add.apply_async((1, 2), countdown=0.3).get(timeout=20) == 3
        assert second_time.delay().get(timeout=20) == 'done'
        assert app.control.ping(timeout=2)
    print('works')
