"""The second factor of people with a password: an authenticator app, and recovery codes."""

from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models.audit.act import Act
from people import acts
from people.second_factor import is_asked_for

from .forms import ActivateForm, CodeForm
from .frame import Framed


class Ask(Framed, AuthenticateView):
    """Ask for a code after the password."""

    template_name = "people/second_factor.html"
    title = _("Second factor")

    def get_form_class(self) -> type[CodeForm]:
        return CodeForm

    def post(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        """Take a post without a code for one with an empty code."""
        if self.form is None or "code" not in request.POST:
            return redirect("mfa_authenticate")
        response: HttpResponse = super().post(request, *arguments, **options)
        return response


class _OfPasswords:
    """Whoever signs in with Microsoft has their second factor there."""

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        person: Any = request.user
        if not person.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not person.has_usable_password():
            messages.info(request, gettext("Your second factor is the one of your organization."))
            return redirect("account")
        response: HttpResponseBase = super().dispatch(request, *arguments, **options)  # type: ignore[misc]
        return response


class SetUp(_OfPasswords, Framed, ActivateTOTPView):
    template_name = "people/second_factor_set_up.html"
    title = _("Set up an authenticator app")

    def get_form_class(self) -> type[ActivateForm]:
        return ActivateForm

    def form_valid(self, form: ActivateForm) -> HttpResponse:
        """The code that has set it up is used, like one of a login."""
        response: HttpResponse = super().form_valid(form)
        app = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        app.wrap().validate_code(form.cleaned_data["code"])
        acts.tell(Act.SECOND_FACTOR_SET_UP, self.request, about=self.request.user)
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = super().get_context_data(**context)
        return {**found, "is_required": is_asked_for(self.request)}


class TurnOff(_OfPasswords, Framed, DeactivateTOTPView):
    template_name = "people/second_factor_off.html"
    title = _("Turn off the second factor")
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        acts.tell(Act.SECOND_FACTOR_TURNED_OFF, self.request, about=self.request.user)
        return response


class RecoveryCodes(_OfPasswords, Framed, ViewRecoveryCodesView):
    """Show the codes, once."""

    template_name = "people/recovery_codes.html"
    title = _("Recovery codes")


class NewRecoveryCodes(_OfPasswords, Framed, GenerateRecoveryCodesView):
    template_name = "people/recovery_codes_new.html"
    title = _("Create new recovery codes")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        acts.tell(Act.RECOVERY_CODES_MADE, self.request, about=self.request.user)
        return response
