"""What the section Account tells beside its button."""

from typing import Any

from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.mailbox import account_state
from notifications.mailbox.connection import Connection
from notifications.models.account import AccountState
from notifications.queue import account_obstacles
from notifications.queue.obstacle import Place
from notifications.queue.waiting import Waiting
from settings_ui.drafts import PageState

from . import change, grant


def context(state: PageState, shown: Connection, *, waits: Waiting) -> dict[str, Any]:
    """`shown` is what the values in the form would connect with."""
    without = lacking(state, shown)
    account = state.account
    mended_at = _mended_at(state)
    return {
        "incomplete": incomplete(state.connection),
        "known_credentials": " ".join(state.connection.values.known_credentials),
        "account_state": account_state.shown_state(account, state.connection.cloud),
        "is_at_other_cloud": _is_at_other_cloud(state),
        "lacking": without,
        "mended_at": mended_at,
        "is_sign_in_needed": bool(without) or mended_at is Place.ACCOUNT,
        "last_error": _last_error(state),
        "grants": grant.grants(shown.values.from_address, account=account),
        "account_change": change.effects(state, shown, waits=waits),
    }


def incomplete(connection: Connection) -> str:
    """Why Sign in is not possible yet, or ""."""
    if not connection.missing:
        return ""
    return _("To sign in, complete the Microsoft Entra application first: %(missing)s.") % {
        "missing": ", ".join(connection.missing)
    }


def lacking(state: PageState, shown: Connection) -> list[str]:
    """The permissions that the values in the form need and the sign-in does not have."""
    if state.account is None:
        return []
    return [name.rpartition("/")[2] for name in state.account.lacks(shown.permissions)]


def _is_at_other_cloud(state: PageState) -> bool:
    return state.account is not None and state.account.cloud != state.connection.cloud.key


def _mended_at(state: PageState) -> Place | None:
    """Return the part of the page where the trouble of the account is mended, None without one."""
    if state.account is None:
        return None
    trouble = account_obstacles.of_sign_in(state.account, state.connection)
    return trouble.place if trouble else None


def _last_error(state: PageState) -> dict[str, Any] | None:
    account = state.account
    if account is None or account.last_error_at is None:
        return None
    answer = Answer(code=account.last_error_code, message=account.last_error_message)
    return {
        "at": account.last_error_at,
        "answer": answer,
        "explained": explain(
            answer,
            account=account.address,
            client_id=state.connection.values.client_id,
            by_hand=True,
            translate=_,
        ),
        "is_over": account.state == AccountState.CONNECTED,
    }
