"""Waking the workers."""

import time

from notifications import tasks


def test_without_a_broker_nobody_waits_for_it(caplog):
    begun = time.monotonic()

    tasks.wake()

    assert time.monotonic() - begun < 2
    assert "Redis cannot be reached" in caplog.text
