"""Each recipient has the right result, and the tenant's budget is not used up."""

import pytest

from notifications.models import DeliveryWatch

from . import busy_hour

pytestmark = pytest.mark.django_db
MESSAGES = 100  # benchmarks/delivery_results.py plays 10,000


def test_after_six_hours_every_recipient_has_the_right_state(db, emulator):
    busy_hour.begin(emulator)
    states, requests = busy_hour.play(emulator, count=MESSAGES)
    assert set(states) == set(busy_hour.EXPECTED.items())
    assert sum(states.values()) == MESSAGES
    assert states["fails", "failed"] == 3
    assert requests <= 100
    assert not DeliveryWatch.objects.exists()
