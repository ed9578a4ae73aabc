"""The installation that the tests of alarms begin with."""

import pytest

from notifications import vault
from notifications.models import EmailSettings, QueueState, Worker
from tests.notifications.alarms.steps import NOW, SECRET


@pytest.fixture
def healthy(unconnected, settings):
    """Nothing to complain about; the alarms go to an address that nobody reads."""
    settings.CLOUD = "emulator"
    Worker.objects.saw("w", version="1", key="k", now=NOW)
    QueueState.objects.create(pk=1)
    EmailSettings.objects.update(
        alarm_url="http://localhost:9/hook", alarm_secret=vault.seal(SECRET, "alarm_secret")
    )
