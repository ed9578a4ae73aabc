"""What is said at a field of the settings page before it does harm. Nothing is asked of
Microsoft."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.backends.microsoft.graph.sizes import mime_size
from notifications.counts import Counted
from notifications.mailbox.connection import Connection
from notifications.message.addresses import AddressError, parse_address
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.sealed.field import sealed_fields
from notifications.models.settings import MEGABYTE, Api, Service, SettingsValues
from notifications.queue import waiting

from .account import section
from .drafts import PageState

EWS_ENDS_ON = date(2027, 4, 1)
# What Exchange Online takes as a message, in bytes: by default, and where an administrator has
# raised it ("attachment: createUploadSession"). Files grow by a third on the way.
_LARGEST_BY_DEFAULT, _LARGEST = 35 * MEGABYTE, 150 * MEGABYTE


def context(state: PageState, shown: Connection, *, today: date) -> dict[str, Any]:
    """`shown` is what the values in the form would connect with."""
    lacking = section.lacking(state, shown)
    return {
        "from_warning": _of_from(state, shown.values),
        "limit_warning": of_limit(shown.values),
        "ews_warning": _of_ews(today=today),
        "api_warning": _of_permission(lacking, "Mail.Send", "EWS.AccessAsUser.All"),
        "delegation_warning": _of_permission(lacking, "Mail.Send.Shared"),
        "protection_warning": _of_permission(lacking, "Mail.ReadWrite"),
        "unreadable": _unreadable(state),
    }


def of_limit(shown: SettingsValues) -> str:
    """Warn where the limit lets through what cannot be sent."""
    limit = shown.attachment_limit
    if shown.api == Api.GRAPH and not shown.protection:
        if limit is None or mime_size((), [limit]) > settings.LARGEST_MIME:
            return _(
                "Without protection against duplicates a message must fit into one request to "
                "Microsoft Graph: about 2 megabytes of attachments. Larger messages are refused "
                "when they are queued."
            )
        return ""
    if limit is None:
        return ""
    if mime_size((), [limit]) > _LARGEST:
        return _("No mailbox accepts that much: a message can have 150 megabytes at most.")
    if mime_size((), [limit]) > _LARGEST_BY_DEFAULT:
        return _(
            "A mailbox accepts messages of 35 megabytes (about 25 of attachments) unless an "
            "administrator has raised its limit."
        )
    return ""


def of_switching_off(values: SettingsValues, state: PageState) -> str:
    """Ask before a Save keeps what waits from leaving, or ""."""
    before = Connection.of(state.settings.values())
    if values.service != Service.NONE or before.values.service == Service.NONE:
        return ""
    waits = waiting.read(before.cloud.key, now=timezone.now())
    due = ngettext(
        "%(n)s notification will stop leaving.",
        "%(n)s notifications will stop leaving.",
        waits.due,
    )
    scheduled = ngettext(
        "%(n)s scheduled notification will not leave at its time.",
        "%(n)s scheduled notifications will not leave at their time.",
        waits.scheduled,
    )
    kept = ((due, waits.due), (scheduled, waits.scheduled))
    told = [text % {"n": Counted(count)} for text, count in kept if count]
    return " ".join([*told, _("Click Save again to switch e-mail off.")]) if told else ""


def _of_permission(lacking: list[str], *names: str) -> str:
    if not set(names) & set(lacking):
        return ""
    return _("Your sign-in doesn't include this permission yet. Sign in again, then save.")


def _of_from(state: PageState, shown: SettingsValues) -> str:
    if shown.delegation or not shown.from_address or not state.account:
        return ""
    try:
        other = not parse_address(shown.from_address).same_mailbox(state.account.address)
    except AddressError:
        return ""
    if not other:
        return ""
    return _(
        "Without 'From' address delegation, all mail is sent from %(account)s. An alias of the "
        "account works only if the tenant allows sending from aliases."
    ) % {"account": state.account.address}


def _of_ews(*, today: date) -> str:
    if today >= EWS_ENDS_ON:
        return _(
            "Exchange Web Services in Exchange Online has ended: Microsoft switched it off on "
            "1 April 2027. Choose MS Graph."
        )
    return _(
        "Most tenants have EWS blocked since October 2026; it works only if yours allows this "
        "application (its client ID), and ends on 1 April 2027."
    )


def _unreadable(state: PageState) -> list[str]:
    """Secrets whose encryption key this installation does not have."""
    holders: list[tuple[type[Model], Any]] = [(EmailSettings, state.stored)]
    if state.account:
        holders.append((MicrosoftAccount, state.account))
    return [
        str(field.verbose_name)
        for model, holder in holders
        for field in sealed_fields(model)
        if not field.is_readable(holder)
    ]
