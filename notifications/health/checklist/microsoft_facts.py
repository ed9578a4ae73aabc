"""Ask Microsoft: can it be reached, does it know the tenant, the application and the account.

Each request has its time-out; what depends on a step that failed is left out. No mail is sent.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import requests
from django.utils.translation import gettext as _
from requests.utils import get_environ_proxies

from notifications.backends.errors import SendError
from notifications.backends.microsoft.answers import json_object
from notifications.backends.microsoft.entra_http import error_of
from notifications.backends.network import USER_AGENT, Session, check_proxy, network_answer
from notifications.mailbox import check
from notifications.mailbox.connection import Connection, verify
from notifications.models import MicrosoftAccount
from notifications.models.settings import SettingsValues

from . import local_facts
from .facts import Facts, Outside, Stored, Tried

_TIMEOUT = (5.0, 10.0)  # seconds to connect, and between two bytes
_OK = 200


def asked(facts: Facts) -> Facts:
    """Ask Microsoft. What the database holds is read again: a renewal may have brought a lost
    sign-in back. Nobody is asked while it is not known which cloud is meant."""
    stored = facts.stored
    if stored is None or stored.connection.values.cloud_is_lost:
        return facts
    return with_outside(facts, ask(stored))


def with_outside(facts: Facts, outside: Outside) -> Facts:
    return replace(facts, outside=outside, stored=local_facts.read_stored(now=facts.now))


def ask(stored: Stored) -> Outside:
    """Try all of it with these settings. The account's row keeps what its renewal found out."""
    trying = Trying(stored)
    for _name, step in trying.steps():
        step()
    return trying.outside()


class Trying:
    """All that is tried, step by step, so that a page can show how far it is."""

    def __init__(self, stored: Stored) -> None:
        self._connection, self._account = stored.connection, stored.account
        self._answered: requests.Response | None = None
        self._token = ""
        self._tried: dict[str, Tried] = {}

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """Return them in their order, each with what it does in words."""
        return [
            (_("Connecting to Microsoft's sign-in service"), self._login),
            (_("Connecting to Microsoft's mail service"), self._mail),
            (_("Renewing the sign-in"), self._renew),
            (_("Opening the mailbox"), self._mailbox),
        ]

    def outside(self) -> Outside:
        return Outside(
            tenant=_tenant(self._connection.values, self._answered),
            clock_off=_clock_off(self._answered),
            **self._tried,
        )

    def _login(self) -> None:
        tenant_id = self._connection.values.tenant_id or "common"
        login = self._connection.service_urls["login"]
        configuration = f"{login}/{tenant_id}/v2.0/.well-known/openid-configuration"
        self._tried["login"], self._answered = _reach(configuration)

    def _mail(self) -> None:
        self._tried["mail"], _response = _reach(self._connection.service_urls["mail"])

    def _renew(self) -> None:
        login = self._tried["login"]
        self._tried["renewal"], self._token = _renew(self._connection, self._account, login)

    def _mailbox(self) -> None:
        self._tried["mailbox"] = _open_mailbox(
            self._connection, self._account, self._token, self._tried["mail"]
        )


def _reach(url: str) -> tuple[Tried, requests.Response | None]:
    """Any answer will do: without a token most are refusals."""
    with Session() as session:
        session.trust_env = False
        try:
            check_proxy(url)
            response = session.get(
                url,
                timeout=_TIMEOUT,
                verify=verify(),
                proxies=get_environ_proxies(url),
                allow_redirects=False,
                headers={"User-Agent": USER_AGENT},
            )
        except OSError as error:  # requests' errors, and a CA bundle that is not there
            return Tried(network_answer(error), detail=local_facts.host_of(url)), None
    return Tried(detail=local_facts.host_of(url)), response


def _tenant(values: SettingsValues, response: requests.Response | None) -> Tried:
    if not values.tenant_id:
        return Tried(skipped=_("No tenant ID is entered yet."))
    if response is None:
        return Tried(skipped=_("Not run: Microsoft's sign-in service can't be reached."))
    if response.status_code == _OK and "token_endpoint" in json_object(response):
        return Tried(detail=values.tenant_id)
    return Tried(error_of(response).answer)


def _clock_off(response: requests.Response | None) -> timedelta | None:
    if response is None:
        return None
    try:
        theirs = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError, TypeError):
        return None
    # The header has whole seconds, and the answer took its time.
    return datetime.now(UTC) - theirs - response.elapsed / 2


def _renew(
    connection: Connection, account: MicrosoftAccount | None, login: Tried
) -> tuple[Tried, str]:
    """Renew the sign-in. The second value is the access token, "" where there is none."""
    if missing := connection.missing:
        return Tried(
            skipped=_("Not entered yet: %(missing)s.") % {"missing": ", ".join(missing)}
        ), ""
    if account is None:
        return Tried(skipped=_("Can't be checked until an account is signed in.")), ""
    if account.cloud != connection.cloud.key:
        return Tried(skipped=_("The account was signed in at another cloud.")), ""
    if login.answer.code:
        return Tried(skipped=_("Not run: Microsoft's sign-in service can't be reached.")), ""
    try:
        token = check.renew(connection, account)
    except SendError as error:
        return Tried(error.answer), ""
    return Tried(detail=account.address), token


def _open_mailbox(
    connection: Connection, account: MicrosoftAccount | None, token: str, mail: Tried
) -> Tried:
    if account is None or not token:
        return Tried(skipped=_("Not run: there is no access token."))
    if mail.answer.code:
        return Tried(skipped=_("Not run: Microsoft's mail service can't be reached."))
    try:
        info = check.look(connection, account, token=token)
    except SendError as error:
        return Tried(error.answer)
    if not info.mailbox_checked:
        return Tried(skipped=_("Can't be checked with the permission Mail.Send alone."))
    return Tried(detail=info.mailbox)
