"""What the tests of reports and of the message trace begin with."""

import pytest

from . import tracking


@pytest.fixture
def reading(connected, emulator, now):
    tracking.switch_on(**tracking.REPORTS)
    tracking.begin_now(now)
    return emulator


@pytest.fixture
def traced(connected, emulator, now):
    tracking.switch_on(**tracking.TRACE)
    tracking.begin_now(now)
    return emulator
