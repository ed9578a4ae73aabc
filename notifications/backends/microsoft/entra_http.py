"""The connection to Microsoft's sign-in service. It lets answers of Entra ID through to MSAL, and
raises our errors for all others: MSAL reads any 4xx for the tenant's configuration as an unknown
tenant, and trusts the form of whatever it gets.

Sources: "Microsoft identity platform and OAuth 2.0 authorization code flow" (errors) and RFC 6749
5.2; recorded answers.
"""

import re
from contextlib import closing
from typing import Any

import requests

from notifications.backends.errors import (
    Answer,
    AuthError,
    SendError,
    ThrottledError,
    TransientError,
)
from notifications.backends.explanations.explain import error_for, sign_in_code
from notifications.backends.network import USER_AGENT, Session, check_proxy, network_answer

from .answers import json_object, retry_after, unexpected

TIMEOUT = 20  # seconds
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500
_ID = "x-ms-ests-server"
_ERROR = re.compile(r"[a-z]+(_[a-z]+)*")
_AADSTS = re.compile(r"AADSTS\d+")
_HTTPS = re.compile(r"https?://[^/\s]+/\S*")
# Their values are text wherever Entra gives them.
_TEXTS = ("access_token", "refresh_token", "id_token", "scope", "token_type", "client_info")
_LONGEST_LIFE = 10_000_000  # seconds; a token of Entra's lives for a day at the most


class EntraHttp(Session):
    """MSAL's own session lets REQUESTS_CA_BUNDLE override its `verify`. This one gives `verify`
    with each request, which then counts. `issuer` is the one of the last configuration read."""

    def __init__(self, verify: str | bool) -> None:
        super().__init__()
        self.headers["User-Agent"] = USER_AGENT
        self._verify = verify
        self.issuer = ""

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        given = {"timeout": TIMEOUT, "verify": self._verify, **options}
        # Entra redirects browsers only; whoever redirects us shall not get the secret.
        given |= {"allow_redirects": False, "stream": True}
        try:
            check_proxy(str(url))
            with closing(super().request(method, url, *args, **given)) as response:
                response.content  # noqa: B018 - reads it; one that cannot be read is closed
        except OSError as error:  # requests' errors, or a missing CA bundle
            raise TransientError(network_answer(error)) from error
        found = json_object(response)
        if response.status_code == _OK and "token_endpoint" in found:
            self.issuer = _issuer(response, found)
        elif response.status_code != _OK or not _is_token(found):
            _refuse(response, found)
        return response


def error_of(response: requests.Response) -> SendError:
    """Return the error for an answer of the sign-in service that is no success."""
    found = json_object(response)
    is_entras = _is_entras(response, found)
    error = refusal(found) if is_entras else _unexpected(response)
    pause = retry_after(response.headers)
    # Somebody else's pause would keep all mail waiting.
    if pause and isinstance(error, TransientError) and (is_entras or _ID in response.headers):
        return ThrottledError(error.answer, retry_after=pause)
    return error


def _unexpected(response: requests.Response) -> TransientError:
    answer = unexpected(response)
    if response.status_code == _TOO_MANY or response.status_code >= _SERVER_ERROR:
        answer = failed(answer.message, status=answer.status).answer
    return TransientError(answer)


def refusal(result: dict[str, Any]) -> SendError:
    """Return the error for Entra's own JSON. What is not temporary needs a person, whatever its
    code."""
    words = result.get("error_description", "")
    description = words if isinstance(words, str) else ""
    answer = Answer(
        status=400,
        code=sign_in_code(str(result.get("error", "")), description),
        message=description.replace("\r\n", " "),
        request_id=result.get("trace_id", ""),
        client_request_id=result.get("correlation_id", ""),
    )
    error = error_for(answer, submitted=False)
    return error if isinstance(error, TransientError | ThrottledError) else AuthError(answer)


def failed(message: str, *, status: int = 0) -> TransientError:
    """Return the error for a sign-in service that does not answer as it should."""
    return TransientError(Answer(status=status, code="SignInServiceFailed", message=message))


def _refuse(response: requests.Response, found: dict[str, Any]) -> None:
    """Raise the error, unless MSAL has to see it: it keeps what an error at the token means."""
    is_of_token = response.request.method == "POST" and response.status_code < _SERVER_ERROR
    is_for_msal = is_of_token and response.status_code != _TOO_MANY
    if is_for_msal and _is_entras(response, found):
        return
    raise error_of(response)


def _issuer(response: requests.Response, found: dict[str, Any]) -> str:
    names = ("issuer", "authorization_endpoint", "token_endpoint")
    values = [found.get(name) for name in names]
    if not all(isinstance(each, str) and _HTTPS.fullmatch(each) for each in values):
        raise TransientError(unexpected(response))
    return str(values[0])


def _is_token(found: dict[str, Any]) -> bool:
    life = found.get("expires_in", 0)
    return (
        "access_token" in found
        and all(isinstance(found.get(name, ""), str) for name in _TEXTS)
        and str(life).isdecimal()
        and int(life) <= _LONGEST_LIFE
    )


def _is_entras(response: requests.Response, found: dict[str, Any]) -> bool:
    """Say whether an error is Entra's: OAuth's word, with a number or an id of Entra's."""
    error, description = found.get("error"), found.get("error_description")
    if not isinstance(error, str) or not _ERROR.fullmatch(error):
        return False
    numbered = isinstance(description, str) and _AADSTS.match(description)
    return bool(numbered) or _ID in response.headers
