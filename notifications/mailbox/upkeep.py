"""What has to be done now and then, whether mail flows or not."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from notifications.backends.errors import SendError
from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft
from notifications.models.account import AccountState
from notifications.models.sign_in import LIFETIME

from .connection import Connection

logger = logging.getLogger(__name__)

# A refresh token dies after 90 days without use ("Refresh tokens in the Microsoft identity
# platform"); a day leaves room for long outages and shows a lost sign-in early.
RENEWAL_INTERVAL = timedelta(days=1)


def sweep(*, now: datetime) -> None:
    """Delete what was left over, and renew the token of an idle account."""
    SignInDraft.objects.filter(created_at__lt=now - LIFETIME).delete()
    _unused_accounts().filter(signed_in_at__lt=now - LIFETIME).delete()
    _renew_if_idle(now)


def discard(drafts: QuerySet[SignInDraft]) -> None:
    """Delete unsaved forms, and at once the sign-ins that nobody can save any more."""
    accounts = list(drafts.exclude(account=None).values_list("account", flat=True))
    drafts.delete()
    delete_unused(accounts)


def delete_unused(accounts: Iterable[int]) -> None:
    """Delete those of the accounts that neither the settings nor an unsaved form has."""
    _unused_accounts().filter(pk__in=accounts).delete()


def _unused_accounts() -> QuerySet[MicrosoftAccount]:
    used = EmailSettings.objects.exclude(account=None).values("account")
    drafted = SignInDraft.objects.exclude(account=None).values("account")
    return MicrosoftAccount.objects.exclude(Q(pk__in=used) | Q(pk__in=drafted))


def _renew_if_idle(now: datetime) -> None:
    current = EmailSettings.objects.current()
    account, values = current.account, current.values()
    if account is None or account.state != AccountState.CONNECTED or values.cloud_is_lost:
        return
    if account.renewed_at and now - account.renewed_at < RENEWAL_INTERVAL:
        return
    try:
        Connection.of(values).token(account, force=True)
    except SendError as error:
        logger.warning(
            "Account %s could not be renewed: %r",
            account.pk,
            error,
            extra={"account_id": account.pk, "code": error.answer.code},
        )
