"""Leaving practice mode: what stands here of practice, and taking it away. What belongs to people
and to the set-up stays."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.audit.record import Actor, Target, record, record_each
from notifications.backends.microsoft.clouds import (
    EMULATOR,
    PRACTICE_IDS,
    PRACTICE_TRACE_CLIENT_ID,
)
from notifications.log import retention
from notifications.message.addresses import bare_address
from notifications.models import (
    ApiKey,
    Attempt,
    Bounce,
    Callback,
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
    SignInDraft,
    SmtpClient,
    SmtpSettings,
    Suppression,
    Tally,
)
from notifications.models.audit.act import Act
from notifications.models.event import EventKind
from notifications.models.settings import Credential, SettingsValues
from notifications.models.status import Status

from .connection import Connection

MOST_COUNTED = 10_000
_APPLICATION = {
    "tenant_id": "",
    "client_id": "",
    "credential": Credential.SECRET,
    "client_secret": "",
    "certificate": "",
    "secret_expires_on": None,
}
_TRACE = {
    "trace": False,
    "trace_tenant_id": "",
    "trace_client_id": "",
    "trace_credential": Credential.SECRET,
    "trace_secret": "",
    "trace_certificate": "",
}


@dataclass(frozen=True, slots=True)
class Practice:
    """What is found of it, "" or 0 for nothing. `messages` counts to MOST_COUNTED. The log is kept
    where it has real mail as well (`has_real_mail`). `has_bounced` says that addresses bounced, or
    that Mail Connector has put some on the suppression list."""

    client_id: str
    trace_client_id: str
    account: str
    from_address: str
    messages: int
    has_log: bool
    has_bounced: bool
    has_real_mail: bool

    def __bool__(self) -> bool:
        is_set_up = self.client_id or self.trace_client_id or self.account
        return bool(is_set_up or self.messages or self.has_log or self.has_bounced)


def found() -> Practice:
    row = EmailSettings.objects.current()
    account = row.account.address if row.account and _is_of_practice(row.account) else ""
    has_real_mail = _has_real_mail(row)
    is_practice = Connection.of(row.values()).cloud.is_practice
    is_of_practice = is_practice and not has_real_mail
    return Practice(
        client_id=row.client_id if _is_practice_application(row.values()) else "",
        trace_client_id=row.trace_client_id if _is_practice_trace(row.values()) else "",
        account=account,
        from_address=row.from_address if _is_beside(row.from_address, account) else "",
        messages=len(_messages().values_list("pk")[:MOST_COUNTED]),
        has_log=is_of_practice and Attempt.objects.exists(),
        has_bounced=is_of_practice and any(rows.exists() for rows in _bounced()),
        has_real_mail=has_real_mail,
    )


def is_left_over(values: SettingsValues, account: MicrosoftAccount | None) -> bool:
    """Say whether a real cloud would be used with what was made for practice."""
    if Connection.of(values).cloud.is_practice:
        return False
    return _is_of_practice(account) or _is_practice_application(values)


def leave(
    *,
    by: AbstractBaseUser,
    actor: Actor,
    deleted_keys: Collection[int],
    cleared_callbacks: Collection[int],
    deleted_clients: Collection[int] = (),
) -> None:
    """Take it all away, and the API keys, callback addresses and SMTP clients that are named.
    Messages that are being sent at this moment are left for another time. `actor` is named in the
    audit trail."""
    now, has_real_mail = timezone.now(), _has_real_mail(EmailSettings.objects.current())
    with transaction.atomic():
        _reset_settings(by)
        ApiKey.objects.filter(pk__in=cleared_callbacks).update(callback_url="", callback_secret="")
        _tell(actor, deleted_keys, cleared_callbacks, deleted_clients)
        ApiKey.objects.filter(pk__in=deleted_keys).delete()
        SmtpClient.objects.filter(pk__in=deleted_clients).delete()
        SmtpSettings.objects.changed()
    for rows in _rows(has_real_mail=has_real_mail):
        retention.delete_all(rows)
    ConnectionEvent.objects.create(kind=EventKind.SETTINGS_SAVED, at=now, who=by.get_username())


def _tell(
    by: Actor,
    deleted_keys: Collection[int],
    cleared: Collection[int],
    deleted_clients: Collection[int],
) -> None:
    """Record it, and each key and client of which something goes."""
    record(Act.PRACTICE_LEFT, by, Target.all_of(EmailSettings))
    keys = ApiKey.objects.filter(pk__in=deleted_keys)
    clients = SmtpClient.objects.filter(pk__in=deleted_clients)
    record_each(Act.DELETED, by, [Target.of(row) for row in (*keys, *clients)])
    for key in ApiKey.objects.filter(pk__in=cleared).exclude(pk__in=deleted_keys):
        record(Act.CHANGED, by, Target.of(key), fields=["Callback address"])


def _reset_settings(by: AbstractBaseUser) -> None:
    row = EmailSettings.objects.select_for_update(of=("self",)).select_related("account").get(pk=1)
    account = row.account if _is_of_practice(row.account) else None
    if account and _is_beside(row.from_address, account.address):
        row.from_address = ""
    cleared: dict[str, Any] = {}
    if _is_practice_application(row.values()):
        cleared |= _APPLICATION
    if _is_practice_trace(row.values()):
        cleared |= _TRACE
    for name, value in cleared.items():
        setattr(row, name, value)
    if account:
        row.use(None)
    row.version += 1
    row.saved_at, row.saved_by_id = timezone.now(), by.pk
    row.save()
    SignInDraft.objects.filter(account__cloud=EMULATOR).delete()
    MicrosoftAccount.objects.filter(cloud=EMULATOR).delete()


def _rows(*, has_real_mail: bool) -> list[QuerySet[Any]]:
    """Return what is deleted, in this order."""
    of_messages = Q(notification__cloud=EMULATOR)
    if has_real_mail:
        return [
            Callback.objects.filter(of_messages).order_by("pk"),
            Attempt.objects.filter(of_messages).order_by("at"),
            _messages(),
        ]
    return [
        Callback.objects.filter(of_messages).order_by("pk"),
        Attempt.objects.order_by("at"),
        ConnectionEvent.objects.order_by("at"),
        Tally.objects.order_by("start"),
        *_bounced(),
        _messages(),
    ]


def _bounced() -> list[QuerySet[Any]]:
    """Return what the connector keeps of addresses that bounced. What people put on the suppression
    list is theirs."""
    return [Bounce.objects.order_by("at"), Suppression.objects.filter(added_by="").order_by("pk")]


def _messages() -> QuerySet[Notification]:
    rows = Notification.objects.filter(cloud=EMULATOR).exclude(status=Status.SENDING)
    return rows.order_by("pk")


def _is_of_practice(account: MicrosoftAccount | None) -> bool:
    return account is not None and account.cloud == EMULATOR


def _is_practice_application(values: SettingsValues) -> bool:
    return bool(PRACTICE_IDS & {values.tenant_id, values.client_id})


def _is_practice_trace(values: SettingsValues) -> bool:
    return values.trace_client_id == PRACTICE_TRACE_CLIENT_ID


def _is_beside(address: str, account: str) -> bool:
    """Say whether the address is of the practice account's domain."""
    domain = account.rpartition("@")[2]
    return bool(address and domain) and bare_address(address).rpartition("@")[2] == domain


def _has_real_mail(row: EmailSettings) -> bool:
    return bool(row.values().last_cloud) or Notification.objects.exclude(cloud=EMULATOR).exists()
