"""The four steps of a set-up, which the page shows until all are done. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.queue.holding.obstacle import Place

from .drafts import PageState

_OF_APPLICATION = (Place.APPLICATION, Place.CREDENTIAL)


@dataclass(frozen=True, slots=True)
class SetupStep:
    """`place` is the id of the element that it leads to. One step at most is the next one."""

    label: str
    place: str
    is_done: bool
    is_next: bool


def steps(
    state: PageState,
    *,
    lacking: list[str],
    mended_at: Place | None,
    is_practice_left: bool,
    unsaved: bool,
) -> list[SetupStep]:
    """Return them, or none where nothing is left to do. `lacking` are the permissions that the
    sign-in does not have, `mended_at` is where a trouble of the account is ended."""
    # Another sign-in helps only where it is ended by one.
    is_lost = mended_at is Place.ACCOUNT or bool(lacking)
    is_signed_in = state.account is not None and not is_lost
    is_refused = mended_at in _OF_APPLICATION and not state.pending
    done = {
        (_("Entra application"), "application"): not state.connection.missing
        and not is_practice_left
        and not is_refused,
        (_("Sign in"), "account"): is_signed_in,
        # A test that was sent, or any other message since the sign-in.
        (_("Test"), "test"): is_signed_in and bool(state.account and state.account.last_success_at),
        (_("Save"), "save"): is_signed_in and not state.is_pending and not unsaved,
    }
    if all(done.values()) or _was_done(state, list(done.values())):
        return []
    first = next(key for key, is_done in done.items() if not is_done)
    return [SetupStep(*key, is_done=is_done, is_next=key == first) for key, is_done in done.items()]


def _was_done(state: PageState, done: list[bool]) -> bool:
    """Say whether nothing but Save is left of a change to a set-up that is done."""
    return all(done[:-1]) and state.settings.account_id is not None and not state.is_pending
