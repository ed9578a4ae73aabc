"""Logging out, here and at Microsoft."""

import re

import pytest
import requests
from django.core.cache import caches

from people.models import Session
from tests import factories
from tests.mailconnector.steps import is_in, log_in
from tests.waiting import PATIENCE

from .steps import (
    OPERATOR,
    sign_in,
)

pytestmark = pytest.mark.django_db


def test_logging_out_offers_to_sign_out_of_microsoft_as_well(client, emulator):
    sign_in(client, OPERATOR)

    page = client.post("/logout/").content.decode()

    assert not is_in(client)
    address = re.search(r'href="(http://[^"]+/logout[^"]*)"', page)[1]
    assert "signed out" in requests.get(address, timeout=PATIENCE).text.casefold()
    assert not Session.objects.exclude(user=None).exists()


def test_whoever_logged_in_with_a_password_is_not_told_of_microsoft(client):
    factories.user()
    log_in(client=client)

    page = client.post("/logout/").content.decode()

    assert "logged out" in page
    assert "Microsoft" not in page


def test_the_log_out_asks_nobody_and_works_while_the_sign_in_service_is_away(client, emulator):
    sign_in(client, OPERATOR)
    caches["process"].clear()
    emulator.fault(path="*/.well-known/*", drop="before")

    page = client.post("/logout/").content.decode()

    assert "Sign out of Microsoft" in page
    assert not is_in(client)


def test_a_session_that_knows_no_page_there_says_so(client):
    sign_in(client, OPERATOR)
    session = client.session
    del session["microsoft"]["end_page"]
    session.save()

    page = client.post("/logout/").content.decode()

    assert "still signed in at Microsoft" in page
    assert "Sign out of Microsoft" not in page
