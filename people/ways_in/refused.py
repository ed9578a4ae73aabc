"""The page that says why a sign-in was refused."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from people.microsoft.refusals import WORDS, Refused

_LONGEST = 500


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    text, what_to_do = WORDS[refused.reason]
    context = {
        **admin.site.each_context(request),
        "title": _("Not signed in"),
        "text": text,
        "what_to_do": what_to_do,
        "detail": "".join(each for each in refused.detail if each.isprintable())[:_LONGEST],
        "reason": refused.reason,
    }
    return render(request, "people/refused.html", context, status=403)
