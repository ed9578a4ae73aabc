import pytest
from django.utils import timezone

from notifications import vault
from notifications.models import QueueState, Worker
from tests import factories


@pytest.fixture
def healthy(unconnected, settings):
    """An installation that sends, in practice mode."""
    settings.CLOUD = "emulator"
    QueueState.objects.claim(settings.INSTALLATION_ID)
    Worker.objects.saw(
        "host:1", version=settings.VERSION, key=vault.key_fingerprint(), now=timezone.now()
    )
    return unconnected


@pytest.fixture
def megan(db):
    return factories.user()
