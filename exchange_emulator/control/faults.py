"""Hold the faults that a test asked for. docs/emulator.md lists their kinds and fields."""

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from exchange_emulator.control.checks import check_fields, is_aadsts
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.mail import errors
from exchange_emulator.mail.errors import MailError

When = Literal["before", "after"]


@dataclass
class Fault:
    """Describe one fault. `path` is a shell pattern, compared without case.

    `count` None lets the fault strike until it is deleted; `skip` lets that many
    matches pass first. `when` "after" answers only once the request was carried out.
    """

    kind: str = ""
    path: str = "*"
    method: str = ""
    mailbox: str = ""
    operation: str = ""
    client_id: str = ""
    count: int | None = None
    skip: int = 0
    probability: float = 1.0
    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    retry_after: str | float | None = None
    latency_ms: float = 0
    when: When = "before"
    drop: str = ""
    back_off_ms: int = 300_000
    code: int = 700082
    error_code: str = ""
    error_message: str = ""
    hits: int = 0

    def __post_init__(self) -> None:
        check_fields(vars(self))
        if self.drop:
            self.when = "after" if self.drop == "after" else "before"
        self.kind = self.kind or self._kind()
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of fault: {self.kind}; known: {', '.join(KINDS)}")
        if self.kind == "answer" and not self.status:
            raise ValueError("an answer needs a status")
        if self.kind == "error" and not self.error_code:
            raise ValueError("an error needs an error_code")
        if self.kind in OF_EWS and self.path == "*":
            self.path = "/ews/*"

    def _kind(self) -> str:
        """Return the kind that the other fields mean."""
        if self.drop:
            return "drop"
        if self.error_code:
            return "error"
        return "answer" if self.status else "latency"

    @property
    def aadsts(self) -> int:
        """Return the number of the Entra error that `error_code` names, or 0."""
        return int(self.error_code) if is_aadsts(self.error_code) else 0

    def hit(self) -> bool:
        """Say whether the fault strikes this time, and count the strike."""
        if self.skip:
            self.skip -= 1
            return False
        if self.count == 0 or random.random() >= self.probability:  # noqa: S311 - no secret
            return False
        if self.count is not None:
            self.count -= 1
        self.hits += 1
        return True

    def matches(self, method: str, path: str, *, mailbox: str, operation: str) -> bool:
        return (
            self.method.upper() in ("", method)
            and self.mailbox.lower() in ("", mailbox)
            and self.operation in ("", operation)
            and fnmatchcase(path.lower(), self.path.lower())
        )


# Only EWS gives answers of these shapes.
OF_EWS = ("server-busy", "server-busy-in-response", "ews-blocked")
# The first group strikes a request on its way; the others change the state of the world.
ON_THE_WAY = (
    "answer",
    "error",
    "drop",
    "latency",
    "throttled",
    *OF_EWS,
)
STANDING = ("mailbox-full", "mailbox-disabled", "secret-expired", "admin-consent-required")
AT_ONCE = ("token-revoked", "refresh-token-expired", "consent-withdrawn")
KINDS = (*ON_THE_WAY, *STANDING, *AT_ONCE)


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        # An expired refresh token is answered with this AADSTS number: 70008 or 700082.
        self.expiry_code = 700082

    def clear(self) -> None:
        self._faults.clear()
        self.expiry_code = 700082

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]

    def may_strike(self) -> bool:
        """Say whether a fault may need the EWS operation, which is in the body."""
        return any(fault.kind in ON_THE_WAY for fault in self._faults)

    def take(self, method: str, path: str, *, mailbox: str, operation: str = "") -> Fault | None:
        """Return the first fault that strikes this request."""
        for fault in self._faults:
            on_the_way = fault.kind in ON_THE_WAY
            if (
                on_the_way
                and fault.matches(method, path, mailbox=mailbox, operation=operation)
                and fault.hit()
            ):
                return fault
        return None

    def check_client(self, client_id: str) -> None:
        if self._strikes("secret-expired", lambda f: f.client_id in ("", client_id)):
            raise EntraError(7000222, client=client_id)

    def consent_is_for_administrators(self) -> bool:
        return self._strikes("admin-consent-required", lambda _: True)

    def check_mailbox(self, mailbox: str) -> None:
        """Raise ErrorQuotaExceeded for a full mailbox, in which not even a draft can be saved."""
        if self._strikes("mailbox-full", lambda f: f.mailbox.lower() in ("", mailbox)):
            raise errors.quota_exceeded()

    def check_enabled(self, mailbox: str) -> None:
        if self._strikes("mailbox-disabled", lambda f: f.mailbox.lower() in ("", mailbox)):
            raise mailbox_disabled()

    def _strikes(self, kind: str, applies: Callable[[Fault], bool]) -> bool:
        return any(f.kind == kind and applies(f) and f.hit() for f in self._faults)


def mailbox_disabled() -> MailError:
    return MailError(
        "MailboxNotEnabledForRESTAPI",
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        status=404,
    )
