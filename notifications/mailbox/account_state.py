"""Whether an account can be used. A change of that stands in the log, once."""

from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications import retry
from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import AccountTrouble, explain
from notifications.backends.microsoft.clouds import EMULATOR, Cloud
from notifications.log.account_codes import STOPS_ACCOUNT
from notifications.models import ConnectionEvent, EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState
from notifications.models.event import EventKind

_STATES = {
    AccountTrouble.SIGN_IN_REQUIRED: AccountState.SIGN_IN_REQUIRED,
    AccountTrouble.CREDENTIAL_EXPIRED: AccountState.CREDENTIAL_EXPIRED,
    AccountTrouble.CREDENTIAL_REFUSED: AccountState.CREDENTIAL_EXPIRED,
    AccountTrouble.BLOCKED: AccountState.BLOCKED,
}


class ShownState(TextChoices):
    """The state as people and machines are told it."""

    CONNECTED = AccountState.CONNECTED.value, AccountState.CONNECTED.label
    SIGN_IN_REQUIRED = AccountState.SIGN_IN_REQUIRED.value, AccountState.SIGN_IN_REQUIRED.label
    CREDENTIAL_EXPIRED = (
        AccountState.CREDENTIAL_EXPIRED.value,
        AccountState.CREDENTIAL_EXPIRED.label,
    )
    CREDENTIAL_REFUSED = "credential_refused", _("Application credential refused")
    BLOCKED = AccountState.BLOCKED.value, AccountState.BLOCKED.label
    NOT_SIGNED_IN = "not_signed_in", _("Not signed in")
    PRACTICE_ACCOUNT = "practice_account", _("Practice account")
    OTHER_CLOUD = "other_cloud", _("Signed in at another cloud")


def shown_state(account: MicrosoftAccount | None, cloud: Cloud) -> ShownState:
    """Say the state of the account where mail leaves to `cloud`."""
    if account is None:
        return ShownState.NOT_SIGNED_IN
    if account.cloud != cloud.key:
        is_practice = account.cloud == EMULATOR
        return ShownState.PRACTICE_ACCOUNT if is_practice else ShownState.OTHER_CLOUD
    return shown_trouble(account.state, account.last_error_code)


def shown_trouble(state: str, code: str) -> ShownState:
    """Say a state that came with Microsoft's code: a credential that was never right has not
    expired."""
    refused = explain(Answer(code=code)).trouble is AccountTrouble.CREDENTIAL_REFUSED
    if state == AccountState.CREDENTIAL_EXPIRED and refused:
        return ShownState.CREDENTIAL_REFUSED
    return ShownState(state)


def rest_answer(code: str) -> Answer:
    """Return what a mailbox rests after. An answer without a code has left its HTTP status."""
    return Answer(status=int(code)) if code.isdecimal() else Answer(code=code)


@transaction.atomic
def remember_trouble(account: MicrosoftAccount, answer: Answer) -> None:
    """The account cannot be used until a person acts, or until the cause has gone (recovery.py).
    A key that this process lacks is no word of Microsoft's: another process may have it."""
    if answer.code == "KeyMissing":
        return
    account.state = _STATES[explain(answer).trouble]
    account.last_error_at = timezone.now()
    account.last_error_code = answer.code
    account.last_error_message = answer.message
    rows = MicrosoftAccount.objects.filter(pk=account.pk)
    try_again_at = next_try_at(account, now=account.last_error_at)
    rows.filter(state=AccountState.CONNECTED).update(try_again_at=try_again_at)
    changed = rows.exclude(state=account.state).update(state=account.state)
    rows.update(
        last_error_at=account.last_error_at,
        last_error_code=account.last_error_code,
        last_error_message=account.last_error_message,
    )
    if changed and _is_in_use(account):
        ConnectionEvent.objects.create(
            kind=EventKind.SIGN_IN_LOST,
            at=account.last_error_at,
            account=account.address,
            state=account.state,
            code=answer.code,
            detail=answer.message,
        )


def next_try_at(account: MicrosoftAccount, *, now: datetime) -> datetime:
    """Tell when to try the lost account again. A wrong or expired credential hardly ever becomes
    right by itself, and who keeps coming with one looks like an attacker. A sender that Exchange
    blocks can renew its token all the same, and each try costs a message that comes back."""
    is_slow = (
        account.state == AccountState.CREDENTIAL_EXPIRED or account.last_error_code in STOPS_ACCOUNT
    )
    return retry.next_recovery(account.tried_again, now=now, is_slow=is_slow)


@transaction.atomic
def remember_success(account: MicrosoftAccount, *, by: str = "") -> bool:
    """The account works (again). Returns whether it did not before. `by` is who made it work;
    "" where a renewal succeeded by itself."""
    account.state = AccountState.CONNECTED
    rows = MicrosoftAccount.objects.filter(pk=account.pk).exclude(state=account.state)
    changed = bool(rows.update(state=account.state))
    if changed and _is_in_use(account):
        note_restored(account, by=by)
    return changed


def note_restored(account: MicrosoftAccount, *, by: str) -> None:
    ConnectionEvent.objects.create(
        kind=EventKind.SIGN_IN_RESTORED, at=timezone.now(), account=account.address, who=by
    )


def _is_in_use(account: MicrosoftAccount) -> bool:
    """Saved, that is. What a sign-in does that is not saved yet concerns no mail."""
    return EmailSettings.objects.filter(account=account.pk).exists()
