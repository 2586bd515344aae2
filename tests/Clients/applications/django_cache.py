# python3 applications/django_cache.py PORT: django-redis as the cache of Django, in database 1.
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY='secret',
    CACHES={'default': {
        'BACKEND': 'django_redis.cache.RedisCache',
        'LOCATION': f'redis://127.0.0.1:{sys.argv[1]}/1',
        'KEY_PREFIX': 'django',
        'OPTIONS': {'CLIENT_CLASS': 'django_redis.client.DefaultClient'},
    }},
)
django.setup()

from django.core.cache import cache  # noqa: E402
from django.contrib.sessions.backends.cache import SessionStore  # noqa: E402

cache.delete_pattern('*')
values = {f'key{i}': {'number': i} for i in range(100)}
cache.set_many(values, timeout=60)
assert cache.get_many(list(values)) == values
assert cache.add('once', 1) and not cache.add('once', 2)
assert cache.incr('once', 5) == 6
assert 0 < cache.ttl('key1') <= 60
assert cache.touch('key1', 120) and cache.ttl('key1') > 60
with cache.lock('lock', timeout=5):
    assert not cache.lock('lock').acquire(blocking=False)
assert len(list(cache.iter_keys('key*'))) == 100
session = SessionStore()
session['visits'] = 3
session.save()
assert SessionStore(session.session_key)['visits'] == 3
assert cache.delete_many(list(values)) == 100
assert cache.delete_pattern('*') == 2
print('works')
