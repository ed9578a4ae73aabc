"""10,000 messages of three senders within an hour, and what became of them: `python -m
benchmarks.delivery_results [MESSAGES]`. Exit status 1 where a result is wrong, or where the trace
was asked more than a hundred times in the emulator's six hours.
"""

import sys
import time

from benchmarks.drain import Benchmark, main

MESSAGES, MOST_REQUESTS = 10_000, 100


class Results(Benchmark):
    def run(self) -> None:
        from notifications import wakeups
        from notifications.models import DeliveryWatch
        from tests.notifications.mailbox import busy_hour

        wakeups.send = lambda _task, **_options: None
        count = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
        started = time.monotonic()
        busy_hour.begin(self.emulator)
        states, requests = busy_hour.play(self.emulator, count=count)
        took = time.monotonic() - started
        for (kind, state), number in sorted(states.items()):
            print(f"{kind}: {state} {number}")  # noqa: T201
        left = DeliveryWatch.objects.count()
        print(f"{requests} requests, {left} still watched, {took:.0f} s with sending")  # noqa: T201
        is_right = set(states) == set(busy_hour.EXPECTED.items()) and not left
        sys.exit(0 if is_right and requests <= MOST_REQUESTS else 1)


if __name__ == "__main__":
    main(Results)
