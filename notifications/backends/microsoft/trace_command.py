"""How an administrator asks Exchange what became of a message. Pure.

"Get-MessageTraceV2" (learn.microsoft.com): it knows 90 days and answers for at most 10 of them
at a time; without dates for the last 48 hours. The Message-ID goes with its angle brackets.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifications.message.addresses import AddressError, parse_address

KEPT = timedelta(days=90)
# A day before and two after: dates without a time are read in the administrator's time zone,
# and delivery may take a day.
_BEFORE, _AFTER = timedelta(days=1), timedelta(days=2)


def message_trace(message_id: str, *, senders: Iterable[str], at: datetime) -> str:
    """The PowerShell line. `senders` as people write them; Exchange may have taken any of
    them for the sender."""
    addresses = dict.fromkeys(_address(sender) for sender in senders if sender)
    return (
        f"Get-MessageTraceV2 -MessageId {_quoted(message_id)} "
        f"-SenderAddress {','.join(map(_quoted, addresses))} "
        f"-StartDate {at - _BEFORE:%Y-%m-%d} -EndDate {at + _AFTER:%Y-%m-%d}"
    )


def _address(text: str) -> str:
    try:
        return parse_address(text).address.lower()
    except AddressError:
        return text


def _quoted(text: str) -> str:
    """PowerShell ends a text in single quotes at any of Unicode's single quotes."""
    for quote in "'\u2018\u2019\u201a\u201b":
        text = text.replace(quote, quote * 2)
    return f"'{text}'"
