"""Ask Microsoft: can it be reached, does it know the tenant, the application and the account.

Each request has its time-out; what depends on a step that failed is left out. No mail is sent.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import requests
from django.utils.translation import gettext as _
from requests.utils import get_environ_proxies

from notifications.backends.errors import SendError
from notifications.backends.microsoft.answers import json_object
from notifications.backends.microsoft.entra_http import error_of
from notifications.backends.network import USER_AGENT, check_proxy, network_answer
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
    outside = ask(stored)
    return replace(facts, outside=outside, stored=local_facts.read_stored(now=facts.now))


def ask(stored: Stored) -> Outside:
    """Try all of it with these settings. The account's row keeps what its renewal found out."""
    connection, account = stored.connection, stored.account
    urls = connection.service_urls
    tenant_id = connection.values.tenant_id or "common"
    configuration = f"{urls['login']}/{tenant_id}/v2.0/.well-known/openid-configuration"
    login, answered = _reach(configuration)
    mail, _response = _reach(urls["mail"])
    renewal, token = _renew(connection, account, login)
    return Outside(
        login=login,
        mail=mail,
        tenant=_tenant(connection.values, answered),
        renewal=renewal,
        mailbox=_open_mailbox(connection, account, token, mail),
        clock_off=_clock_off(answered),
    )


def _reach(url: str) -> tuple[Tried, requests.Response | None]:
    """Any answer will do: without a token most are refusals."""
    with requests.Session() as session:
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
        return Tried(skipped=_("Microsoft's sign-in service was not reached."))
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
        return Tried(skipped=_("Nobody is signed in: only a renewal shows it.")), ""
    if account.cloud != connection.cloud.key:
        return Tried(skipped=_("The account was signed in at another cloud.")), ""
    if login.answer.code:
        return Tried(skipped=_("Microsoft's sign-in service was not reached.")), ""
    try:
        token = check.renew(connection, account)
    except SendError as error:
        return Tried(error.answer), ""
    return Tried(detail=account.address), token


def _open_mailbox(
    connection: Connection, account: MicrosoftAccount | None, token: str, mail: Tried
) -> Tried:
    if account is None or not token:
        return Tried(skipped=_("There is no access token to open it with."))
    if mail.answer.code:
        return Tried(skipped=_("Microsoft's mail service was not reached."))
    try:
        info = check.look(connection, account, token=token)
    except SendError as error:
        return Tried(error.answer)
    if not info.mailbox_checked:
        return Tried(skipped=_("The permission Mail.Send alone allows no look into it."))
    return Tried(detail=info.mailbox)
