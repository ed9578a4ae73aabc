import pytest
from django.test import Client

from tests import factories
from tests.mailconnector.steps import log_in


@pytest.fixture
def megan(db):
    """Somebody with a password, and a superuser as createsuperuser makes one."""
    return factories.user()


@pytest.fixture
def here(megan):
    """The browser in which Megan has logged in."""
    client = Client()
    log_in(client=client)
    return client


@pytest.fixture
def administrator(db):
    """A browser of somebody with the role Administrator."""
    client = Client()
    client.force_login(factories.person("Administrator"))
    return client
