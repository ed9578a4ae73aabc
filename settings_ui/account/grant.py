"""How an administrator of Exchange grants the account another From address: ready commands."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.message.addresses import AddressError, parse_address
from notifications.models import MicrosoftAccount

_SEND_ON_BEHALF, _SEND_AS = "Set-Mailbox", "Add-RecipientPermission"


@dataclass(frozen=True, slots=True)
class Grant:
    """`pattern` still has the place of the From address, which the browser fills in as it is
    typed."""

    code: str
    label: str
    command: str
    pattern: str


def grants(from_address: str, *, account: MicrosoftAccount | None) -> list[Grant]:
    """Return both ways to grant it. A place stays open where no address is known for it."""
    address = account.address if account else ""
    wanted = _other_mailbox(from_address, than=address)
    labels = {_SEND_ON_BEHALF: _("Send on Behalf"), _SEND_AS: _("Send As")}
    return [
        Grant(
            code=cmdlet.partition("-")[0].lower(),
            label=label,
            command=command(cmdlet, from_=wanted, account=address),
            pattern=command(cmdlet, from_="", account=address),
        )
        for cmdlet, label in labels.items()
    ]


def send_as(from_: str, *, account: str) -> str:
    return command(_SEND_AS, from_=from_, account=account)


def command(cmdlet: str, *, from_: str, account: str) -> str:
    """Return the line of the explanation that a refused From address gets: they are the same."""
    denied = explain(Answer(code="ErrorSendAsDenied"), from_=from_, account=account)
    return next(line for line in denied.what_to_do.splitlines() if line.startswith(cmdlet))


def _other_mailbox(text: str, *, than: str) -> str:
    """Return the bare address, or "" where nothing has to be granted for it."""
    try:
        found = parse_address(text) if text else None
    except AddressError:
        return ""
    return found.address if found and not found.same_mailbox(than) else ""
