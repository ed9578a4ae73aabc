"""The form of an API key."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address
from notifications.models import ApiKey
from notifications.models.api_keys.limits import entries, networks
from notifications.models.sealed.address import readable_part
from notifications.webhooks.target import is_same_receiver, target_problem

from . import rights

FIELDSETS: Any = (
    (None, {"fields": ("name", "may_send", "may_read", "expires_at")}),
    (
        _("Limits"),
        {"fields": ("requests_a_minute", "messages_a_day", "allowed_from", "networks")},
    ),
)


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """`actor` is who fills it in."""

    actor: Any = None
    new_callback_secret = forms.BooleanField(
        label=_("Generate a new secret for the callbacks"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    class Meta:
        model = ApiKey
        fields = (
            "name", "may_send", "may_read", "expires_at", "requests_a_minute", "messages_a_day",
            "allowed_from", "networks", "callback_url",
        )  # fmt: skip
        widgets = {
            name: UnfoldAdminTextareaWidget({"rows": 2, "spellcheck": "false"})
            for name in ("allowed_from", "networks")
        }
        help_texts = {
            "callback_url": _(
                "Optional: called when a message was accepted or has failed, signed with a "
                "secret that is shown once."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "messages_a_day" in self.fields:
            self.fields["messages_a_day"].required = False
        if not self.instance.callback_url:
            del self.fields["new_callback_secret"]
        for name in ("may_send", "may_read"):
            if name in self.fields and not rights.may_give(self.actor, **_only(name)):
                # What a browser leaves out of the form is sent by others all the same.
                self.fields[name].widget.attrs["disabled"] = True
                self.fields[name].help_text = _("You lack the rights that this gives.")
                self.initial[name] = False

    def clean_messages_a_day(self) -> int:
        return self.cleaned_data["messages_a_day"] or 0

    def clean_allowed_from(self) -> str:
        """Take addresses, and domains after an @."""
        found = entries(self.cleaned_data["allowed_from"])
        for entry in found:
            try:
                parse_address(f"a{entry}" if entry.startswith("@") else entry)
            except AddressError as error:
                raise forms.ValidationError(translated(error, gettext)) from error
        return "\n".join(found)

    def clean_networks(self) -> str:
        text: str = self.cleaned_data["networks"]
        try:
            return "\n".join(map(str, networks(text)))
        except ValueError as error:
            said = gettext("“%(entry)s” is no address or range, such as 192.0.2.0/24.")
            raise forms.ValidationError(said % {"entry": str(error)[:100]}) from error

    def clean_callback_url(self) -> str:
        url: str = self.cleaned_data["callback_url"].strip()
        if url and (problem := target_problem(url)):
            raise forms.ValidationError(gettext(problem))
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("may_send") and not data.get("may_read"):
            self.add_error("may_send", _("Choose at least one of the two."))
        given = {name: bool(data.get(name)) for name in ("may_send", "may_read")}
        if not rights.may_give(self.actor, **given):
            for name, is_given in given.items():
                if is_given and not rights.may_give(self.actor, **_only(name)):
                    self.add_error(name, _("You lack the rights that this gives."))
            if not self.errors:
                text = _("Both together may change the suppression list, which you may not.")
                self.add_error("may_read", text)
        return data

    @property
    def needs_new_secret(self) -> bool:
        """Another receiver shall not get calls with the signature that the former one trusts."""
        if not self.cleaned_data["callback_url"]:
            return False
        former = readable_part(self.initial.get("callback_url") or "")
        is_elsewhere = not is_same_receiver(former, self.cleaned_data["callback_url"])
        return is_elsewhere or bool(self.cleaned_data.get("new_callback_secret"))


def _only(name: str) -> dict[str, bool]:
    return {"may_send": name == "may_send", "may_read": name == "may_read"}
