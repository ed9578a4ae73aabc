"""Beat's own look at everything, once a minute. A worker cannot tell that there is none."""

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from notifications.errors import frames_of
from notifications.webhooks import callbacks

from . import watch

logger = logging.getLogger(__name__)


def look(*, now: datetime) -> None:
    """Raise and clear alarms, and make their calls, which then need no worker."""
    watch.watch(now=now)
    callbacks.call_alarms(now=now)


def start() -> None:
    threading.Thread(target=_look_again_and_again, daemon=True, name="alarms").start()


def _look_again_and_again() -> None:
    pause = threading.Event()  # never set: the thread ends with its process
    while not pause.wait(settings.WAKE_INTERVAL.total_seconds()):
        try:
            look(now=timezone.now())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Alarms cannot be looked after: %s", error)
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end all alarms
            logger.error(  # noqa: TRY400
                "Alarms cannot be looked after: %s\n%s", type(error).__name__, frames_of(error)
            )
        finally:
            connection.close()
