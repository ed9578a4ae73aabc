"""Nobody takes the rights of the last administrator, and nobody their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

# Whoever has these can give everybody else their rights, and set up everything else.
_NEEDED = (("auth", "change_user"), ("notifications", "change_emailsettings"))


class Lockout(Exception):  # noqa: N818 - reads as what would happen
    """str() says it to the person who has tried."""


def administrators() -> QuerySet[User]:
    """Return those who can log in and may do what only administrators may."""
    found = User.objects.filter(is_active=True)
    for app, codename in _NEEDED:
        right = Permission.objects.filter(content_type__app_label=app, codename=codename)
        has = User.objects.filter(Q(user_permissions__in=right) | Q(groups__permissions__in=right))
        found = found.filter(Q(is_superuser=True) | Q(pk__in=has.values("pk")))
    return found


@contextmanager
def guarded(actor: Any) -> Iterator[None]:
    """Undo what the block has done if it leaves no administrator, or the actor without their own
    right to change users. Two who would each leave the other one wait for each other. Raises
    Lockout."""
    could = actor.has_perm("auth.change_user")
    with transaction.atomic():
        had_any = bool(administrators().order_by("pk").select_for_update().values_list("pk"))
        yield
        if had_any and not administrators().exists():
            raise Lockout(_("Nobody would be an administrator any more. Nothing was changed."))
        if could and not _can_still(actor):
            raise Lockout(
                _("You would lose your own rights. Ask another administrator. Nothing was changed.")
            )


def _can_still(actor: Any) -> bool:
    now = User.objects.filter(pk=actor.pk).first()
    return now is not None and now.has_perm("auth.change_user")


class NeverLocksOut:
    """A ModelAdmin of users or groups, all of whose changes are guarded."""

    def changeform_view(self, request: HttpRequest, *place: Any, **more: Any) -> HttpResponse:
        return _answer(request, super().changeform_view, *place, **more)  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, *place: Any, **more: Any) -> HttpResponse:
        return _answer(request, super().delete_view, *place, **more)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, *place: Any, **more: Any) -> HttpResponse:
        return _answer(request, super().changelist_view, *place, **more)  # type: ignore[misc]


def _answer(
    request: HttpRequest, view: Callable[..., HttpResponse], *place: Any, **more: Any
) -> HttpResponse:
    if request.method != "POST":
        return view(request, *place, **more)
    try:
        with guarded(request.user):
            return view(request, *place, **more)
    except Lockout as lockout:
        # What was done is undone, and so is what the page has said of it.
        list(messages.get_messages(request))
        messages.error(request, str(lockout))
        return redirect(request.get_full_path())
