"""A check that Redis can be reached within two seconds."""

import redis
from django.conf import settings
from django.utils.translation import gettext as _

_TIMEOUT = 2.0  # seconds


def problem() -> str:
    """Return what is wrong, or "". The text never holds the password in the address."""
    # Celery and redis-py name the address of a socket differently.
    url = settings.REDIS_URL.replace("redis+socket:", "unix:", 1)
    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=_TIMEOUT, socket_timeout=_TIMEOUT
        ) as client:
            client.ping()
    except redis.RedisError as error:
        return str(error) or type(error).__name__
    except ValueError:
        return _("REDIS_URL is not an address of Redis.")
    return ""
