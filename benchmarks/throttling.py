"""Throttled by Exchange, with two workers: `python -m benchmarks.throttling`.

The emulator takes 4 requests at once, and now and then answers 429 with Retry-After. Nothing may
fail, and few requests may be refused.
"""

import sys
import time

from benchmarks.processes import running

MESSAGES = 500
STORMS = 5
TROUBLE = {"error": {"code": "ApplicationThrottled", "message": "MailboxConcurrency"}}
SEND = "/v1.0/me/messages/*/send"


def main() -> int:
    with running(protection=True) as system:
        from notifications.models import Notification
        from notifications.models.status import Status
        from tests import factories

        system.emulator.limits(mailbox_concurrency=4)
        started = time.monotonic()
        for storm in range(STORMS):
            for _ in range(MESSAGES // STORMS):
                factories.enqueue()
            left = MESSAGES // STORMS * (STORMS - storm - 1)
            _wait(lambda: Notification.objects.in_queue().count() < MESSAGES // STORMS // 2)
            if left:
                system.emulator.fault(path=SEND, status=429, retry_after=2, count=2, body=TROUBLE)
        _wait(lambda: not Notification.objects.in_queue().exclude(status=Status.FAILED).exists())
        took = time.monotonic() - started
        failed = Notification.objects.exclude(status=Status.ACCEPTED).count()
        stats = system.emulator.control("GET", "stats").json()
        refused = sum(counts.get("429", 0) for counts in stats["requests"].values())
        top = max(stats["top_concurrency"].values())
        arrived = len(system.emulator.messages())
    print(  # noqa: T201
        f"{MESSAGES} messages in {took:.0f} s: {failed} failed, {arrived} arrived, {refused} "
        f"refused requests ({refused / MESSAGES:.3f} a message), at most {top} at once"
    )
    return int(bool(failed) or arrived != MESSAGES)


def _wait(condition, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)  # between two looks


if __name__ == "__main__":
    sys.exit(main())
