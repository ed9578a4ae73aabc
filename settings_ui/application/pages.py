"""What the buttons of the section do: make a certificate, download it or the script."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.backends.microsoft import certificates
from notifications.models import EmailSettings
from notifications.models.audit.act import Act
from notifications.models.settings import Credential
from settings_ui import drafts
from settings_ui.access import may_change
from settings_ui.settings_page import SettingsPage, leave_outcome, page_address

from . import section

# Shorter than what policies of tenants usually allow, long enough not to be a chore.
VALID_FOR = timedelta(days=365)
# The settings that are certificates, each with that of its kind of credential and its place.
_PLACES = {
    "certificate": ("credential", "certificate"),
    "trace_certificate": ("trace_credential", "trace-certificate"),
}


@may_change
def create_certificate(request: HttpRequest, *, of: str = "certificate") -> HttpResponse:
    """Make a certificate and keep it as if it had been chosen as a file: until Save the saved
    credential counts. Its key never leaves the server. `of` is the setting."""
    page = SettingsPage(request)
    credential, anchor = _PLACES[of]
    if credential in page.form.fixed or page.state.is_draft_gone:
        return page.refuse()
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    pem = certificates.make(f"Mail Connector {host}", now=timezone.now(), valid_for=VALID_FOR)
    made: dict[str, Any] = {
        of: getattr(EmailSettings, of).field.seal(pem),
        credential: Credential.CERTIFICATE,
    }
    leave_outcome(request, **{f"{of}_made": True})
    draft = page.keep_form(values=replace(page.values, **made))
    return redirect(page_address(draft, anchor=anchor))


@require_GET
@never_cache
@login_required
@permission_required("notifications.view_emailsettings", raise_exception=True)
def download_certificate(request: HttpRequest, *, of: str = "certificate") -> HttpResponse:
    """Hand out the certificate without its key, for Microsoft Entra."""
    state = drafts.load(request)
    # The saved certificate is not the one that a page with a draft shows.
    pem = "" if state.is_draft_gone else section.pem_of(state.stored, of=of)
    if not pem:
        raise Http404
    name = f"mail-connector-{certificates.describe(pem).thumbprint[:8]}.cer"
    return _file(request, certificates.public_der(pem), name, "application/pkix-cert")


@may_change
def download_script(request: HttpRequest) -> HttpResponse:
    """Hand out the script for the values on the page."""
    page = SettingsPage(request)
    if page.state.is_draft_gone:
        return page.refuse()
    script = section.script_text(page.connection.values, page.connection)
    # Windows PowerShell takes a file for UTF-8 only with the mark at its beginning.
    data = script.replace("\n", "\r\n").encode("utf-8-sig")
    return _file(request, data, "register-mail-connector.ps1", "text/plain; charset=utf-8")


def _file(request: HttpRequest, data: bytes, name: str, content_type: str) -> HttpResponse:
    on = Target.all_of(EmailSettings)
    record(Act.EXPORTED, person(request), on, file=name)
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
