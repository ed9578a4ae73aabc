"""Drains that the tests start themselves, against the emulator."""

from datetime import timedelta

import pytest


@pytest.fixture(autouse=True)
def doubts_are_settled_at_once(settings):
    settings.DOUBT_GRACE = timedelta(0)
