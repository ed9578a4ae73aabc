"""What may enter the queue with an API key."""

from django.utils import timezone

from notifications.errors import DayLimitReached, FromNotAllowed
from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _
from notifications.message.addresses import parse_address
from notifications.models import ApiKey
from notifications.models.api_keys.limits import allows_from


def check_from(key: ApiKey, named: str) -> None:
    """Check the From that the message names; "" is the default sender, which all may use. Raises
    FromNotAllowed."""
    if not named or not key.allowed_from:
        return
    address = parse_address(named).address
    if not allows_from(key.allowed_from, address):
        text = _("The key “%(key)s” may not send from %(address)s.")
        raise FromNotAllowed(Sentence(text, key=key.name, address=address))


def count_message(key: ApiKey) -> None:
    """Count it, in the transaction that queues it. Raises DayLimitReached."""
    if key.messages_a_day and not ApiKey.objects.count_message(key.pk, now=timezone.now()):
        text = _(
            "The key “%(key)s” may queue %(most)d messages per day. The next day begins at "
            "midnight UTC."
        )
        raise DayLimitReached(Sentence(text, key=key.name, most=key.messages_a_day))
