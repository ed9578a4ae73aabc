"""Two workers that Exchange throttles: `python -m benchmarks.throttling`.

The emulator takes 4 requests at once, and now and then answers 429 with Retry-After. Nothing may
fail, and few requests may be refused.
"""

import sys
import time

from tests.processes import servers, sign_in
from tests.waiting import wait_until

MESSAGES = 500
STORMS = 5
TROUBLE = {"error": {"code": "ApplicationThrottled", "message": "MailboxConcurrency"}}
SEND = "/v1.0/me/messages/*/send"


def main() -> int:
    with servers() as (product, emulator):
        from notifications.models import Notification
        from notifications.models.status import Status
        from tests import factories

        sign_in(emulator, protection=True)
        product.start()
        emulator.limits(mailbox_concurrency=4)
        started = time.monotonic()
        for storm in range(STORMS):
            for _ in range(MESSAGES // STORMS):
                factories.enqueue()
            left = MESSAGES // STORMS * (STORMS - storm - 1)
            wait_until(
                lambda: Notification.objects.in_queue().count() < MESSAGES // STORMS // 2,
                seconds=120,
            )
            if left:
                emulator.fault(path=SEND, status=429, retry_after=2, count=2, body=TROUBLE)
        wait_until(
            lambda: not Notification.objects.in_queue().exclude(status=Status.FAILED).exists(),
            seconds=120,
        )
        took = time.monotonic() - started
        failed = Notification.objects.exclude(status=Status.ACCEPTED).count()
        stats = emulator.control("GET", "stats").json()
        refused = sum(counts.get("429", 0) for counts in stats["requests"].values())
        top = max(stats["top_concurrency"].values())
        arrived = len(emulator.messages())
    print(  # noqa: T201
        f"{MESSAGES} messages in {took:.0f} s: {failed} failed, {arrived} arrived, {refused} "
        f"refused requests ({refused / MESSAGES:.3f} a message), at most {top} at once"
    )
    return int(bool(failed) or arrived != MESSAGES)


if __name__ == "__main__":
    sys.exit(main())
