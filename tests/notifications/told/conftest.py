import pytest
from django.test import Client
from django.utils import timezone

from notifications import vault
from notifications.models import QueueState, Worker
from tests import factories

from .places import TOKEN


@pytest.fixture
def healthy(unconnected, settings):
    settings.CLOUD, settings.METRICS_TOKEN = "emulator", TOKEN
    factories.alarm_channel()
    QueueState.objects.claim(settings.INSTALLATION_ID)
    Worker.objects.saw(
        "w", version=settings.VERSION, key=vault.key_fingerprint(), now=timezone.now()
    )
    return unconnected


@pytest.fixture
def megan(db):
    client = Client()
    client.force_login(factories.user())
    return client
