"""What the tests of reports begin with."""

import pytest

from . import tracking


@pytest.fixture
def reading(connected, emulator, now):
    tracking.switch_on(**tracking.REPORTS)
    tracking.begin_now(now)
    return emulator
