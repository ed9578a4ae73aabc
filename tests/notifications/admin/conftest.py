import pytest
from django.test import Client
from django.utils import timezone

from notifications import vault
from notifications.models import Worker
from tests import factories

from .browsing import client


@pytest.fixture
def megan(db):
    browser = Client()
    browser.force_login(factories.user())
    return browser


@pytest.fixture
def healthy(unconnected, settings):
    """An installation in which nothing holds mail."""
    Worker.objects.saw(
        "host:1", version=settings.VERSION, key=vault.key_fingerprint(), now=timezone.now()
    )
    return unconnected


@pytest.fixture
def olga(db):
    return client("Operator")


@pytest.fixture
def audrey(db):
    return client("Auditor")
