"""What somebody sees who opens a page that is not for his role."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The frame with the sidebar stays, so that one can go on."""
    context = {**admin.site.each_context(request), "title": _("Not allowed")}
    return render(request, "forbidden.html", context, status=403)
