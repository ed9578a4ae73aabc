"""A person at the settings page, without a browser."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from notifications.models import EmailSettings
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, SECRET, TENANT

URL = "/settings/email/"


class Person:
    """Logged in as an administrator, with a form as the browser would send it."""

    def __init__(self, user):
        self.user = user
        self.client = Client(headers={"host": "localhost:8000"})
        self.client.force_login(user)

    def form(self, **changes):
        values = {
            "version": EmailSettings.objects.current().version,
            "service": "exchange-online",
            "from_address": "",
            "charset": "utf-8",
            "api": "graph",
            "cloud": "global",
            "tenant_id": TENANT,
            "client_id": CLIENT,
            "credential": "secret",
            "client_secret": SECRET,
            "protection": "on",
            "messages_a_minute": "30",
            "recipients_a_day": "10000",
            "doubt_policy": "hold",
        }
        return {k: v for k, v in (values | changes).items() if v is not None}

    def save(self, **changes):
        return self.client.post(URL, self.form(**changes))

    def start_sign_in(self, **changes):
        return self.client.post(f"{URL}sign-in/", self.form(**changes))

    def come_back(self, answer):
        return self.client.get("/oauth/callback", answer)

    def sign_in(self, emulator, account="servicedesk@contoso.example", **changes):
        """Sign in on Microsoft's pages; return the address of the page with the draft."""
        leaves = self.start_sign_in(**changes)
        assert leaves.status_code == 302, leaves.content.decode()
        return self.come_back(emulator.choose(leaves.url, account)).url

    def draft(self, url):
        return parse_qs(urlsplit(url).query)["draft"][0]


@pytest.fixture
def megan(db):
    return Person(factories.user())


def text_of(response):
    return response.content.decode()
