"""A sign-in that is refused: the audit trail and an alarm are told, and a page says why."""

import logging

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from notifications.backends.errors import line
from people import acts
from people.microsoft import application
from people.microsoft.refusals import WORDS, Refused

logger = logging.getLogger(__name__)
_LONGEST = 500


def refuse(
    request: HttpRequest, refused: Refused, *, because: BaseException | None = None
) -> HttpResponse:
    """Answer with the page. The log has `because` whole, so it is of no error that quotes an answer
    with tokens."""
    application.note_refusal(refused)
    acts.tell_refusal(request, refused.reason)
    if because is not None:
        logger.warning("A sign-in with Microsoft was refused: %s", refused.reason, exc_info=because)
    return _page(request, refused)


def _page(request: HttpRequest, refused: Refused) -> HttpResponse:
    text, what_to_do = WORDS[refused.reason]
    context = {
        **admin.site.each_context(request),
        "title": _("Not signed in"),
        "text": text,
        "what_to_do": what_to_do,
        "detail": line(refused.detail, _LONGEST),
        "reason": refused.reason,
    }
    return render(request, "people/refused.html", context, status=403)
