"""Python imports this before anything else in a process whose clock is moved (tests/clock.py).

faketime 0.9.10 moves the end of an absolute sleep by the monotonic clock as well, although that
clock is left alone: the kernel refuses it. So Python sleeps by waiting for nothing.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
