"""Drains that the tests start themselves, against the emulator."""

from datetime import timedelta

import pytest

from notifications import tasks


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    """No broker: the tests drain themselves."""
    monkeypatch.setattr(tasks.drain, "apply_async", lambda **_options: None)


@pytest.fixture(autouse=True)
def doubts_are_settled_at_once(settings):
    settings.DOUBT_GRACE = timedelta(0)
