# python3 applications/rq_jobs.py PORT: jobs of RQ, done by a worker in this process. All of its keys begin with "rq:".
import sys
import time

from redis import Redis
from rq import Queue, Retry, SimpleWorker
from rq.registry import FailedJobRegistry, FinishedJobRegistry

client = Redis('127.0.0.1', int(sys.argv[1]))
queue = Queue('compatibility', connection=client)
queue.empty()


def work():
    SimpleWorker([queue], connection=client).work(burst=True, logging_level='ERROR')


if __name__ == '__main__':
    import math
    import operator
    jobs = [queue.enqueue(math.factorial, number) for number in range(20)]
    last = queue.enqueue(operator.add, 1, 2, depends_on=jobs[0])
    failing = queue.enqueue(operator.truediv, 1, 0, retry=Retry(max=2))
    assert len(queue) == 21
    work()
    assert [job.return_value() if callable(getattr(job, 'return_value', None)) else job.result for job in jobs] == [math.factorial(number) for number in range(20)]
    last.refresh()
    assert last.result == 3, last.get_status()
    failing.refresh()
    assert failing.is_failed and 'ZeroDivisionError' in failing.exc_info
    assert len(FinishedJobRegistry(queue=queue)) == 21
    assert failing.id in FailedJobRegistry(queue=queue)
    for job in [*jobs, last, failing]:
        job.delete()
    assert len(queue) == 0
    print('works')
