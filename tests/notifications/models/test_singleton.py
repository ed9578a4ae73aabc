"""Models that have one row."""

import pytest

from notifications.models import QueueState, Retention

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [QueueState, Retention])
def test_reading_makes_no_row_and_has_the_defaults(model):
    model.objects.all().delete()

    assert model.objects.current().pk == 1
    assert not model.objects.exists()


@pytest.mark.parametrize("model", [QueueState, Retention])
def test_there_is_one_row_however_often_it_is_asked_for(model):
    model.objects.all().delete()

    first = model.objects.made().get()

    assert model.objects.made().get() == model.objects.current() == first
    assert model.objects.count() == 1
