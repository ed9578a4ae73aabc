"""Access tokens of an account: from its cache, or renewed once for all processes."""

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from notifications import vault
from notifications.backends.errors import Answer, AuthError
from notifications.backends.microsoft.application import AccessToken, Application, Renewed
from notifications.models import MicrosoftAccount

from . import account_state

RENEWAL_LEASE = timedelta(seconds=40)
_POLL = 0.2  # seconds between two looks while another process renews


def access_token(
    account: MicrosoftAccount,
    application: Application,
    scopes: set[str],
    *,
    force: bool = False,
    is_judged: bool = True,
) -> AccessToken:
    """A valid token: from the account's cache, else renewed. Keeps what Microsoft answered in
    the account's row, and its state unless not `is_judged`. `force` renews even a token that looks
    valid.

    One process renews, the others wait for it. No transaction may be open.
    """
    from notifications.backends.microsoft import entra  # noqa: PLC0415 - see connection.py

    while True:
        if not force:
            cache, now = _unsealed_cache(account), timezone.now()
            if token := entra.cached_token(cache, application, scopes, now=now):
                return token
        if MicrosoftAccount.objects.take_renewal(
            account.pk, now=timezone.now(), lease=RENEWAL_LEASE
        ):
            return _renew(account, application, scopes, is_judged=is_judged)
        force = False
        time.sleep(_POLL)  # another process asks Microsoft, and nobody tells us when it is done
        account.refresh_from_db()


def trial_token(
    account: MicrosoftAccount, application: Application, scopes: set[str]
) -> AccessToken:
    """Renew with values that may not be saved, for a trial: the account's row stays as it is."""
    return _ask(account, application, scopes).token


def side_token(
    account: MicrosoftAccount, application: Application, scopes: set[str]
) -> AccessToken:
    """A token for something that mail does not depend on: whatever Microsoft answers, the account's
    row stays as it is."""
    from notifications.backends.microsoft import entra  # noqa: PLC0415 - see connection.py

    cached = entra.cached_token(_unsealed_cache(account), application, scopes, now=timezone.now())
    return cached or trial_token(account, application, scopes)


def _ask(account: MicrosoftAccount, application: Application, scopes: set[str]) -> Renewed:
    from notifications.backends.microsoft import entra  # noqa: PLC0415 - see connection.py

    return entra.renew(
        _unsealed_cache(account),
        application,
        scopes,
        home_account=f"{account.oid}.{account.tid}",
        now=timezone.now(),
    )


def _renew(
    account: MicrosoftAccount, application: Application, scopes: set[str], *, is_judged: bool
) -> AccessToken:
    changed: dict[str, Any] = {"renewing_until": None}
    try:
        # Another process may have rotated the refresh token since this row was read.
        account.refresh_from_db(fields=["cache"])
        renewed = _ask(account, application, scopes)
        changed |= {
            "cache": MicrosoftAccount.cache.field.seal(renewed.cache),
            "scopes": renewed.scopes or account.scopes,
            "renewed_at": timezone.now(),
        }
        if is_judged:
            account_state.remember_success(account)
    except AuthError as error:
        # What keeps an account from being used is known in any case; only a success is not.
        account_state.remember_trouble(account, error.answer)
        raise
    else:
        return renewed.token
    finally:
        for name, value in changed.items():
            setattr(account, name, value)
        MicrosoftAccount.objects.filter(pk=account.pk).update(**changed)


def _unsealed_cache(account: MicrosoftAccount) -> str:
    try:
        return MicrosoftAccount.cache.field.open(account)
    except vault.UnreadableSecret:
        raise AuthError(
            Answer(code="KeyMissing", message="The stored sign-in cannot be decrypted.")
        ) from None
