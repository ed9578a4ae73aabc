"""What a person may hand on: nobody gives, or takes over, rights that he does not have."""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet


def rights_of(user: Any) -> QuerySet[Permission]:
    """Of a user, whether active or not: one that is not can be made so."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=user) | Q(group__user=user)).distinct()


def may_manage(actor: Any, user: Any) -> bool:
    """Whoever can set somebody's password can be that person."""
    if actor.is_superuser:
        return True
    return not user.is_superuser and not _beyond(rights_of(user), actor).exists()


def may_manage_group(actor: Any, group: Group) -> bool:
    return bool(actor.is_superuser) or not _beyond(group.permissions.all(), actor).exists()


def grantable_permissions(actor: Any) -> QuerySet[Permission]:
    return Permission.objects.filter(pk__in=rights_of(actor).values("pk"))


def grantable_groups(actor: Any) -> QuerySet[Group]:
    """The groups whose every right the actor has."""
    if actor.is_superuser:
        return Group.objects.all()
    beyond = Permission.objects.exclude(pk__in=rights_of(actor).values("pk"))
    return Group.objects.exclude(permissions__in=beyond)


def _beyond(permissions: QuerySet[Permission], actor: Any) -> QuerySet[Permission]:
    return permissions.exclude(pk__in=rights_of(actor).values("pk"))


def is_self(actor: Any, user: User | None) -> bool:
    return user is not None and user.pk == actor.pk
