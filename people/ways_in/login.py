"""The login page."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mailconnector import login as limits
from people.microsoft.form_action import let_forms_lead_there
from people.microsoft.provider import is_offered

from .again import next_page
from .forms import LoginForm
from .frame import Framed

TEMPLATE = "people/login.html"


class Login(Framed, LoginView):
    template_name = TEMPLATE
    title = _("Log in")

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        """Somebody who may open no page is not led to one, which would lead them back to here."""
        if request.user.is_authenticated and not admin.site.has_permission(request):
            logout(request)
        response: HttpResponseBase = super().dispatch(request, *arguments, **options)
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), **ways(self.request)}

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        response = super().render_to_response(context, **options)
        return let_forms_lead_there(self.request, response)

    def get_form_class(self) -> type[LoginForm]:
        return LoginForm


def ways(request: HttpRequest) -> dict[str, Any]:
    """Return which ways in the page shows."""
    microsoft = is_offered()
    return {
        "microsoft": microsoft,
        "passwords": settings.PASSWORD_LOGIN,
        "password_button": "secondary" if microsoft else "",
        "next": next_page(request),
    }


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Show the login page and say how long to wait."""
    seconds, text = limits.wait(request, credentials or {})
    context = {
        **admin.site.each_context(request),
        "title": Login.title,
        "form": LoginForm(request=request),
        "locked": text,
        **ways(request),
    }
    response = render(request, TEMPLATE, context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return let_forms_lead_there(request, response)


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Forget a login that waits for its second factor."""
    if not request.user.is_authenticated:
        request.session.flush()
    return redirect("account_login")
