"""What people do here that somebody else keeps a record of: a signal, because no page of a way in
knows who listens. Logins, log-outs and refused logins are Django's own signals; what becomes of a
second factor are those of allauth.mfa.signals."""

from typing import Any

from django.dispatch import Signal
from django.http import HttpRequest

# Sent with `what` (one of the names below), `request`, `about` (the user that it is about, or None)
# and `detail` (a text without secrets).
acted = Signal()

SESSION_ENDED = "session_ended"
PROVED_AGAIN = "proved_again"
NOT_PROVED = "not_proved"
SIGN_IN_REFUSED = "sign_in_refused"
SIGN_IN_ENDED = "sign_in_ended"
EMERGENCY_LOGIN = "emergency_login"
LOGIN_RULES_CHANGED = "login_rules_changed"
LINK_MADE = "link_made"
PASSWORD_SET_BY_LINK = "password_set_by_link"  # noqa: S105 - the name of an act


def tell(what: str, request: HttpRequest, *, about: Any = None, detail: str = "") -> None:
    acted.send(sender=None, what=what, request=request, about=about, detail=detail)
