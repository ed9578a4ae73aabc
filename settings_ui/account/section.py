"""What the section Account tells beside its button."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.mailbox import account_state
from notifications.mailbox.connection import Connection
from notifications.models import Attempt, MicrosoftAccount
from notifications.models.account import AccountState
from notifications.queue.holding import account_obstacles
from notifications.queue.holding.obstacle import Place
from notifications.queue.waiting import Waiting
from settings_ui.drafts import PageState

from . import change, grant


def context(state: PageState, shown: Connection, *, waits: Waiting) -> dict[str, Any]:
    """`shown` is what the values in the form would connect with."""
    without = lacking(state, shown)
    account = state.account
    mended_at, trouble = _mended_at(state), _trouble(state)
    return {
        "incomplete": incomplete(state.connection),
        "known_credentials": " ".join(state.connection.values.known_credentials),
        "account_state": account_state.shown_state(account, state.connection.cloud),
        "is_at_other_cloud": _is_at_other_cloud(state),
        "lacking": without,
        "mended_at": mended_at,
        "is_sign_in_needed": bool(without) or mended_at is Place.ACCOUNT,
        "last_success_at": _last_success_at(state),
        "trouble": trouble,
        "last_error": trouble or _last_error(state),
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


def _last_success_at(state: PageState) -> datetime | None:
    """A new sign-in goes on where the saved one of the same mailbox ends."""
    account, saved = state.account, state.settings.account
    if account is None:
        return None
    is_same = saved is not None and saved.is_same_mailbox(account)
    return account.last_success_at or (saved.last_success_at if saved and is_same else None)


def _trouble(state: PageState) -> dict[str, Any] | None:
    """Explain why the account cannot be used, as far as Microsoft has said it."""
    account = state.account
    if account is None or account.state == AccountState.CONNECTED or account.last_error_at is None:
        return None
    return _error_of_account(state, account, at=account.last_error_at)


def _last_error(state: PageState) -> dict[str, Any] | None:
    """Explain the newest error: one of the account that is over, or what became of a message since
    the last one that went out."""
    account = state.account
    if account is None:
        return None
    entry = _unsent(state, account)
    at = account.last_error_at
    if entry and (at is None or at < entry.at):
        answer = entry.answer
        explained = explain(
            answer,
            submitted=entry.submitted,
            from_=entry.from_address,
            account=entry.account,
            translate=_,
        )
        return {"at": entry.at, "answer": answer, "explained": explained, "is_over": False}
    return _error_of_account(state, account, at=at) if at else None


def _unsent(state: PageState, account: MicrosoftAccount) -> Attempt | None:
    since = _last_success_at(state) or account.signed_in_at
    return Attempt.objects.newest_unsent(account.address, since=since)


def _error_of_account(
    state: PageState, account: MicrosoftAccount, *, at: datetime
) -> dict[str, Any]:
    answer = Answer(code=account.last_error_code, message=account.last_error_message)
    explained = explain(
        answer,
        account=account.address,
        client_id=state.connection.values.client_id,
        by_hand=True,
        translate=_,
    )
    is_over = account.state == AccountState.CONNECTED
    return {"at": at, "answer": answer, "explained": explained, "is_over": is_over}
