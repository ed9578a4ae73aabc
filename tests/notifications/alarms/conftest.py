"""The installation that the tests of alarms begin with."""

import pytest

from notifications.models import QueueState, Worker
from tests import factories
from tests.notifications.alarms.steps import NOW


@pytest.fixture
def quiet(unconnected, settings):
    """Nothing to complain about, and nobody to tell."""
    settings.CLOUD = "emulator"
    Worker.objects.saw("w", version="1", key="k", now=NOW)
    QueueState.objects.create(pk=1)


@pytest.fixture
def healthy(quiet):
    """Nothing to complain about; the alarms go to an address that nobody reads."""
    return factories.alarm_channel(name="Desk")
