import pytest
from django.test import Client

from tests import factories
from tests.mailconnector.steps import log_in

from . import codes


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


@pytest.fixture
def recovery(megan):
    """Megan's recovery codes; she has an app as well."""
    return codes.give_app(megan)


@pytest.fixture
def asked(recovery):
    """A browser in which Megan's password was right."""
    client = Client()
    assert log_in(client=client).url == "/login/code/"
    return client
