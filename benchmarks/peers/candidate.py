"""One queue in a process of its own: put the mails in, one by one and many at once, then let them
go. Prints the measured figures as JSON. `put` and `drain` do one half each, so that a drain can be
killed and begun anew.

    python -m benchmarks.peers.candidate NAME COUNT [put|drain]
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import django

from benchmarks.cpu import cpu_of_tree
from tests.waiting import wait_until

from .messages import FROM, TO, Mail, mails

AT_ONCE = 1000
_WORKER_TIME = 300  # seconds
_BETWEEN_LOOKS = 0.25


@dataclass
class Queue:
    """`put` and `put_many` queue; `drain` sends all and returns seconds and CPU seconds."""

    put: Callable[[Mail], object]
    put_many: Callable[[list[Mail]], object]
    drain: Callable[[int], tuple[float, float]]
    empty: Callable[[], object]


@dataclass
class Figures:
    enqueue_p50_ms: float
    enqueue_p99_ms: float
    at_once_ms: float  # one for each of AT_ONCE
    messages_a_second: float
    cpu_ms: float


def main(name: str, count: int, half: str = "") -> None:
    os.environ["CANDIDATE"] = name
    ours = name.startswith("ours")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings" if ours else "benchmarks.peers.settings"
    django.setup()
    from django.core.management import call_command

    if not ours:
        import benchmarks.peers.worker  # noqa: F401 - Celery's tasks find their broker by it

    if half != "drain":
        call_command("migrate", verbosity=0)
    queue = QUEUES[name]()
    if half == "put":
        queue.put_many(mails(count))
    elif half == "drain":
        queue.drain(count)
    else:
        print(json.dumps(asdict(_measure(queue, count))))  # noqa: T201


def _measure(queue: Queue, count: int) -> Figures:
    at_once = mails(AT_ONCE)
    started = time.perf_counter()
    queue.put_many(at_once)
    at_once_ms = (time.perf_counter() - started) * 1000 / AT_ONCE
    queue.empty()
    times = []
    for mail in mails(count):
        started = time.perf_counter()
        queue.put(mail)
        times.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(times, n=100)
    seconds, cpu = queue.drain(count)
    return Figures(cuts[49], cuts[98], at_once_ms, count / seconds, cpu / count * 1000)


def _in_process(send: Callable[[], object]) -> Callable[[int], tuple[float, float]]:
    def drain(_count: int) -> tuple[float, float]:
        started, cpu = time.perf_counter(), _cpu()
        send()
        return time.perf_counter() - started, _cpu() - cpu

    return drain


def _cpu() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def ours() -> Queue:
    from django.conf import settings
    from django.db import transaction

    from notifications import outbox, wakeups
    from notifications.models import EmailSettings, MicrosoftAccount, Notification
    from notifications.outbox import NewNotification
    from notifications.queue.engine import drain as delivery
    from tests import factories
    from tests.exchange_emulator import emulator as practice

    settings.CLOUD = "custom"
    settings.LOGIN_SERVICE_URL = os.environ["LOGIN_URL"]
    settings.GRAPH_URL = os.environ["GRAPH_URL"]
    settings.CA_BUNDLE = os.environ["GRAPH_CA"]
    known = practice.Emulator(
        None, os.environ["PAGES_URL"], os.environ["LOGIN_URL"], settings.CA_BUNDLE
    )
    factories.connect(known, protection=os.environ["CANDIDATE"] == "ours_draft")
    MicrosoftAccount.objects.update(cloud="custom")
    EmailSettings.objects.update(messages_a_minute=0)
    # The others only write rows and have nobody to wake.
    wakeups.wake = lambda: None

    def put(mail: Mail) -> None:
        new = NewNotification(
            to=TO, from_=FROM, subject=mail.subject, text=mail.text, html=mail.html
        )
        outbox.enqueue(new, initiator="benchmark")

    def put_many(many: list[Mail]) -> None:
        with transaction.atomic():
            for mail in many:
                put(mail)

    def send() -> None:
        # What is held for a person leaves by a person's click only.
        leaving = Notification.objects.in_queue().exclude(status="unconfirmed")
        while leaving.exists():
            delivery.drain(worker=f"benchmark:{os.getpid()}")

    return Queue(put, put_many, _in_process(send), Notification.objects.all().delete)


def post_office() -> Queue:
    from post_office import mail as office
    from post_office.models import Email

    def values(mail: Mail) -> dict[str, object]:
        return {
            "recipients": [TO],
            "sender": FROM,
            "subject": mail.subject,
            "message": mail.text,
            "html_message": mail.html,
        }

    def send() -> None:
        office.send_queued_mail_until_done(processes=1)

    return Queue(
        lambda mail: office.send(**values(mail)),
        lambda many: office.send_many([values(mail) for mail in many]),
        _in_process(send),
        Email.objects.all().delete,
    )


def mailer() -> Queue:
    from mailer import engine
    from mailer.models import Message

    return Queue(_send_mail, _send_all, _in_process(engine.send_all), Message.objects.all().delete)


def yubin() -> Queue:
    from django_yubin.models import Message

    return Queue(
        _send_mail, _send_all, _by_worker, lambda: (Message.objects.all().delete(), _flush())
    )


def celery_email() -> Queue:
    return Queue(_send_mail, _send_all, _by_worker, _flush)


def _message(mail: Mail):
    from django.core.mail import EmailMultiAlternatives

    message = EmailMultiAlternatives(mail.subject, mail.text, FROM, [TO])
    message.attach_alternative(mail.html, "text/html")
    return message


def _send_mail(mail: Mail) -> None:
    _message(mail).send()


def _send_all(many: list[Mail]) -> None:
    from django.core.mail import get_connection

    get_connection().send_messages([_message(mail) for mail in many])


def _flush() -> None:
    """Forget the tasks that wait in Redis."""
    from benchmarks.peers.worker import app

    app.control.purge()


def _by_worker(count: int) -> tuple[float, float]:
    """Measure from the moment that the worker was ready until the last message had arrived."""
    ready = Path(tempfile.mkdtemp()) / "ready"
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "benchmarks.peers.worker"]
    options = ["worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "ERROR"]
    plain = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = subprocess.Popen(
        [*command, *options, *plain], env={**os.environ, "READY_FILE": str(ready)}
    )
    arrived = Path(os.environ["ARRIVED"])
    try:
        wait_until(
            lambda: arrived.read_bytes().count(b"\n") >= count,
            seconds=_WORKER_TIME,
            between=_BETWEEN_LOOKS,
        )
        began_at, began_cpu = map(float, ready.read_text().split())
        ended_at = float(arrived.read_text().split()[-1])
        return ended_at - began_at, cpu_of_tree(worker.pid) - began_cpu
    finally:
        worker.terminate()
        with suppress(subprocess.TimeoutExpired):
            worker.wait(timeout=20)


QUEUES = {
    "ours_direct": ours,
    "ours_draft": ours,
    "post_office": post_office,
    "mailer": mailer,
    "yubin": yubin,
    "celery_email": celery_email,
}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
