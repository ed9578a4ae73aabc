"""Settings and account become an open backend. The environment's values go before the page's."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from notifications import vault
from notifications.backends import ca_bundle
from notifications.backends.base import MailBackend
from notifications.backends.errors import Answer, AuthError
from notifications.backends.microsoft import certificates, clouds
from notifications.backends.microsoft.clouds import Cloud
from notifications.backends.microsoft.entra import Application
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from notifications.models import MicrosoftAccount
from notifications.models.settings import Api, Credential, SettingsValues

# The emulator checks for the real resource, whatever its own address is.
EMULATED_EWS = "https://outlook.office365.com"

# The fields of the settings page that the environment can fix, and by which variable.
FIXABLE = {
    "tenant_id": "MAILCONNECTOR_TENANT_ID",
    "client_id": "MAILCONNECTOR_CLIENT_ID",
    "client_secret": "MAILCONNECTOR_CLIENT_SECRET",
    "credential": "MAILCONNECTOR_CLIENT_SECRET",
    "cloud": "MAILCONNECTOR_CLOUD",
}


def fixed_by_environment() -> dict[str, str]:
    """Fields whose value comes from the environment, each with its variable's name."""
    given = {
        "tenant_id": settings.TENANT_ID,
        "client_id": settings.CLIENT_ID,
        "client_secret": settings.CLIENT_SECRET,
        "credential": settings.CLIENT_SECRET,
        "cloud": settings.CLOUD not in ("emulator", "page"),
    }
    return {name: FIXABLE[name] for name, value in given.items() if value}


def effective(values: SettingsValues) -> SettingsValues:
    """The values that count: those of the environment where it has them."""
    return replace(
        values,
        tenant_id=settings.TENANT_ID or values.tenant_id,
        client_id=settings.CLIENT_ID or values.client_id,
        client_secret=vault.seal(settings.CLIENT_SECRET) or values.client_secret,
        credential=Credential.SECRET if settings.CLIENT_SECRET else values.credential,
    )


def cloud_of(values: SettingsValues) -> Cloud:
    """The cloud that is connected to."""
    if settings.CLOUD in ("emulator", "custom"):
        return Cloud(
            key=settings.CLOUD,
            label=_("Practice") if settings.CLOUD == "emulator" else _("Custom"),
            login=settings.LOGIN_SERVICE_URL,
            graph=settings.GRAPH_URL,
            ews=settings.EWS_URL,
            login_pages=settings.EMULATOR_PAGES_URL if settings.CLOUD == "emulator" else "",
            ews_resource=EMULATED_EWS if settings.CLOUD == "emulator" else "",
        )
    return clouds.REAL_CLOUDS[values.cloud if settings.CLOUD == "page" else settings.CLOUD]


def possible_clouds(values: SettingsValues) -> list[Cloud]:
    """Where a sign-in may lead before the next Save: anywhere, where the page has the choice."""
    return list(clouds.REAL_CLOUDS.values()) if settings.CLOUD == "page" else [cloud_of(values)]


def needed_permissions(values: SettingsValues) -> set[str]:
    """The delegated permissions, in the form in which they are asked for."""
    if values.api == Api.EWS:
        return {cloud_of(values).ews_permission}
    needed = {"Mail.Send"}
    if values.protection:
        needed.add("Mail.ReadWrite")
    if values.delegation:
        needed.add("Mail.Send.Shared")
    return needed


def known_credentials(values: SettingsValues) -> list[str]:
    """The kinds of credential that nobody has to enter any more."""
    kept = {
        Credential.SECRET: values.client_secret,
        Credential.CERTIFICATE: values.certificate,
    }
    return [kind.value for kind, secret in kept.items() if secret]


def missing_for_sign_in(values: SettingsValues) -> list[str]:
    """What the Microsoft Entra application still lacks, in the page's words."""
    is_certificate = values.credential == Credential.CERTIFICATE
    parts = {
        _("Tenant ID"): values.tenant_id,
        _("Client ID"): values.client_id,
        _("Certificate") if is_certificate else _("Client secret"): (
            values.certificate if is_certificate else values.client_secret
        ),
    }
    return [label for label, value in parts.items() if not value]


def application(values: SettingsValues) -> Application:
    """Raises AuthError where the key of the stored credential is gone."""
    is_certificate = values.credential == Credential.CERTIFICATE
    try:
        credential = vault.unseal(values.certificate if is_certificate else values.client_secret)
    except vault.UnreadableSecret:
        raise AuthError(
            Answer(code="KeyMissing", message="The application's credential cannot be decrypted.")
        ) from None
    return Application(
        client_id=values.client_id,
        credential=certificates.for_msal(credential) if is_certificate else credential,
        authority=f"{cloud_of(values).login}/{values.tenant_id}",
        verify=verify(),
    )


def verify() -> str | bool:
    """What TLS connections are checked against."""
    if not settings.CA_BUNDLE:
        return True
    if settings.CLOUD == "emulator":
        return str(settings.CA_BUNDLE)
    return str(ca_bundle.bundle(Path(settings.CA_BUNDLE), folder=settings.DATA_DIR))


def open_backend(
    values: SettingsValues, account: MicrosoftAccount, *, token: Callable[[], str]
) -> MailBackend:
    """The backend for the values. The caller closes it."""
    if values.api == Api.EWS:
        return EwsBackend(
            cloud_of(values).ews, mailbox=account.address, token=token, verify=verify()
        )
    http = GraphHttp(cloud_of(values).graph, token=token, verify=verify())
    return GraphBackend(
        http,
        mailbox=account.address,
        by_draft=values.protection,
        largest_mime=settings.LARGEST_MIME,
    )
