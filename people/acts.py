"""The acts of people here that others keep a record of: this is the one place that tells them.

Log-ins, log-outs and refused log-ins are Django's own signals.
"""

import logging
from typing import Any

from django.http import HttpRequest

logger = logging.getLogger(__name__)

SESSION_ENDED = "session_ended"
PROVED_AGAIN = "proved_again"
NOT_PROVED = "not_proved"
SIGN_IN_REFUSED = "sign_in_refused"
SIGN_IN_ENDED = "sign_in_ended"
EMERGENCY_LOGIN = "emergency_login"
LOGIN_RULES_CHANGED = "login_rules_changed"
LINK_MADE = "link_made"
PASSWORD_SET_BY_LINK = "password_set_by_link"  # noqa: S105 - the name of an act
SECOND_FACTOR_SET_UP = "second_factor_set_up"
SECOND_FACTOR_TURNED_OFF = "second_factor_turned_off"
RECOVERY_CODES_MADE = "recovery_codes_made"


def tell(what: str, request: HttpRequest, *, about: Any = None, detail: str = "") -> None:
    """Log an act. `about` is the user that it is done with, if any; `detail` has no secrets. Users
    are named by their number, because names can be addresses."""
    logger.info(
        "%s by user %s, about user %s %s",
        what,
        request.user.pk or "?",
        about.pk if about else "?",
        detail,
        extra={"act": what},
    )
