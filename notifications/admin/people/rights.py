"""Rights that people may hand on: they neither give nor take over rights that they lack."""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet


def rights_of(user: Any) -> QuerySet[Permission]:
    """Return the rights of a user, even of an inactive one, who can be made active."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=user) | Q(group__user=user)).distinct()


def may_manage(actor: Any, user: Any) -> bool:
    """Tell whether a person may change a user: whoever can set a password can be that user."""
    if actor.is_superuser:
        return True
    return not user.is_superuser and not _beyond(rights_of(user), actor).exists()


def may_manage_group(actor: Any, group: Group) -> bool:
    return bool(actor.is_superuser) or not _beyond(group.permissions.all(), actor).exists()


def grantable_permissions(actor: Any) -> QuerySet[Permission]:
    return Permission.objects.filter(pk__in=rights_of(actor).values("pk"))


def grantable_groups(actor: Any) -> QuerySet[Group]:
    """Return the groups whose every right the actor has."""
    if actor.is_superuser:
        return Group.objects.all()
    beyond = Permission.objects.exclude(pk__in=rights_of(actor).values("pk"))
    return Group.objects.exclude(permissions__in=beyond)


def _beyond(permissions: QuerySet[Permission], actor: Any) -> QuerySet[Permission]:
    return permissions.exclude(pk__in=rights_of(actor).values("pk"))


def is_self(actor: Any, user: User | None) -> bool:
    return user is not None and user.pk == actor.pk
