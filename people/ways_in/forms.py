"""The forms of the ways in: allauth's, with Unfold's fields."""

from typing import Any

from allauth.account.forms import LoginForm as AllauthsLoginForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthsAuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from people import passwords


class LoginForm(AllauthsLoginForm):
    """The field is called `username`, as before: axes and password managers look for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        name, password = self.fields["login"], self.fields["password"]
        name.widget = UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        )
        password.widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"})
        password.help_text = ""

    def clean(self) -> Any:
        """Refuse a right password where passwords don't count."""
        cleaned = super().clean()
        if self.user is not None and (refusal := passwords.refusal(self.user)):
            raise forms.ValidationError(refusal)
        return cleaned

    def add_prefix(self, field_name: str) -> str:
        return str(super().add_prefix("username" if field_name == "login" else field_name))


class _Code(forms.CharField):
    def __init__(self, label: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        super().__init__(label=label, widget=UnfoldAdminTextInputWidget(attrs=attributes))


class CodeForm(AllauthsAuthenticateForm):
    """A recovery code is longer, so the keyboard of a phone is the one for numbers all the same:
    both are digits."""

    code = _Code(gettext_lazy("Code"))


class ActivateForm(ActivateTOTPForm):
    code = _Code(gettext_lazy("Code that the app shows"))
