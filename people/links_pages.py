"""Make a one-time link for somebody, and set a password with one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from notifications.admin.people import rights
from notifications.models.audit.act import Act
from notifications.models.rows import LARGEST_ROW_NUMBER

from . import acts, links

_NEW = {"autocomplete": "new-password"}
_NOT_VALID = gettext_lazy(
    "This link is not valid: it was used, or is older than a day. Ask for a new one."
)


class PasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """The rules for passwords are judged for the person whose code it is."""

    field_order = ("code", "new_password1", "new_password2")
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("What stands behind “#” in your link"),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "data-from-hash": "yes"}),
    )
    new_password1 = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs=_NEW),
    )
    new_password2 = forms.CharField(
        label=gettext_lazy("New password, again"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs=_NEW),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        found = links.user_of(code)
        if found is None:
            raise forms.ValidationError(_NOT_VALID)
        self.user = found
        return code


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@never_cache
def set_password(request: HttpRequest) -> HttpResponse:
    """The page of a link, for people who are not logged in."""
    form = PasswordForm(AnonymousUser(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        if links.set_password(form.user, form.cleaned_data["new_password1"]):
            acts.tell(Act.PASSWORD_SET_BY_LINK, request, about=form.user)
            messages.success(request, _("Your password has been set. Log in with it."))
            return redirect("account_login")
        form.add_error("code", _NOT_VALID)
    context = {**admin.site.each_context(request), "title": _("Set your password"), "form": form}
    status = 422 if form.errors else 200
    return render(request, "people/set_password.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("auth.change_user", raise_exception=True)
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link for somebody whose password one may set, and show it this once."""
    user = get_object_or_404(User, pk=min(pk, LARGEST_ROW_NUMBER))
    if not rights.may_manage(request.user, user):
        raise PermissionDenied
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Link for %(name)s") % {"name": user.get_username()},
        "person": user,
        "refusal": links.refusal(user),
    }
    if request.method == "POST" and not context["refusal"]:
        context["link"] = links.link_for(user)
        acts.tell(Act.LINK_MADE, request, about=user)
    return render(request, "people/link.html", context)
