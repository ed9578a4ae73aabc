"""The pages that say what happened and what to do when a page cannot be shown.

They need no database and no session, so that they can report an error of either; only the page for
a person who lacks permission shows the sidebar.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        404,
        title=_("This page does not exist"),
        text=_("The item may have been deleted, or the address is wrong."),
        what_to_do=_("Start again from the dashboard."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this person's role lacks the permission; the sidebar shows where they can go."""
    context = {**admin.site.each_context(request), "title": _("Permission required")}
    return render(request, "forbidden.html", context, status=403)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form's token does not match the browser's cookie (CSRF_FAILURE_VIEW)."""
    return _page(
        403,
        title=_("The form was not accepted"),
        text=_("You may have logged in again since you opened it. Nothing was changed."),
        what_to_do=_(
            "Go back, reload the page and submit the form again. The browser must accept "
            "cookies from this site. If it happens every time, the address you use differs "
            "from MAILCONNECTOR_PUBLIC_URL: contact an administrator."
        ),
        detail=reason,
    )


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(exception, DisallowedHost):
        return _page(
            400,
            title=_("Wrong address"),
            text=_("This site isn't available at the address that the browser used."),
            what_to_do=_(
                "Use the address that your administrator gave you. It is the one set in "
                "MAILCONNECTOR_PUBLIC_URL; a proxy must pass the Host header unchanged."
            ),
        )
    return unreadable(400)


def too_large(limit: int) -> HttpResponse:
    return _page(
        413,
        title=_("Too large"),
        text=_("A form can have up to %(limit)s, including its files. Nothing was changed.")
        % {"limit": filesizeformat(limit)},
        what_to_do=_("Go back, shorten the text or choose smaller files, and try again."),
    )


def unreadable(status: int) -> HttpResponse:
    return _page(
        status,
        title=_("The request couldn't be read"),
        text=_("The browser sent something that is not allowed here. Nothing was changed."),
        what_to_do=_("Go back, reload the page and try again."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        500,
        title=_("Something went wrong"),
        text=_("This isn't your fault. The queue is safe: no notification is lost."),
        what_to_do=_(
            "Try again in a minute. If the problem persists, an administrator can find the "
            "cause in the web server's log at the time below, and run manage.py doctor to see "
            "what isn't running."
        ),
        shows_time=True,
    )


def _page(status: int, **context: Any) -> HttpResponse:
    # The request is left out: it would run the context processors, which need the database.
    html = render_to_string("error.html", {"status": status, **context})
    return HttpResponse(html, status=status)
