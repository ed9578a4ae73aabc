"""The users that belong to identities: their roles are what Entra says at every sign-in."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, User
from django.db import transaction

from notifications.audit.record import CONNECTOR, Target, record
from notifications.models.audit.act import Act
from people.models import Session

from .identity import Identity

_NAME_LENGTH = 150


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
    user.first_name, user.last_name = first, last
    user.email = identity.address if "@" in identity.address else ""
    user.is_staff = True
    written = ["first_name", "last_name", "email", "is_staff"]
    if user.has_usable_password():
        user.set_unusable_password()  # somebody has set one: it counts for nothing
        written.append("password")
    with transaction.atomic():
        user.save(update_fields=written)
        _give(user, identity.roles)


def shut_out(user: User) -> None:
    """Take all rights from somebody without a role, and end their sessions."""
    with transaction.atomic():
        _give(user, [])
        Session.objects.filter(user=user).delete()


def _give(user: User, roles: Iterable[str]) -> None:
    """Give these groups and nothing else, and record what has changed."""
    former = _rights_of(user)
    User.objects.filter(pk=user.pk, is_superuser=True).update(is_superuser=False)
    user.is_superuser = False
    user.groups.set(Group.objects.filter(name__in=list(roles)))
    user.user_permissions.clear()
    if (now := _rights_of(user)) != former:
        record(Act.CHANGED, CONNECTOR, Target.of(user), role=[former, now])


def _rights_of(user: User) -> str:
    """Say what they may, as the database has it: superuser, groups and single rights."""
    is_superuser = User.objects.filter(pk=user.pk, is_superuser=True).exists()
    single = user.user_permissions.order_by("content_type__app_label", "codename")
    return ", ".join(
        [
            *(["superuser"] if is_superuser else []),
            *user.groups.order_by("name").values_list("name", flat=True),
            *map(".".join, single.values_list("content_type__app_label", "codename")),
        ]
    )
