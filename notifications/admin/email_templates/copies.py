"""A new E-mail Notification that begins as a copy of another: `add/?copy=17`. Nothing is saved
before Save."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from notifications.models import EmailTemplate
from notifications.models.rows import row_number
from notifications.models.template import ADDRESS_FIELDS, OPTION_FIELDS
from notifications.models.variants import TEXT_FIELDS

from . import kept_files
from .draft import texts_of

_LONGEST_NAME = 100


def source(request: HttpRequest) -> EmailTemplate | None:
    """Return the template that the page copies; None if it copies none."""
    number = row_number(request.GET.get("copy", ""))
    if number is None or not request.user.has_perm("notifications.view_emailtemplate"):
        return None
    return EmailTemplate.objects.select_related("layout").filter(pk=number).first()


def initial(request: HttpRequest) -> dict[str, Any]:
    """Return the values of the form's fields."""
    copied = source(request)
    if copied is None:
        return {}
    names = (*OPTION_FIELDS, *ADDRESS_FIELDS, *TEXT_FIELDS)
    values = {name: getattr(copied, name) for name in names} | texts_of(copied)
    return values | {"name": _free_name(copied.name), "layout": copied.layout_id}


def files(request: HttpRequest) -> list[dict[str, str]]:
    """Return the rows of the form's attachments."""
    copied = source(request)
    if copied is None:
        return []
    return [
        {"kept": kept_files.note_of(request, file), "content_id": file.content_id}
        for file in copied.files.all()
    ]


def _free_name(name: str) -> str:
    copy = _("%(name)s (copy)") % {"name": name[: _LONGEST_NAME - 15]}
    taken = set(
        EmailTemplate.objects.filter(name__startswith=copy[:-1]).values_list("name", flat=True)
    )
    number = 2
    free = copy
    while free in taken:
        free = f"{copy} {number}"
        number += 1
    return free[:_LONGEST_NAME]
