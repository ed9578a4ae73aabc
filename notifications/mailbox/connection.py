"""The settings that count for the connection to Microsoft, and all that follows from them.

A Connection is made once, from the saved settings or from those of a form, and handed on. Nobody
else asks whether the environment or the page has the last word, and nobody else knows that there
is one mailbox.

What asks Microsoft is imported when it is used (PLC0415): exchangelib, MSAL and requests take a
third of a second and 50 MB, and what only puts a message into the queue needs none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from notifications import vault
from notifications.backends import ca_bundle
from notifications.backends.base import MailBackend
from notifications.backends.errors import Answer, AuthError
from notifications.backends.microsoft import clouds
from notifications.backends.microsoft.application import AccessToken, Application
from notifications.backends.microsoft.clouds import Cloud
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.sealed.field import SealedField
from notifications.models.settings import Api, Credential, SettingsValues

from . import tokens

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


@dataclass(frozen=True)
class Connection:
    """`values` are the settings that count: those of the environment where it has them."""

    values: SettingsValues

    @classmethod
    def saved(cls) -> "Connection":
        return cls.of(EmailSettings.objects.current().values())

    @classmethod
    def of(cls, values: SettingsValues) -> "Connection":
        """Make it from values as they are saved, or as a form has them."""
        given = replace(
            values,
            tenant_id=settings.TENANT_ID or values.tenant_id,
            client_id=settings.CLIENT_ID or values.client_id,
            client_secret=EmailSettings.client_secret.field.seal(settings.CLIENT_SECRET)
            or values.client_secret,
            credential=Credential.SECRET if settings.CLIENT_SECRET else values.credential,
        )
        return cls(given)

    @cached_property
    def cloud(self) -> Cloud:
        if self.values.cloud_is_lost:
            return _cloud(self.values.last_cloud)
        return cloud_of_environment() or clouds.REAL_CLOUDS[self.values.cloud]

    @property
    def possible_clouds(self) -> list[Cloud]:
        """The clouds that a sign-in may lead to before the next Save: all, if the page has the
        choice."""
        return list(clouds.REAL_CLOUDS.values()) if settings.CLOUD == "page" else [self.cloud]

    @property
    def service_urls(self) -> dict[str, str]:
        """The addresses that are called: `login` of the sign-in service, and of `mail`."""
        is_ews = self.values.api == Api.EWS
        return {"login": self.cloud.login, "mail": self.cloud.ews if is_ews else self.cloud.graph}

    @property
    def permissions(self) -> set[str]:
        """The delegated permissions that are needed, in the form in which they are asked for."""
        if self.values.api == Api.EWS:
            return {self.cloud.ews_permission}
        needed = {"Mail.Send"}
        if self.values.protection:
            needed.add("Mail.ReadWrite")
        if self.values.delegation:
            needed.add("Mail.Send.Shared")
        return needed

    @property
    def further_permissions(self) -> set[str]:
        """What a sign-in asks for beside `permissions`; mail does not depend on it."""
        reads_others = self.values.read_reports and self.values.report_mailboxes
        return {"Mail.Read.Shared"} if reads_others and self.values.api == Api.GRAPH else set()

    @property
    def missing(self) -> list[str]:
        """What a sign-in still lacks, in the page's words: parts of the Microsoft Entra
        application, or the name of the cloud."""
        parts = {
            FIXABLE["cloud"]: "" if self.values.cloud_is_lost else self.cloud.key,
            _("Tenant ID"): self.values.tenant_id,
            _("Client ID"): self.values.client_id,
            str(self._credential.verbose_name): getattr(self.values, self._credential.name),
        }
        return [label for label, value in parts.items() if not value]

    def application(self) -> Application:
        """Raises AuthError where the key of the stored credential is gone."""
        try:
            credential = self._credential.open(self.values)
        except vault.UnreadableSecret:
            raise AuthError(
                Answer(
                    code="KeyMissing", message="The application's credential cannot be decrypted."
                )
            ) from None
        return Application(
            client_id=self.values.client_id,
            credential=for_msal(credential) if self._has_certificate else credential,
            authority=f"{self.cloud.login}/{self.values.tenant_id}",
            verify=verify(),
        )

    def token(
        self, account: MicrosoftAccount, *, force: bool = False, is_judged: bool = True
    ) -> AccessToken:
        """Raises what `tokens.access_token` and `application` raise. No transaction may be
        open."""
        return tokens.access_token(
            account, self.application(), self.permissions, force=force, is_judged=is_judged
        )

    def trial_token(self, account: MicrosoftAccount) -> AccessToken:
        """Get a new token for values that may not be saved. It leaves the account as it is."""
        return tokens.trial_token(account, self.application(), self.permissions)

    def can_be_read(self, account: MicrosoftAccount) -> bool:
        """Say whether this process has the key of the stored sign-in and credential."""
        return MicrosoftAccount.cache.field.is_readable(account) and self._credential.is_readable(
            self.values
        )

    def open(self, account: MicrosoftAccount, *, token: Callable[[], str]) -> MailBackend:
        """Open the backend of the API in use. The caller closes it."""
        if self.values.api == Api.EWS:
            from notifications.backends.microsoft.ews.backend import EwsBackend  # noqa: PLC0415

            return EwsBackend(self.cloud.ews, mailbox=account.address, token=token, verify=verify())
        from notifications.backends.microsoft.graph.backend import GraphBackend  # noqa: PLC0415
        from notifications.backends.microsoft.graph.http import GraphHttp  # noqa: PLC0415

        # Exchange takes four requests at once; reading the Inbox needs one of them.
        at_once = 3 if self.values.read_reports else 4
        return GraphBackend(
            GraphHttp(self.cloud.graph, token=token, verify=verify(), at_once=at_once),
            mailbox=account.address,
            by_draft=self.values.protection,
            largest_mime=settings.LARGEST_MIME,
        )

    @property
    def _has_certificate(self) -> bool:
        return self.values.credential == Credential.CERTIFICATE

    @property
    def _credential(self) -> SealedField:
        """The field of the credential in use."""
        used = EmailSettings.certificate if self._has_certificate else EmailSettings.client_secret
        return used.field


def for_msal(credential: str) -> dict[str, str]:
    from notifications.backends.microsoft import certificates  # noqa: PLC0415

    return certificates.for_msal(credential)


def cloud_of_environment() -> Cloud | None:
    """The cloud that the environment fixes; None where the page has the choice."""
    return None if settings.CLOUD == "page" else _cloud(settings.CLOUD)


def _cloud(key: str) -> Cloud:
    if key in clouds.REAL_CLOUDS:
        return clouds.REAL_CLOUDS[key]
    is_practice = key == clouds.EMULATOR
    return Cloud(
        key=key,
        label=_("Practice") if is_practice else _("Custom"),
        login=settings.LOGIN_SERVICE_URL,
        graph=settings.GRAPH_URL,
        ews=settings.EWS_URL,
        login_pages=settings.EMULATOR_PAGES_URL if is_practice else "",
        ews_resource=EMULATED_EWS if is_practice else "",
    )


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


def verify() -> str | bool:
    """Return what TLS connections are checked against, as requests takes it."""
    if not settings.CA_BUNDLE:
        return True
    if settings.CLOUD == "emulator":
        return str(settings.CA_BUNDLE)
    return str(ca_bundle.bundle(Path(settings.CA_BUNDLE), folder=settings.DATA_DIR))
