"""Save: settings and account take effect together, and only if nobody saved in between."""

from copy import copy
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone, translation
from simple_history.utils import get_history_manager_for_model

from notifications import vault, wakeups
from notifications.audit.record import Actor, Target, record
from notifications.models import (
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
    SignInDraft,
)
from notifications.models.account import AccountState
from notifications.models.audit.act import Act
from notifications.models.event import EventKind
from notifications.models.sealed.field import sealed_fields
from notifications.models.settings import SettingsValues

from . import account_state
from . import changes as settings_changes
from .changes import Change


class SavedMeanwhile(Exception):  # noqa: N818 - reads as what happened
    """Somebody else saved after the form was opened; `row` is what they saved, `changes` what
    has changed since then (empty where that is not known any more)."""

    def __init__(self, row: EmailSettings, changes: list[Change]) -> None:
        super().__init__()
        self.row = row
        self.changes = changes


def saved_since(version: int, row: EmailSettings) -> SavedMeanwhile | None:
    """Return what was saved after a form of this version was opened, or None."""
    if row.version == version:
        return None
    return SavedMeanwhile(row, _changes_since(version, row))


@transaction.atomic
def save_settings(
    values: SettingsValues,
    account: MicrosoftAccount | None,
    *,
    version: int,
    user: AbstractBaseUser,
    by: Actor,
) -> EmailSettings:
    """Raises SavedMeanwhile where `version` is not the one the form was opened with. The same
    form sent twice, as by a double click, is saved once. `by` is named in the audit trail."""
    now = timezone.now()
    EmailSettings.objects.current()
    row = EmailSettings.objects.select_for_update(of=("self",)).select_related("account").get(pk=1)
    is_next = row.version == version + 1 and row.saved_by_id == user.pk
    if is_next and _is_in_use(account, row) and _are_same(values, row):
        return row
    if conflict := saved_since(version, row):
        raise conflict
    before = copy(row)
    old_api = row.api
    row.take(values, now=now)
    old = row.account
    was_lost = old is not None and old.state != AccountState.CONNECTED
    row.use(_with_lane_of(old, account))
    row.version += 1
    row.saved_at, row.saved_by_id = now, user.pk
    row.save()
    if old and row.account_id != old.pk:
        _delete(old, taken_into=None)
    if (old and row.account_id != old.pk) or row.api != old_api:
        Notification.objects.forget_references()
    _note(row, user=user, was_lost=was_lost, credential_changed=row.credential_set_at == now)
    record(Act.CHANGED, by, Target.of(row, ""), fields=_labels(before, row))
    if row.account:
        # The limit may have been raised; the next drain looks at it again.
        MicrosoftAccount.objects.filter(pk=row.account.pk).update(day_full_until=None)
    transaction.on_commit(wakeups.wake)
    return row


def _is_in_use(account: MicrosoftAccount | None, row: EmailSettings) -> bool:
    """Say whether a Save would leave the account as it is, or has taken it into the saved one."""
    if account is None or account.pk == row.account_id:
        return True
    is_same = row.account is not None and row.account.is_same_mailbox(account)
    return is_same and not MicrosoftAccount.objects.filter(pk=account.pk).exists()


def _are_same(values: SettingsValues, row: EmailSettings) -> bool:
    """Compare the secrets themselves: one that is sealed twice looks different each time."""
    try:
        return _opened(values) == _opened(row.values())
    except vault.UnreadableSecret:
        return False


def _opened(values: SettingsValues) -> dict[str, Any]:
    secrets = {field.name: field.open(values) for field in sealed_fields(EmailSettings)}
    return asdict(values) | secrets


def _changes_since(version: int, row: EmailSettings) -> list[Change]:
    history: Any = get_history_manager_for_model(EmailSettings)
    before = history.filter(version=version).order_by("-history_id").first()
    return settings_changes.changes(before, row) if before else []


def _labels(before: EmailSettings, row: EmailSettings) -> list[str]:
    with translation.override(None):
        return [str(change.label) for change in settings_changes.changes(before, row)]


def _note(
    row: EmailSettings, *, user: AbstractBaseUser, was_lost: bool, credential_changed: bool
) -> None:
    """Tell the log who saved, and whether that ended a trouble of the account."""
    who, account = user.get_username(), row.account
    ConnectionEvent.objects.create(
        kind=EventKind.SETTINGS_SAVED,
        at=timezone.now(),
        account=account.address if account else "",
        who=who,
    )
    if account is None:
        return
    if credential_changed and account.state == AccountState.CREDENTIAL_EXPIRED:
        account_state.remember_success(account, by=who)
    elif was_lost and account.state == AccountState.CONNECTED:
        account_state.note_restored(account, by=who)


def _with_lane_of(
    old: MicrosoftAccount | None, new: MicrosoftAccount | None
) -> MicrosoftAccount | None:
    """The account to use. A new sign-in of the same account goes into the old row, so that
    its lane, pace and rest go on: one mailbox has one lane."""
    if new is None or old is None or old.pk == new.pk or not old.is_same_mailbox(new):
        return new
    for name in ("address", "cloud", "scopes", "cache", "state", "signed_in_at", "signed_in_by",
                 "renewed_at"):  # fmt: skip
        setattr(old, name, getattr(new, name))
    old.renewing_until = old.last_error_at = old.try_again_at = None
    old.refused_tokens = old.tried_again = 0
    old.last_error_code = old.last_error_message = ""
    old.save()
    _delete(new, taken_into=old)
    return old


def _delete(account: MicrosoftAccount, *, taken_into: MicrosoftAccount | None) -> None:
    """Delete an account, but no unsaved form with it: one may wait at Microsoft for its sign-in."""
    SignInDraft.objects.filter(account=account).update(account=taken_into)
    account.delete()
