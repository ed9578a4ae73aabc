"""The form of E-mail > Settings: what is typed becomes SettingsValues, or an error at its field."""

import re
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from notifications.backends.microsoft import certificates, tenants
from notifications.backends.microsoft.clouds import REAL_CLOUDS
from notifications.i18n import translated
from notifications.mailbox.connection import fixed_by_environment
from notifications.message import charsets
from notifications.message.addresses import AddressError, parse_address
from notifications.models import EmailSettings
from notifications.models.sealed.field import sealed_fields
from notifications.models.settings import HIGHEST_LIMIT_MB, Api, Credential, Service, SettingsValues

from .delivery_fields import DeliveryFields, number_widget
from .drafts import SECRETS, PageState
from .results_fields import ResultsFields

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LARGEST_CERTIFICATE = 100 * 1024  # bytes
# What a sign-in needs; the rest of the form may wait until Save.
SIGN_IN_FIELDS = frozenset(
    "api cloud tenant_id client_id credential client_secret secret_is_value certificate_file "
    "delegation protection".split()
)

HIDDEN_WITHOUT_SERVICE = SIGN_IN_FIELDS | DeliveryFields.base_fields.keys() | {"secret_expires_on"}


def _charset_choices() -> list[Any]:
    common = [(c.name, gettext(c.label)) for c in charsets.COMMON]
    return [*common, (_("More"), [(c.name, gettext(c.label)) for c in charsets.MORE])]


def _cloud_choices() -> list[Any]:
    return [(cloud.key, gettext(cloud.label)) for cloud in REAL_CLOUDS.values()]


class EmailSettingsForm(DeliveryFields, ResultsFields):
    """A secret that is not typed again stays as `state` has it stored. A field that has no label
    here is called as in the model."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    service = forms.ChoiceField(
        choices=Service.choices,
        widget=widgets.UnfoldAdminSelectWidget,
    )
    from_address = forms.CharField(
        required=False,
        max_length=400,
        widget=widgets.UnfoldAdminTextInputWidget({"placeholder": _("Name <user@domain>")}),
        help_text=_(
            "Optional: the default sender, as “Name &lt;user@domain&gt;” or a bare address. "
            "Exchange may use the display name from the directory instead."
        ),
    )
    charset = forms.ChoiceField(
        choices=_charset_choices,
        widget=widgets.UnfoldAdminSelectWidget,
        help_text=_(
            "If a message contains characters the set doesn't have, it is sent as UTF-8 and the "
            "log says so."
        ),
    )
    plain_text_only = forms.BooleanField(
        required=False,
        widget=widgets.UnfoldBooleanWidget,
        help_text=_("HTML becomes readable text; inline images become ordinary attachments."),
    )
    # The labels of these two are one sentence on the page.
    limit_attachments = forms.BooleanField(
        label=_("Limit the total size of attachments to"),
        required=False,
        widget=widgets.UnfoldBooleanWidget,
    )
    attachment_limit_mb = forms.IntegerField(
        label=_("megabytes"),
        required=False,
        validators=[
            MinValueValidator(1, _("The limit must be at least 1 megabyte.")),
            MaxValueValidator(
                HIGHEST_LIMIT_MB,
                _("The limit can be at most %(limit_value)s megabytes."),
            ),
        ],
        error_messages={"invalid": _("Enter the limit as a whole number of megabytes.")},
        widget=number_widget(HIGHEST_LIMIT_MB, 1),
    )
    api = forms.ChoiceField(
        choices=Api.choices,
        widget=widgets.UnfoldAdminRadioSelectWidget,
    )
    cloud = forms.ChoiceField(
        choices=_cloud_choices,
        widget=widgets.UnfoldAdminSelectWidget,
    )
    tenant_id = forms.CharField(
        required=False,
        max_length=100,
        widget=widgets.UnfoldAdminTextInputWidget({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Directory (tenant) ID, or a domain of the tenant."),
    )
    client_id = forms.CharField(
        required=False,
        max_length=100,
        widget=widgets.UnfoldAdminTextInputWidget({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Application (client) ID."),
    )
    credential = forms.ChoiceField(
        choices=Credential.choices,
        widget=widgets.UnfoldAdminRadioSelectWidget(radio_style=1),
    )
    client_secret = forms.CharField(
        required=False,
        max_length=1000,
        widget=widgets.UnfoldAdminPasswordWidget(
            {"autocomplete": "new-password", "spellcheck": "false"}
        ),
        help_text=_("Paste the <em>Value</em>, not the Secret ID."),
    )
    secret_is_value = forms.BooleanField(
        label=_("It is the Value all the same"),
        required=False,
        widget=widgets.UnfoldBooleanWidget,
    )
    secret_expires_on = forms.DateField(
        required=False,
        widget=widgets.UnfoldAdminTextInputWidget({"type": "date", "class": "mc-date"}),
    )
    certificate_file = forms.FileField(
        label=_("Certificate with private key (PEM or PFX)"),
        required=False,
        widget=forms.FileInput({"accept": ".pem,.pfx,.p12,.key,.crt", "class": "mc-file"}),
    )
    passphrase = forms.CharField(
        label=_("Passphrase of the file"),
        required=False,
        max_length=1000,
        strip=False,
        widget=widgets.UnfoldAdminPasswordWidget({"autocomplete": "off"}),
    )
    delegation = forms.BooleanField(
        required=False,
        widget=widgets.UnfoldBooleanWidget,
    )

    def __init__(self, *args: Any, state: PageState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = state.stored
        for name, field in self.fields.items():
            field.label = field.label or EmailSettings.label(name)
        self.fixed = fixed_by_environment()
        cloud = state.connection.cloud
        shown = {**asdict(state.connection.values), "client_secret": "", "cloud": cloud.key}
        for name in self.fixed:
            # A disabled field takes its value from `initial`, whatever the browser sends.
            self.fields[name].disabled = True
            self.initial[name] = shown[name]
        if "cloud" in self.fixed:
            self.fields["cloud"].choices = [(cloud.key, gettext(cloud.label))]  # type: ignore[attr-defined]

    def values(self) -> SettingsValues:
        """What was typed, secrets sealed. What has an error counts as it was before."""
        data = {**asdict(self.stored), **self.cleaned_data}
        names = SettingsValues.__dataclass_fields__
        values = {name: data[name] for name in names if name in data}
        for secret in sealed_fields(EmailSettings):
            typed = self.cleaned_data.get(secret.name)
            values[secret.name] = secret.seal(typed) if typed else getattr(self.stored, secret.name)
        # What the environment says is shown, but not kept: it may say something else tomorrow.
        values |= {name: getattr(self.stored, name) for name in (*self.fixed, "last_cloud")}
        return SettingsValues(**values)

    def has_new_secret(self) -> bool:
        return any(self.cleaned_data.get(name) for name in SECRETS)

    def is_valid_for_sign_in(self) -> bool:
        return self.is_valid_for(SIGN_IN_FIELDS)

    def is_valid_for(self, names: frozenset[str]) -> bool:
        """Say whether neither these fields nor the form as a whole have an error."""
        return not (names | {NON_FIELD_ERRORS}) & set(self.errors)

    def clean_from_address(self) -> str:
        text: str = self.cleaned_data["from_address"]
        try:
            return str(parse_address(text)) if text else ""
        except AddressError as error:
            raise forms.ValidationError(translated(error, gettext)) from error

    def clean_tenant_id(self) -> str:
        tenant: str = self.cleaned_data["tenant_id"].strip()
        if tenant and not tenants.is_name(tenant):
            raise forms.ValidationError(_("Enter the tenant's ID (a GUID) or one of its domains."))
        if tenants.is_shared(tenant):
            raise forms.ValidationError(
                _("Enter the ID of your own tenant: the connector signs in to one tenant.")
            )
        return tenant

    def clean_client_id(self) -> str:
        client: str = self.cleaned_data["client_id"].strip()
        if client and not _GUID.fullmatch(client):
            raise forms.ValidationError(_("The client ID is a GUID; copy it from the overview."))
        return client

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("limit_attachments") and data.get("attachment_limit_mb", 1) is None:
            self.add_error("attachment_limit_mb", _("Enter the limit."))
        if _GUID.fullmatch(data.get("client_secret", "")) and not data.get("secret_is_value"):
            self.add_error(
                "client_secret",
                _("This looks like the Secret ID. Paste the Value, which is shown only once."),
            )
        self._read_certificate(data)
        self._forgive_what_is_hidden(data)
        return data

    def _read_certificate(self, data: dict[str, Any]) -> None:
        file: Any = data.get("certificate_file")
        if not file:
            return
        if (file.size or 0) > _LARGEST_CERTIFICATE:
            self.add_error("certificate_file", _("This file is too large for a certificate."))
            return
        try:
            data["certificate"] = certificates.read(file.read(), data.get("passphrase", ""))
        except certificates.CertificateError as error:
            self.add_error("certificate_file", gettext(str(error)))

    def _forgive_what_is_hidden(self, data: dict[str, Any]) -> None:
        """The service None hides these fields, so that nobody could mend an error in them."""
        if data.get("service") == Service.NONE:
            for name in HIDDEN_WITHOUT_SERVICE & set(self.errors):
                del self.errors[name]
