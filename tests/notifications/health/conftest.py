"""A secret of each kind, sealed with the keys of now."""

import json

import pytest

from notifications import vault
from notifications.models import EmailSettings, SignInDraft
from tests import factories


@pytest.fixture
def secrets(db):
    row = EmailSettings.objects.current()
    row.client_secret = vault.seal("the secret", "client_secret")
    row.certificate = vault.seal("the certificate", "certificate")
    row.trace_secret = vault.seal("the trace's secret", "trace_secret")
    row.trace_certificate = vault.seal("the trace's certificate", "trace_certificate")
    row.save()
    factories.account(cache=vault.seal("the tokens", "cache"))
    factories.alarm_channel(
        alarm_secret=vault.seal("the alarm's", "alarm_secret"),
        smtp_password=vault.seal("the password", "smtp_password"),
    )
    factories.api_key(callback_secret=vault.seal("the callback", "callback_secret"))
    typed = vault.seal("typed", "client_secret")
    form = {"typed": {"a": "b"}, "client_secret": typed, "certificate": ""}
    SignInDraft.objects.create(
        state="s",
        user=factories.user(),
        form=vault.seal(json.dumps(form), "form"),
        flow=vault.seal("{}", "flow"),
    )
