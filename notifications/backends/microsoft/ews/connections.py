"""Connections to EWS, each for one request at a time, with exchangelib's traps closed.

- The adapter puts our token into each request; its own credentials would go on with an old one, or
  loop for ever.
- The version is fixed, so that no request is spent on guessing it.
- FailFast: waiting and trying again is the queue's work. FaultTolerance posts CreateItem again.
- One session a connection: with more of them exchangelib turns a lost connection into "busy".
- Its cache of protocols is emptied by hand; it keeps every credentials object for ever.
- Its loggers are silent: they would write bearers and bodies.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import Any

import requests
from exchangelib import DELEGATE, OAUTH2, Account, Configuration, EWSTimeZone
from exchangelib.credentials import OAuth2AuthorizationCodeCredentials
from exchangelib.errors import EWSError
from exchangelib.folders import Root
from exchangelib.protocol import BaseProtocol, FailFast, Protocol
from exchangelib.version import EXCHANGE_O365, Version
from oauthlib.oauth2 import OAuth2Token

from notifications.backends.errors import Answer, SendError
from notifications.backends.explanations.explain import error_for
from notifications.backends.microsoft.answers import UNEXPECTED
from notifications.backends.network import USER_AGENT, check_proxy, network_answer
from notifications.backends.tls import TlsAdapter

from .answers import Heard, hear

for _name in ("exchangelib", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

# These are seconds to connect and between two bytes of an answer, as for Graph.
_TIMEOUT = (10.0, 90.0)
# exchangelib and its parser raise these for an answer of another form than they expect.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError, RuntimeError)
_thread = threading.local()
_bundles: dict[str, str | bool] = {}


class _RefusedError(Exception):
    """What the answer says is known already."""


class _Adapter(TlsAdapter):
    """exchangelib makes its own sessions, but they send through this adapter: it adds our CA bundle
    and request id, keeps what the answer says, and lets only Exchange's XML through, for which
    exchangelib is made. It makes guesses about all other answers."""

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        options["verify"] = _bundles.get(request.url, options.get("verify", True))
        options["timeout"] = _TIMEOUT
        request.headers["Authorization"] = f"Bearer {_thread.token}"
        ours = str(uuid.uuid4())
        request.headers["client-request-id"] = ours
        request.headers["return-client-request-id"] = "true"
        _thread.heard = Heard(Answer(client_request_id=ours))
        check_proxy(request.url)
        with closing(super().send(request, *args, **options)) as response:
            _thread.heard = hear(response)
        if not _thread.heard.is_for_exchangelib:
            raise _RefusedError
        return response


BaseProtocol.HTTP_ADAPTER_CLS = _Adapter
BaseProtocol.USERAGENT = USER_AGENT


class _Credentials(OAuth2AuthorizationCodeCredentials):
    """Credentials that are never asked. They are compared by identity, so that no two connections
    share a protocol of exchangelib's cache."""

    __hash__ = object.__hash__

    def __init__(self) -> None:
        super().__init__(access_token=OAuth2Token({"access_token": "-", "token_type": "Bearer"}))

    def __eq__(self, other: object) -> bool:
        return self is other


class EwsConnection:
    """It opens when it is first used: before that no token is asked for."""

    def __init__(
        self, url: str, mailbox: str, *, token: Callable[[], str], verify: str | bool
    ) -> None:
        self._url = url
        self._mailbox = mailbox
        self.token = token
        self._account: Account | None = None
        _bundles[url] = verify

    @property
    def account(self) -> Account:
        if self._account is None:
            self._account = Account(
                self._mailbox,
                config=Configuration(
                    service_endpoint=self._url,
                    credentials=_Credentials(),
                    auth_type=OAUTH2,
                    version=Version(build=EXCHANGE_O365),
                    retry_policy=FailFast(),
                    max_connections=1,
                ),
                autodiscover=False,
                access_type=DELEGATE,
                default_timezone=EWSTimeZone("UTC"),
            )
        return self._account

    @property
    def root(self) -> Root:
        """The root by its well-known name, so that folders below it need no GetFolder."""
        return Root(account=self.account)

    def last_answer(self) -> Answer:
        """Return status and ids of the last answer to this thread."""
        return replace(_last_heard().answer, code="", message="")

    def close(self) -> None:
        if self._account is None:
            return
        protocol = self._account.protocol
        with suppress(KeyError):
            del Protocol[protocol.config]
        protocol.close()
        self._account = None


@contextmanager
def requests_on(connection: EwsConnection, *, submits: bool) -> Iterator[None]:
    """Make requests with the token of now; what goes wrong is raised as our errors. `submits`: they
    ask Exchange to send."""
    _thread.heard, _thread.token = Heard(Answer()), connection.token()
    try:
        yield
    except (_RefusedError, EWSError, OSError) as error:
        raise _error(error, submits=submits) from error
    except _UNREADABLE as error:
        if not _last_heard().answer.status:
            raise  # no answer of Exchange has caused it
        raise _error(error, submits=submits) from error
    if _last_heard().answer.code == UNEXPECTED:
        # Exchange has named neither an error nor success, which exchangelib takes for success.
        raise _refusal(submits=submits)


def _error(error: Exception, *, submits: bool) -> SendError:
    lost = _network_failure(error)
    if lost is None:
        return _refusal(submits=submits)
    ours = _last_heard().answer.client_request_id
    return error_for(network_answer(lost, client_request_id=ours), submitted=submits)


def _refusal(*, submits: bool) -> SendError:
    heard = _last_heard()
    answer = replace(heard.answer, code=heard.answer.code or UNEXPECTED)
    return error_for(answer, submitted=submits, retry_after=heard.retry_after)


def _last_heard() -> Heard:
    heard: Heard = getattr(_thread, "heard", Heard(Answer()))
    return heard


def _network_failure(error: BaseException | None) -> OSError | None:
    """Return the error of requests that exchangelib wrapped in errors of its own, or None."""
    while error is not None:
        # A missing CA bundle is a plain OSError; its subclasses may be the parser's.
        if isinstance(error, requests.RequestException) or type(error) is OSError:
            return error
        error = error.__context__
    return None
