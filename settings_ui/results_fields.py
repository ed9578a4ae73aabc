"""The fields of the section Delivery results."""

import re
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from notifications.backends.microsoft import certificates, tenants
from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address
from notifications.models.delivery.options import (
    ReportHandling,
    SuppressionPolicy,
    TraceRegistration,
)
from notifications.models.settings import HIGHEST_SUPPRESSION_DAYS, Credential, SettingsValues

from .delivery_fields import number_widget

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LARGEST_CERTIFICATE = 100 * 1024  # bytes
_MOST_MAILBOXES = 20
_NEW = SettingsValues()
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
# What stands there where a field was left empty, or is not shown.
_DEFAULTS = (
    "trace_registration",
    "trace_credential",
    "report_handling",
    "report_folder",
    "suppression_days",
    "suppression_policy",
)
# In other words than those of the sign-in's credential, which stands on the same page.
_TRACE_CREDENTIALS = [
    (Credential.SECRET.value, _("A client secret")),
    (Credential.CERTIFICATE.value, _("A certificate")),
]
NAMES = frozenset(
    "trace trace_registration trace_tenant_id trace_client_id trace_credential trace_secret "
    "trace_certificate_file".split()
)


def _choice(choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=choices, required=False, widget=widgets.UnfoldAdminRadioSelectWidget
    )


class ResultsFields(forms.Form):
    """Nothing here is needed for sending, so that no field has to be filled."""

    stored: SettingsValues

    trace = forms.BooleanField(
        required=False,
        widget=widgets.UnfoldBooleanWidget,
        help_text=_(
            "Needs the application permission ExchangeMessageTrace.Read.All and Microsoft's trace "
            "application in your tenant; not in government clouds and China. <em>This permission "
            "shows every message of the tenant: use an application registration of its own. Only "
            "rows of our senders are asked for, only matched ones are kept.</em>"
        ),
    )
    trace_registration = _choice(TraceRegistration.choices)
    trace_tenant_id = forms.CharField(
        required=False, max_length=100, widget=widgets.UnfoldAdminTextInputWidget(_PLAIN)
    )
    trace_client_id = forms.CharField(
        required=False, max_length=100, widget=widgets.UnfoldAdminTextInputWidget(_PLAIN)
    )
    trace_credential = _choice(_TRACE_CREDENTIALS)
    trace_secret = forms.CharField(
        label=_("Client secret of message trace"),
        required=False,
        max_length=1000,
        widget=widgets.UnfoldAdminPasswordWidget(
            {"autocomplete": "new-password", "spellcheck": "false"}
        ),
    )
    trace_certificate_file = forms.FileField(
        label=_("Certificate of message trace with private key (PEM or PFX)"),
        required=False,
        widget=forms.FileInput({"accept": ".pem,.pfx,.p12,.key,.crt", "class": "mc-file"}),
    )
    trace_passphrase = forms.CharField(
        label=_("Passphrase of the certificate"),
        required=False,
        max_length=1000,
        strip=False,
        widget=widgets.UnfoldAdminPasswordWidget({"autocomplete": "off"}),
    )
    read_reports = forms.BooleanField(
        required=False,
        widget=widgets.UnfoldBooleanWidget,
        help_text=_(
            "Possible when the sign-in has Mail.ReadWrite. Reports for mail sent as another "
            "mailbox go to that mailbox: use message trace, or name it under Further mailboxes."
        ),
    )
    report_mailboxes = forms.CharField(
        required=False,
        max_length=5000,
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 2, **_PLAIN}),
        help_text=_(
            "One address a line. Needs the permission Mail.Read.Shared (sign in again) and Full "
            "Access to each mailbox. Reports there stay as they are."
        ),
    )
    report_handling = _choice(ReportHandling.choices)
    report_folder = forms.CharField(
        required=False, max_length=100, widget=widgets.UnfoldAdminTextInputWidget(_PLAIN)
    )
    suppression = forms.BooleanField(
        required=False,
        widget=widgets.UnfoldBooleanWidget,
        help_text=_(
            "An address goes onto the suppression list after “no such mailbox” on two different "
            "days. A later delivery takes it off again."
        ),
    )
    suppression_days = forms.IntegerField(
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_SUPPRESSION_DAYS)],
        widget=number_widget(HIGHEST_SUPPRESSION_DAYS, 1),
    )
    suppression_policy = _choice(SuppressionPolicy.choices)

    @property
    def results_have_errors(self) -> bool:
        """Say whether the folded section has to be open."""
        return any(name in self.errors for name in ResultsFields.base_fields)

    def clean_trace_tenant_id(self) -> str:
        tenant: str = self.cleaned_data["trace_tenant_id"].strip()
        if tenant and (not tenants.is_name(tenant) or tenants.is_shared(tenant)):
            raise forms.ValidationError(_("Enter the tenant's ID (a GUID) or one of its domains."))
        return tenant

    def clean_trace_client_id(self) -> str:
        client: str = self.cleaned_data["trace_client_id"].strip()
        if client and not _GUID.fullmatch(client):
            raise forms.ValidationError(_("The client ID is a GUID; copy it from the overview."))
        return client

    def clean_report_mailboxes(self) -> str:
        written = self.cleaned_data["report_mailboxes"].replace(",", "\n").splitlines()
        lines = [each.strip() for each in written if each.strip()]
        if len(lines) > _MOST_MAILBOXES:
            raise forms.ValidationError(_("Enter 20 mailboxes at most."))
        try:
            return "\n".join(parse_address(each).address for each in lines)
        except AddressError as error:
            raise forms.ValidationError(translated(error, gettext)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in _DEFAULTS:
            if name in data and not data[name]:
                data[name] = getattr(_NEW, name)
        self._read_trace_certificate(data)
        return data

    def _read_trace_certificate(self, data: dict[str, Any]) -> None:
        file: Any = data.get("trace_certificate_file")
        if not file:
            return
        if (file.size or 0) > _LARGEST_CERTIFICATE:
            error = _("This file is too large for a certificate.")
            self.add_error("trace_certificate_file", error)
            return
        try:
            passphrase = data.get("trace_passphrase", "")
            data["trace_certificate"] = certificates.read(file.read(), passphrase)
        except certificates.CertificateError as problem:
            self.add_error("trace_certificate_file", gettext(str(problem)))
