"""The users that belong to identities: their roles are what Entra says at every sign-in."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, User
from django.db import transaction

from notifications.audit.record import CONNECTOR, Target, record
from notifications.models.audit.act import Act
from people.models import Session

from .identity import Identity

_NAME_LENGTH = 150
_ADDRESS_LENGTH = 254


def free_username(address: str) -> str:
    """Return the address, or one like it if somebody is called so: a password user stays who they
    are."""
    allowed = "".join(each for each in address if each.isalnum() or each in "@.+-_")
    wanted = allowed[: _NAME_LENGTH - 4] or "microsoft"
    taken = set(User.objects.filter(username__startswith=wanted).values_list("username", flat=True))
    names = (wanted, *(f"{wanted}-{n}" for n in range(2, 1000)))
    return next(name for name in names if name not in taken)


def apply(user: User, identity: Identity) -> None:
    """Give somebody the name and the roles of their identity, and no other rights. What else their
    row has is not written: it may have changed since the user was read."""
    first, _space, last = identity.name.partition(" ")
    user.first_name, user.last_name = first[:_NAME_LENGTH], last[:_NAME_LENGTH]
    user.email = identity.address[:_ADDRESS_LENGTH] if "@" in identity.address else ""
    user.is_staff, user.is_superuser = True, False
    written = ["first_name", "last_name", "email", "is_staff", "is_superuser"]
    if user.has_usable_password():
        user.set_unusable_password()  # somebody has set one: it counts for nothing
        written.append("password")
    with transaction.atomic():
        user.save(update_fields=written)
        _give(user, identity.roles)


def shut_out(user: User) -> None:
    """Take all rights from somebody without a role, and end their sessions."""
    _give(user, [])
    Session.objects.filter(user=user).delete()


def _give(user: User, roles: Iterable[str]) -> None:
    """Give these groups and nothing else, and record what has changed."""
    former = _names(user)
    user.groups.set(Group.objects.filter(name__in=list(roles)))
    user.user_permissions.clear()
    if (now := _names(user)) != former:
        record(Act.CHANGED, CONNECTOR, Target.of(user), role=[former, now])


def _names(user: User) -> str:
    return ", ".join(user.groups.order_by("name").values_list("name", flat=True))
