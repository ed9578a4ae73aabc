"""Decide what becomes of a message for each recipient; a test or a person at practice says so.

A rule is a pattern of addresses. Practice has rules of its own for the domain bounce.example,
which real mail never has.
"""

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

STATUSES = (
    "gettingStatus",
    "pending",
    "failed",
    "delivered",
    "expanded",
    "quarantined",
    "filteredAsSpam",
    "recalled",
)
HOUR = 3600.0
_LONGEST = 400 * 24 * HOUR


@dataclass
class Fate:
    """Say that after `after` seconds a message to `address`, a shell pattern, gets `status`.

    `report` lets a report come into the sender's Inbox with it; `internal` says whether it is
    marked as made inside the tenant.
    """

    address: str
    status: str = "delivered"
    code: str = ""
    text: str = ""
    after: float = 0
    report: bool = False
    internal: bool = True
    language: str = "en"
    server: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"no such status: {self.status}; known: {', '.join(STATUSES)}")
        for name in ("address", "code", "text", "language", "server"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"{name} is not a text")  # noqa: TRY004 - a bad value here
        after = self.after
        is_number = isinstance(after, int | float) and not isinstance(after, bool)
        if not is_number or not 0 <= after <= _LONGEST:
            raise ValueError("after is not a number of seconds")

    def matches(self, address: str) -> bool:
        return fnmatchcase(address.lower(), self.address.lower())


_NOT_FOUND = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
PRACTICE = (
    Fate("nobody@bounce.example", "failed", "5.1.10", _NOT_FOUND, report=True),
    Fate("full@bounce.example", "failed", "5.2.2", "552 5.2.2 mailbox full", report=True),
    Fate("quarantine@bounce.example", "quarantined"),
    Fate("spam@bounce.example", "filteredAsSpam"),
    Fate("group@bounce.example", "expanded"),
    Fate("late@bounce.example", after=3 * HOUR),
)


class Fates:
    def __init__(self) -> None:
        self._fates: list[Fate] = []

    def clear(self) -> None:
        self._fates.clear()

    def add(self, fate: Fate) -> None:
        self._fates.insert(0, fate)

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(each) for each in (*self._fates, *PRACTICE)]

    def of(self, address: str) -> Fate:
        """Return the first that matches; anything else is delivered at once."""
        for fate in (*self._fates, *PRACTICE):
            if fate.matches(address):
                return fate
        return Fate("*")
