"""Decide who may write whose name under a message.

"Send Outlook messages from another user": Exchange compares the From with its
permissions on that mailbox and sets the Sender itself.
"""

from exchange_emulator.directory import User
from exchange_emulator.mail import errors
from exchange_emulator.mime.headers import Address
from exchange_emulator.world import World


def resolve(
    world: World, account: User, asked: Address | None, *, may_send_for_others: bool
) -> tuple[Address, Address]:
    """Return (From, Sender) of what `account` submits; raise ErrorSendAsDenied.

    `may_send_for_others` says that the token has Mail.Send.Shared, or is one for EWS.
    """
    own = (account.name, account.address)
    if asked is None:
        return own, own
    name, address = asked
    # Graph repeats the address where no name was given.
    name = "" if name == address else name
    principal = world.directory.user(address)
    if principal is account:
        shown = (name or account.name, _own_address(world, account, address.lower()))
        return shown, shown
    if principal is None or not may_send_for_others:
        raise errors.send_as_denied()
    author = (name or principal.name, principal.address)
    if account.address in principal.send_as:
        return author, author
    if account.address in principal.send_on_behalf:
        return author, own
    raise errors.send_as_denied()


def _own_address(world: World, account: User, address: str) -> str:
    """Keep an alias only in a tenant that allows it (SendFromAliasEnabled)."""
    tenant = world.directory.tenant(account.tenant_id)
    return address if tenant and tenant.send_from_alias else account.address
