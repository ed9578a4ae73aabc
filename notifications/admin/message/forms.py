"""The forms that send a message once more: to whom, and with which words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from notifications.models import Attachment, Notification
from notifications.models.notification import Priority
from notifications.outbox import Change, How, redirected

ORIGINAL, ME, OTHER = "original", "me", "other"
_TO_ALL = ("to", "cc", "bcc", "reply_to")
# The names of the form's fields, where NewNotification has others.
_NAMES = {"from_address": "from_"}


class ResendForm(forms.Form):
    """It offers what the person may do; `me` is their own address."""

    recipients = forms.ChoiceField(
        label=_("Send to"), initial=ORIGINAL, widget=UnfoldAdminRadioSelectWidget
    )
    address = forms.CharField(
        label=_("Another address"),
        required=False,
        max_length=400,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "email"}),
    )

    def __init__(
        self, *args: Any, message: Notification, me: str, may_redirect: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._me = me
        choices: list[tuple[str, Any]] = [
            (ORIGINAL, _("The original recipients: %(who)s") % {"who": _few(message)})
        ]
        if me:
            choices.append((ME, _("Me: %(address)s") % {"address": me}))
        if may_redirect:
            choices.append((OTHER, _("Another address")))
        else:
            del self.fields["address"]
        self.fields["recipients"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("recipients") == OTHER and not data.get("address", "").strip():
            self.add_error("address", _("Enter an address."))
        return data

    def change(self) -> Change:
        """Return what the copy has other than the original."""
        chosen = self.cleaned_data["recipients"]
        if chosen == ORIGINAL:
            return Change()
        return redirected(self._me if chosen == ME else self.cleaned_data["address"])


class EditForm(forms.Form):
    """The message's own values, to be corrected."""

    from_address = forms.CharField(
        label=_("From"), required=False, widget=UnfoldAdminTextInputWidget
    )
    to = forms.CharField(label=_("To"), required=False, widget=UnfoldAdminTextInputWidget)
    cc = forms.CharField(label=_("Cc"), required=False, widget=UnfoldAdminTextInputWidget)
    bcc = forms.CharField(label=_("Bcc"), required=False, widget=UnfoldAdminTextInputWidget)
    reply_to = forms.CharField(
        label=_("Reply-To"), required=False, widget=UnfoldAdminTextInputWidget
    )
    subject = forms.CharField(label=_("Subject"), required=False, widget=UnfoldAdminTextInputWidget)
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        widget=UnfoldAdminRadioSelectWidget,
    )
    html = forms.CharField(
        label=_("HTML body"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 14, "spellcheck": "false"}),
    )
    text = forms.CharField(
        label=_("Text alternative"),
        required=False,
        strip=False,
        help_text=_("Leave empty to generate it from the HTML body."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )
    attachments = forms.MultipleChoiceField(
        label=_("Attachments"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, message: Notification, attachments: list[Attachment], **options: Any
    ) -> None:
        self._before = {
            name: ", ".join(getattr(message, name)) if name in _TO_ALL else getattr(message, name)
            for name in ("from_address", *_TO_ALL, "subject", "priority", "html", "text")
        }
        self._attachments = [(str(file.pk), file.name) for file in attachments]
        initial = {**self._before, "attachments": [number for number, _name in self._attachments]}
        super().__init__(*args, **options | {"initial": initial})
        self.fields["attachments"].choices = self._attachments  # type: ignore[attr-defined]
        if not self._attachments:
            del self.fields["attachments"]

    @property
    def texts(self) -> list[forms.BoundField]:
        """All fields but the attachments, which are a list of boxes."""
        return [field for field in self if field.name != "attachments"]

    def change(self) -> Change:
        """Return what a person has edited; line ends of a form are no change."""
        data = self.cleaned_data
        edited = {
            _NAMES.get(name, name): data[name]
            for name, before in self._before.items()
            if _plain(data[name]) != _plain(before)
        }
        kept = data.get("attachments", [])
        without = [int(number) for number, _name in self._attachments if number not in kept]
        return Change(How.EDITED, edited, without)


def _few(message: Notification) -> str:
    first, *others = message.recipients
    return f"{first} +{len(others)}" if others else first


def _plain(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
