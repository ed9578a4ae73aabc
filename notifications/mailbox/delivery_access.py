"""How results are asked for: the application of the message trace, and the Inbox.

Whatever fails here leaves the account's state as it is: it never holds mail back.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from notifications import vault
from notifications.backends.errors import Answer, AuthError
from notifications.backends.explanations.tracing import NOT_SET_UP
from notifications.backends.microsoft import clouds
from notifications.backends.microsoft.application import AccessToken, Application
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.delivery.options import TraceRegistration
from notifications.models.settings import Credential

from . import tokens, trace_budget
from .connection import Connection, for_msal, verify

if TYPE_CHECKING:
    from notifications.backends.microsoft.graph.inbox import InboxReader
    from notifications.backends.microsoft.graph.trace import MessageTrace

# Microsoft has message trace nowhere else.
_WITHOUT_TRACE = frozenset([clouds.GCC_HIGH.key, clouds.DOD.key, clouds.CHINA.key])
# Reports of Exchange name them as the next server of mail that stays with Microsoft.
_MICROSOFTS_SERVERS = ("outlook.com", "office365.us", "outlook.cn")
# Access tokens of applications, by what they were asked with. They live in this process only.
_tokens: dict[tuple[str, str, str, int], AccessToken] = {}


def has_trace(connection: Connection) -> bool:
    """Say whether the cloud has message trace at all."""
    return connection.cloud.key not in _WITHOUT_TRACE


def trace_application(connection: Connection) -> Application:
    """The application that asks the trace. Raises AuthError where it is not complete, or where the
    key of its credential is gone."""
    values = connection.values
    if values.trace_registration == TraceRegistration.SIGN_IN:
        return connection.application()
    is_certificate = values.trace_credential == Credential.CERTIFICATE
    field = (
        EmailSettings.trace_certificate if is_certificate else EmailSettings.trace_secret
    ).field
    try:
        credential = field.open(values)
    except vault.UnreadableSecret:
        text = "The credential of message trace cannot be decrypted."
        raise AuthError(Answer(code="KeyMissing", message=text)) from None
    tenant = values.trace_tenant_id or values.tenant_id
    if not (credential and tenant and values.trace_client_id):
        raise AuthError(Answer(code=NOT_SET_UP, message="The registration is not complete."))
    return Application(
        client_id=values.trace_client_id,
        credential=for_msal(credential) if is_certificate else credential,
        authority=f"{connection.cloud.login}/{tenant}",
        verify=verify(),
    )


def open_trace(connection: Connection, *, now: datetime) -> "MessageTrace":
    """Open the message trace, with a token of its application. Raises a SendError. The caller
    closes it. It is imported where it is used, as the backends are (connection.py)."""
    from notifications.backends.microsoft.graph.http import GraphHttp  # noqa: PLC0415
    from notifications.backends.microsoft.graph.trace import MessageTrace  # noqa: PLC0415

    token = _application_token(trace_application(connection), connection, now=now)
    http = GraphHttp(connection.cloud.graph, token=lambda: token.secret, verify=verify(), at_once=1)
    return MessageTrace(http, spend=partial(trace_budget.spend, now=now))


def open_inbox(
    connection: Connection, account: MicrosoftAccount, *, mailbox: str = ""
) -> "InboxReader":
    """Open an Inbox with the sign-in's permission: the account's own, or another mailbox's that it
    may read. Raises a SendError. The caller closes it."""
    from notifications.backends.microsoft.graph.http import GraphHttp  # noqa: PLC0415
    from notifications.backends.microsoft.graph.inbox import InboxReader  # noqa: PLC0415

    scopes = {"Mail.Read.Shared"} if mailbox else connection.permissions
    token = tokens.side_token(account, connection.application(), scopes)
    http = GraphHttp(
        connection.cloud.graph,
        token=partial(getattr, token, "secret"),
        verify=verify(),
        at_once=1,
    )
    return InboxReader(http, mailbox=mailbox)


def forget_tokens() -> None:
    """Ask anew the next time, as after a permission was granted."""
    _tokens.clear()


def is_trusted_server(server: str) -> bool:
    """Say whether reports are made by this host inside the tenant (belief: a setting)."""
    return _is_below(server, settings.REPORT_SERVERS)


def is_exchange(server: str) -> bool:
    """Say whether a recipient's block speaks with Exchange's own voice: it names no other server,
    or one of Microsoft's."""
    return not server or _is_below(server, (*settings.REPORT_SERVERS, *_MICROSOFTS_SERVERS))


def _is_below(server: str, domains: Iterable[str]) -> bool:
    return any(server == name or server.endswith(f".{name}") for name in domains)


def _application_token(
    application: Application, connection: Connection, *, now: datetime
) -> AccessToken:
    from notifications.backends.microsoft import entra  # noqa: PLC0415

    scope = f"{connection.cloud.graph.removesuffix('/v1.0')}/.default"
    key = (application.client_id, application.authority, scope, hash(str(application.credential)))
    known = _tokens.get(key)
    if known is None or not known.is_fresh(now=now):
        known = _tokens[key] = entra.application_token(application, scope=scope, now=now)
    return known
