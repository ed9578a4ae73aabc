"""Recipients on the suppression list: nothing is queued for them, and the log says so."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import caches
from django.utils import timezone

from notifications.errors import SuppressedRecipients
from notifications.i18n import Sentence, storable
from notifications.i18n import gettext_noop as _
from notifications.log import entries
from notifications.message.addresses import bare_address
from notifications.models import Notification, Suppression
from notifications.models.delivery.options import SuppressionPolicy
from notifications.models.status import Status

from .admission import Rules

CODE = "SuppressedRecipients"
_REMEMBERED = 60  # seconds
_IS_USED = "suppression_list_is_used"
_REFUSED = storable(
    _("The notification was not added to the queue. On the suppression list: %(addresses)s.")
)
_HELD = storable(_("Held. On the suppression list: %(addresses)s. Send now sends it all the same."))
_LEFT_OUT = storable(
    _("Left out. On the suppression list: %(addresses)s. The others get the message.")
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The recipients that were taken out of a row, as they were written."""

    addresses: list[str]

    @property
    def text(self) -> str:
        return str(Sentence(_LEFT_OUT, addresses=", ".join(self.addresses)))


def leave_out(row: Notification, rules: Rules) -> LeftOut | None:
    """Take the recipients on the list out of a row that is not saved. Where nobody would be left,
    the row is held for a person, or SuppressedRecipients is raised, as the settings say."""
    listed = listed_of(row.recipients)
    if not listed:
        return None
    left_out = [each for each in row.recipients if bare_address(each).lower() in listed]
    shown = ", ".join(left_out)
    if len(left_out) < len(row.recipients):
        row.to, row.cc, row.bcc = (_without(each, listed) for each in (row.to, row.cc, row.bcc))
        return LeftOut(left_out)
    if rules.values.suppression_policy == SuppressionPolicy.REFUSE:
        raise SuppressedRecipients(Sentence(_REFUSED, addresses=shown))
    row.status, row.error = Status.FAILED, str(Sentence(_HELD, addresses=shown))
    return None


def listed_of(recipients: Iterable[str]) -> set[str]:
    """Return the bare addresses on the list, in lower case, of recipients as they are written."""
    if not is_list_used():
        return set()
    return Suppression.objects.of(map(bare_address, recipients), now=timezone.now())


def log_left_out(row: Notification, left_out: LeftOut, *, account: str) -> None:
    """Keep in the log, in the caller's transaction, who does not get a queued message."""
    now = timezone.now()
    entry = entries.refusal(row, error=left_out.text, code=CODE, account=account, now=now)
    entry.recipients, entry.recipient_count = ", ".join(left_out.addresses), len(left_out.addresses)
    entry.notification, entry.message_id = row, row.message_id
    entry.save()


def is_list_used() -> bool:
    """Say whether anybody is on the list. It is remembered for a minute, because most
    installations have nobody there and a message is queued by one query."""
    return bool(caches["process"].get_or_set(_IS_USED, Suppression.objects.exists, _REMEMBERED))


def forget_remembered() -> None:
    """Look anew: somebody was added."""
    caches["process"].delete(_IS_USED)


def _without(addresses: Iterable[str], listed: set[str]) -> list[str]:
    return [each for each in addresses if bare_address(each).lower() not in listed]
