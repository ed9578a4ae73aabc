"""The help: a chapter of the documentation a page, for everybody who is logged in."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailconnector.templatetags.frame import Step

from . import chapters


@require_safe
@login_required
def first(request: HttpRequest) -> HttpResponse:
    return redirect("help_chapter", next(iter(chapters.FILES)))


@require_safe
@login_required
def chapter(request: HttpRequest, name: str) -> HttpResponse:
    if name not in chapters.FILES:
        raise Http404
    shown = chapters.chapter(name)
    context = {
        **admin.site.each_context(request),
        "title": shown.title,
        "steps": [Step(_("Help"), reverse("help"))],
        "chapter": shown,
        "titles": chapters.titles(),
    }
    return render(request, "help.html", context)
