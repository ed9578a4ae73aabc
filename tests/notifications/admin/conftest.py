import pytest
from django.test import Client

from tests import factories

from .browsing import client


@pytest.fixture
def megan(db):
    browser = Client()
    browser.force_login(factories.user())
    return browser


@pytest.fixture
def olga(db):
    return client("Operator")


@pytest.fixture
def audrey(db):
    return client("Auditor")
