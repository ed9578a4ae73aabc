"""Prove again who one is, before a page of fresh.py."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import admin
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminPasswordWidget

from notifications.models.audit.act import Act
from people import acts
from people.microsoft.form_action import let_forms_lead_there


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(
            attrs={"autocomplete": "current-password", "autofocus": True}
        ),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def again(request: HttpRequest) -> HttpResponse:
    """A wrong password counts like one of the login: axes answers when it was too many."""
    person: Any = request.user
    form = PasswordForm(request.POST or None)
    target = next_page(request)
    if request.method == "POST" and form.is_valid():
        if _is_right(request, form.cleaned_data["password"]):
            session: Any = request.session
            session.rows().update(proved_at=timezone.now())
            acts.tell(Act.PROVED_AGAIN, request, about=request.user)
            return redirect(target)
        form.add_error("password", _("This password is wrong."))
    context = {
        **admin.site.each_context(request),
        "title": _("Is it you?"),
        "form": form,
        "next": target,
        "has_password": person.has_usable_password(),
    }
    response = render(request, "people/again.html", context, status=422 if form.errors else 200)
    return let_forms_lead_there(request, response)


def next_page(request: HttpRequest) -> str:
    """Return where a login leads: one of our pages."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    return wanted if get_adapter().is_safe_url(wanted) else reverse("admin:index")


def _is_right(request: HttpRequest, password: str) -> bool:
    found = authenticate(request, username=request.user.get_username(), password=password)
    return found is not None and found.pk == request.user.pk
