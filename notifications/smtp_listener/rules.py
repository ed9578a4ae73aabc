"""Who may hand in what: the rules for senders and recipients. Pure but for what a client's row
says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from notifications.message.addresses import Address, AddressError, parse_address
from notifications.message.raw.header import Field, comparable, first, mailboxes, named
from notifications.models.smtp.client import HeaderOnly, Recipients, SmtpClient, WrongFrom, entries

from . import answers
from .answers import Refused

# Some servers take what stands before these for a name, and what stands behind for a domain.
_DETOUR = re.compile("[%!]")


@dataclass(frozen=True, slots=True)
class Author:
    """`from_address` is what the message asks to be sent from ("" = the default), `reply_to` who
    gets the answers instead of somebody who may not be the sender."""

    from_address: str = ""
    reply_to: str = ""


def recipient(client: SmtpClient, text: str, *, our_domains: Sequence[str]) -> Address:
    """Return a recipient of the envelope. Raises Refused."""
    if not text.isprintable():
        raise Refused(answers.BAD_RECIPIENT)
    try:
        address = Address(parse_address(text).address)
    except AddressError as error:
        raise Refused(answers.BAD_RECIPIENT) from error
    if client.allowed_recipients == Recipients.DOMAINS:
        allowed = [entry.lstrip("@") for entry in entries(client.domains)] or our_domains
        local, _at, domain = address.address.rpartition("@")
        is_ours = domain.casefold() in map(str.casefold, allowed)
        if not is_ours or _DETOUR.search(local):
            raise Refused(answers.RECIPIENT_NOT_ALLOWED, address.address)
    return address


def author(
    client: SmtpClient, fields: Sequence[Field], *, mail_from: str, defaults: Sequence[str]
) -> Author:
    """Decide whom the message is from. `defaults` are the addresses that mail leaves from without
    any wish. Raises Refused."""
    wanted = _named_sender(fields, mail_from)
    if wanted is None:
        if not mail_from:
            raise Refused(answers.SENDER_NOT_ALLOWED, "no sender")
        return _not_allowed(client, mail_from, None)
    everybody = named(first(fields, "From")) or {comparable(wanted.address)}
    if all(_is_allowed(client, each, defaults) for each in everybody):
        return Author(from_address=str(wanted))
    return _not_allowed(client, str(wanted), wanted)


def check_header_names(client: SmtpClient, others: set[str]) -> None:
    """`others` are named in the header and not in the envelope."""
    if others and client.header_only == HeaderOnly.REFUSE:
        raise Refused(answers.HEADER_NAMES_OTHERS, ", ".join(sorted(others)[:10]))


def named_only(fields: Sequence[Field], recipients: Sequence[Address]) -> set[str]:
    """Return those whom To and Cc name and who are no recipients."""
    known = {comparable(each.address) for each in recipients}
    values = [field.value for field in fields if field.is_one_of(("to", "cc"))]
    return {each for value in values for each in named(value) if "@" in each} - known


def _named_sender(fields: Sequence[Field], mail_from: str) -> Address | None:
    """The sender by the header, or by the envelope where the header names none."""
    if found := mailboxes(first(fields, "From")):
        return found[0]
    try:
        return parse_address(mail_from) if mail_from else None
    except AddressError:
        return None


def _not_allowed(client: SmtpClient, text: str, wanted: Address | None) -> Author:
    if client.wrong_from == WrongFrom.REFUSE:
        raise Refused(answers.SENDER_NOT_ALLOWED, text)
    return Author(reply_to=str(wanted) if wanted else "")


def _is_allowed(client: SmtpClient, address: str, defaults: Sequence[str]) -> bool:
    allowed = entries(client.allowed_from)
    if not allowed:
        return address in map(comparable, defaults)
    domain = "@" + address.rpartition("@")[2]
    return any(
        domain == entry.casefold() if entry.startswith("@") else address == comparable(entry)
        for entry in allowed
    )
