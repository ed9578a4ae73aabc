"""What stands beside the form's fields: warnings, permissions, and the connection panel."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from notifications import vault
from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.backends.microsoft import certificates, clouds
from notifications.backends.microsoft.certificates import CertificateInfo
from notifications.mailbox.connection import Connection
from notifications.models import Alarm, Callback
from notifications.models.settings import SettingsValues

from . import cautions
from .drafts import PageState
from .forms import EmailSettingsForm
from .redirect_uri import redirect_uri

_LONGEST = 10  # digits of a limit


def context(state: PageState, form: EmailSettingsForm, connection: Connection) -> dict[str, Any]:
    shown = _shown_values(state, form)
    return {
        "shown": shown,
        "cloud": connection.cloud,
        "other_clouds": [c for c in clouds.REAL_CLOUDS.values() if c is not clouds.GLOBAL],
        "permissions": _permissions(state, shown),
        **cautions.context(state, shown, today=datetime.now(UTC).date()),
        "consent_link": _consent_link(connection, shown),
        "certificate": _certificate(state.stored),
        "last_error": _last_error(state),
        "alarms": Alarm.objects.standing(),
        "last_alarm_call": Callback.objects.of_alarms().select_related("alarm").first(),
    }


def _shown_values(state: PageState, form: EmailSettingsForm) -> SettingsValues:
    """The few values that the texts depend on, as they stand in the form."""

    def shown(name: str) -> Any:
        value = form[name].value()
        return value if value is not None else ""

    stored = state.stored
    return SettingsValues(
        service=str(shown("service")),
        from_address=str(shown("from_address")),
        api=str(shown("api")) or stored.api,
        cloud=stored.cloud,
        tenant_id=stored.tenant_id,
        credential=str(shown("credential")),
        delegation=bool(shown("delegation")),
        protection=bool(shown("protection")),
        limit_attachments=bool(shown("limit_attachments")),
        attachment_limit_mb=_number(shown("attachment_limit_mb")),
    )


def _number(typed: Any) -> int | None:
    text = str(typed)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _LONGEST else None


def _permissions(state: PageState, shown: SettingsValues) -> list[dict[str, Any]]:
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
    account = state.account
    needed = sorted(Connection.of(shown).permissions)
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


def _consent_link(connection: Connection, shown: SettingsValues) -> str:
    """For an administrator to open: consents for the whole tenant, then returns to us."""
    values, cloud = connection.values, connection.cloud
    if not values.tenant_id or not values.client_id:
        return ""
    graph = cloud.graph.partition("/v1.0")[0]
    scopes = [
        name if "/" in name else f"{graph}/{name}"
        for name in sorted(Connection.of(shown).permissions)
    ]
    query = urlencode(
        {
            "client_id": values.client_id,
            "scope": " ".join(scopes),
            "redirect_uri": redirect_uri(),
            "state": "admin-consent",
        }
    )
    return f"{cloud.browser_origin}/{values.tenant_id}/v2.0/adminconsent?{query}"


def _certificate(stored: SettingsValues) -> CertificateInfo | None:
    try:
        pem = vault.unseal(stored.certificate)
    except vault.UnreadableSecret:
        return None
    return certificates.describe(pem) if pem else None


def _last_error(state: PageState) -> dict[str, Any] | None:
    account = state.account
    if account is None or account.last_error_at is None:
        return None
    answer = Answer(code=account.last_error_code, message=account.last_error_message)
    return {
        "at": account.last_error_at,
        "answer": answer,
        "explained": explain(answer, translate=_),
    }
