"""What a delivery report says. Plain values; all texts are one line and come from strangers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LONGEST_ADDRESS = 320  # as the columns have it; RFC 5321 has 254


class Action(StrEnum):
    """The values of the field Action (RFC 3464 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class ReportedRecipient:
    """One recipient's block. `addresses` are in lower case, as long as the columns allow at most:
    first the one that the sender wrote, where the report names it. `code` is an enhanced status
    code such as 5.1.10, or "". `text` is the server's own words; `server` is the host that said
    them, in lower case, or "" where the report names none beside its own."""

    addresses: tuple[str, ...]
    action: Action
    code: str = ""
    text: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`message_ids` are those that the report may be about, the most certain first, each with its
    angle brackets. `server` is the host that made the report, in lower case. `is_internal` says
    that Exchange marked it as made inside the organisation: the mark alone, which its readers
    have to judge together with `server`."""

    message_ids: tuple[str, ...]
    recipients: tuple[ReportedRecipient, ...]
    server: str = ""
    is_internal: bool = False
    own_id: str = ""
    sent_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = field(default=())
