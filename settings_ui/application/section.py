"""What the section Microsoft Entra application tells beside its fields."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from notifications import vault
from notifications.backends.microsoft import certificates
from notifications.backends.microsoft.certificates import CertificateInfo
from notifications.backends.microsoft.clouds import GLOBAL
from notifications.mailbox import credential_expiry, practice
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.sealed.field import SealedField
from notifications.models.settings import Credential, SettingsValues
from settings_ui.drafts import PageState

from . import script

CALLBACK_PATH = "oauth/callback"


def context(state: PageState, shown: Connection, *, host: str) -> dict[str, Any]:
    """`shown` is what the values in the form would connect with, `host` where the browser has
    opened the page."""
    return {
        "missing": state.connection.missing,
        "cloud": state.connection.cloud,
        "redirect_uri": redirect_uri(),
        "redirect_uri_warning": _redirect_uri_warning(host),
        "is_practice_left": practice.is_left_over(state.stored, state.account),
        "permissions": _permissions(state.account, sorted(shown.permissions)),
        "consent_link": _consent_link(state.connection, sorted(shown.permissions)),
        "certificate": _certificate(state.stored),
        "trace_certificate": _certificate(state.stored, of="trace_certificate"),
        "credential_ends_on": credential_expiry.ends_on(state.connection.values),
        "script": script_text(
            replace(state.connection.values, credential=shown.values.credential), shown
        ),
    }


def script_text(values: SettingsValues, shown: Connection) -> str:
    """Return the script that registers the application: with the tenant and the credential of
    `values`, and what `shown` needs."""
    pem = pem_of(values) if values.credential == Credential.CERTIFICATE else ""
    return script.registration(
        values.tenant_id,
        GLOBAL if shown.cloud.is_practice else shown.cloud,
        redirect_uri=redirect_uri(),
        permissions=shown.permissions,
        certificate=certificates.public_der(pem) if pem else b"",
    )


def redirect_uri() -> str:
    """The address to register with Microsoft. It comes from MAILCONNECTOR_PUBLIC_URL alone, so
    that it is the same whoever asks."""
    return f"{settings.PUBLIC_URL}/{CALLBACK_PATH}"


def _redirect_uri_warning(host: str) -> str:
    """Why a sign-in would not come back, or ""."""
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme != "https" and public.hostname != "localhost":
        return _(
            "Microsoft Entra takes https, or http on localhost only. Set MAILCONNECTOR_PUBLIC_URL "
            "to the https address of this site and restart."
        )
    if host != public.netloc:
        return _(
            "You opened this page at %(host)s, but the sign-in comes back to %(public)s. Open "
            "the page there, or set MAILCONNECTOR_PUBLIC_URL to the address you use."
        ) % {"host": host, "public": public.netloc}
    return ""


def _permissions(account: MicrosoftAccount | None, needed: list[str]) -> list[dict[str, Any]]:
    """What to grant in the app registration, each with what it is for."""
    texts = {
        "Mail.Send": _("Send mail as the signed-in account."),
        "Mail.ReadWrite": _(
            "Store each message as a draft first, so that none is sent twice, and upload large "
            "attachments."
        ),
        "Mail.Send.Shared": _("Send from other addresses ('From' address delegation)."),
        "EWS.AccessAsUser.All": _("Use Exchange Web Services as the signed-in account."),
    }
    rows = [
        {
            "name": name.rpartition("/")[2],
            "purpose": texts[name.rpartition("/")[2]],
            "granted": account is not None and not account.lacks({name}),
        }
        for name in needed
    ]
    offline = _("Renew the sign-in without asking you (Microsoft adds openid and profile).")
    return [*rows, {"name": "offline_access", "purpose": offline, "granted": account is not None}]


def _consent_link(connection: Connection, needed: list[str]) -> str:
    """An address that an administrator opens: it consents for the whole tenant, then returns to
    us."""
    values, cloud = connection.values, connection.cloud
    if not values.tenant_id or not values.client_id:
        return ""
    query = urlencode(
        {
            "client_id": values.client_id,
            "scope": " ".join(script.full_names(needed, cloud)),
            "redirect_uri": redirect_uri(),
            "state": "admin-consent",
        }
    )
    return f"{cloud.browser_origin}/{values.tenant_id}/v2.0/adminconsent?{query}"


def _certificate(values: SettingsValues, *, of: str = "certificate") -> CertificateInfo | None:
    pem = pem_of(values, of=of)
    return certificates.describe(pem) if pem else None


def pem_of(values: SettingsValues, *, of: str = "certificate") -> str:
    """Return the certificate with its key, "" where there is none that can be read. `of` is the
    setting."""
    field: SealedField = getattr(EmailSettings, of).field
    try:
        return field.open(values)
    except vault.UnreadableSecret:
        return ""
