"""Steps that the tests of the delivery repeat."""

import json

from notifications import vault
from notifications.models import Attempt, EmailSettings, MicrosoftAccount
from notifications.queue.engine import drain as delivery

SEND = "/v1.0/me/messages/*/send"


def drain(**options):
    return delivery.drain(worker="test:1", **options)


def results():
    """Return the results in the log, oldest first."""
    return list(Attempt.objects.order_by("pk").values_list("result", flat=True))


def change_settings(**values):
    EmailSettings.objects.filter(pk=1).update(**values)


def without_access_token():
    """Drop the access token, so that the next drain has to renew it."""
    account = MicrosoftAccount.objects.get()
    cache = json.loads(vault.unseal(account.cache, "cache"))
    cache.pop("AccessToken", None)
    MicrosoftAccount.objects.update(cache=vault.seal(json.dumps(cache), "cache"))
