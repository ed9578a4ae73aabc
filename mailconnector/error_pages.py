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
        text=_("What it showed may have been deleted, or the address is mistyped."),
        what_to_do=_("Look for it from the dashboard."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this person's role lacks the permission; the sidebar shows where they can go."""
    context = {**admin.site.each_context(request), "title": _("Not allowed")}
    return render(request, "forbidden.html", context, status=403)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form's token does not match the browser's cookie (CSRF_FAILURE_VIEW)."""
    return _page(
        403,
        title=_("The form was not accepted"),
        text=_("You may have logged in again since it was opened. Nothing was changed."),
        what_to_do=_(
            "Go back, load the page again and send the form once more. The browser has to accept "
            "cookies of this site. If it happens each time, the address that you use differs from "
            "MAILCONNECTOR_PUBLIC_URL: tell an administrator."
        ),
        detail=reason,
    )


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(exception, DisallowedHost):
        return _page(
            400,
            title=_("This site has another address"),
            text=_("It is not reached by the address that the browser asked for."),
            what_to_do=_(
                "Use the address that an administrator gave you. It is the one in "
                "MAILCONNECTOR_PUBLIC_URL; a proxy has to pass on the header Host as it is."
            ),
        )
    return unreadable(400)


def too_large(limit: int) -> HttpResponse:
    return _page(
        413,
        title=_("That was too large"),
        text=_("A form may send %(limit)s here, with its files. Nothing was changed.")
        % {"limit": filesizeformat(limit)},
        what_to_do=_("Go back, shorten the texts or choose smaller files, and try again."),
    )


def unreadable(status: int) -> HttpResponse:
    return _page(
        status,
        title=_("The request could not be read"),
        text=_("The browser sent something that is not allowed here. Nothing was changed."),
        what_to_do=_("Go back, load the page again and try once more."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        500,
        title=_("Something went wrong here"),
        text=_("It is no mistake of yours. The queue is kept: no notification is lost by this."),
        what_to_do=_(
            "Try again in a minute. If it stays, an administrator finds the reason in the web "
            "server's log at the time below, and what is not running by manage.py doctor."
        ),
        shows_time=True,
    )


def _page(status: int, **context: Any) -> HttpResponse:
    # The request is left out: it would run the context processors, which need the database.
    html = render_to_string("error.html", {"status": status, **context})
    return HttpResponse(html, status=status)
