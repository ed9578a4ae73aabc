"""The command by which an administrator asks Exchange what became of a message. Pure.

Source: "Get-MessageTraceV2" (learn.microsoft.com). It knows 90 days and answers for at most 10 days
at a time, without dates for the last 48 hours. It wants the Message-ID's angle brackets.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifications.backends.powershell import quoted
from notifications.message.addresses import bare_address

KEPT = timedelta(days=90)
# The command asks for a day before and two after, because dates without a time are read in the
# administrator's time zone, and delivery may take a day.
_BEFORE, _AFTER = timedelta(days=1), timedelta(days=2)


def message_trace(message_id: str, *, senders: Iterable[str], at: datetime) -> str:
    """Return the PowerShell line. `senders` are written as people write them; Exchange may have
    taken any of them for the sender."""
    addresses = dict.fromkeys(bare_address(sender).lower() for sender in senders if sender)
    return (
        f"Get-MessageTraceV2 -MessageId {quoted(message_id)} "
        f"-SenderAddress {','.join(map(quoted, addresses))} "
        f"-StartDate {at - _BEFORE:%Y-%m-%d} -EndDate {at + _AFTER:%Y-%m-%d}"
    )
