"""Whether this installation can take and send mail, in one word each: for load balancers."""

from datetime import datetime

from django.db import Error, connection

from mailconnector import broker
from notifications.models import Worker

from .checklist import local_facts


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def missing(*, now: datetime) -> list[str]:
    """What is not there: `database`, `migrations`, `redis`, `worker`. A few queries at most."""
    problem, unapplied = local_facts.database()
    if problem or unapplied:
        found = ["database" if problem else "migrations"]
    else:
        found = [] if Worker.objects.alive(now=now).exists() else ["worker"]
    return [*found, "redis"] if broker.problem() else found
