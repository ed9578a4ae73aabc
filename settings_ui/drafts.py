"""An unsaved form, kept encrypted on the server while the browser is at Microsoft."""

import json
import secrets
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from notifications import vault
from notifications.mailbox import upkeep
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft
from notifications.models.rows import row_number
from notifications.models.sealed.field import sealed_fields
from notifications.models.settings import SettingsValues

# The settings that are secrets
SECRETS = [field.name for field in sealed_fields(EmailSettings)]
# In the session: the draft that was saved last
_SAVED = "saved_draft"
# Never kept as typed: the token of the request, and what is kept sealed instead.
_NOT_KEPT = frozenset(["csrfmiddlewaretoken", "passphrase", "trace_passphrase", "draft", *SECRETS])


@dataclass(frozen=True)
class PageState:
    """What the page works on: the saved row, and over it the draft, if there is one.

    `stored` has the saved values with the draft's secrets; `typed` is the draft's form as it
    was typed; `account` is the pending account, else the saved one; `is_changed` says whether
    the draft's form was not the same as what was saved; `is_draft_gone`, whether the request
    speaks of a draft that is not there any more, and so of a sign-in or a secret that is lost.
    """

    settings: EmailSettings
    draft: SignInDraft | None
    stored: SettingsValues
    typed: dict[str, Any] | None
    account: MicrosoftAccount | None
    is_changed: bool = False
    is_draft_gone: bool = False

    @cached_property
    def connection(self) -> Connection:
        """What would be connected with, if only the draft's secrets were saved."""
        return Connection.of(self.stored)

    @property
    def is_pending(self) -> bool:
        """Whether the account is signed in but not saved."""
        return self.account is not None and self.account.pk != self.settings.account_id

    @cached_property
    def pending(self) -> set[str]:
        """The secrets that were entered and are not saved yet, by the names of their settings."""
        return {
            name for name in SECRETS if getattr(self.stored, name) != getattr(self.settings, name)
        }


def load(request: HttpRequest) -> PageState:
    """The state that a request speaks of. A draft of somebody else, or an old one, is none."""
    settings = EmailSettings.objects.current()
    named = request.POST.get("draft") or request.GET.get("draft") or ""
    number = row_number(named)
    draft = None
    if number is not None:
        draft = (
            SignInDraft.objects.alive(now=timezone.now())
            .select_related("account")
            .filter(pk=number, user_id=user_id(request))
            .first()
        )
    state = with_draft(settings, draft)
    is_gone = bool(named) and state.draft is None and not _was_saved(request, number)
    return replace(state, is_draft_gone=is_gone)


def discard_saved(request: HttpRequest, draft: SignInDraft) -> None:
    """Delete a draft that has been saved, and remember it: nothing of it is lost when the same form
    comes a second time, as by a double click."""
    upkeep.discard(SignInDraft.objects.up_to(draft))
    request.session[_SAVED] = draft.pk


def _was_saved(request: HttpRequest, number: int | None) -> bool:
    return number is not None and request.session.get(_SAVED) == number


def with_draft(settings: EmailSettings, draft: SignInDraft | None) -> PageState:
    """Lay the draft over the saved settings. One whose encryption key is gone is none."""
    kept: dict[str, Any] = {}
    if draft:
        try:
            kept = json.loads(SignInDraft.form.field.open(draft))
        except vault.UnreadableSecret:
            draft = None
    values = settings.values()
    given: Any = {name: kept[name] for name in SECRETS if kept.get(name)}
    stored = replace(values, **given)
    account = (draft.account if draft else None) or settings.account
    is_changed = kept.get("is_changed", False)
    return PageState(settings, draft, stored, kept.get("typed"), account, is_changed=is_changed)


def offered(request: HttpRequest, current: PageState) -> PageState | None:
    """Return what the person has left unsaved on another page, unless it is open already. Each
    sign-in that is begun keeps its form too, often one in which nothing was changed."""
    if current.draft:
        return None
    mine = SignInDraft.objects.alive(now=timezone.now()).filter(user_id=user_id(request))
    newest_first = mine.select_related("account").order_by("-pk")
    states = (with_draft(current.settings, draft) for draft in newest_first)
    return next((each for each in states if each.is_changed or each.is_pending), None)


def keep(
    request: HttpRequest,
    values: SettingsValues,
    *,
    before: PageState,
    is_changed: bool,
    state: str = "",
    flow: dict[str, Any] | None = None,
) -> SignInDraft:
    """Keep the form as it was typed, the secrets that are new in it, and MSAL's flow where a
    sign-in begins. `before` is what the form began with: its saved secrets are not kept, because
    newer ones may be saved until this form is."""
    secrets_now = {name: getattr(values, name) for name in SECRETS}
    new = {k: sealed for k, sealed in secrets_now.items() if sealed != getattr(before.settings, k)}
    form = {"typed": _typed(request.POST), "is_changed": is_changed, **new}
    return SignInDraft.objects.create(
        # Unguessable also where nobody comes back with it
        state=state or secrets.token_urlsafe(32),
        user_id=user_id(request),
        form=SignInDraft.form.field.seal(json.dumps(form)),
        flow=SignInDraft.flow.field.seal(json.dumps(flow or {})),
        # A sign-in that is given up leaves the pending account of an earlier one.
        account=before.draft.account if before.draft else None,
    )


def flow_of(draft: SignInDraft) -> dict[str, Any]:
    flow: dict[str, Any] = json.loads(SignInDraft.flow.field.open(draft))
    return flow


def user_id(request: HttpRequest) -> int:
    """The person's number. Behind a permission check somebody is always logged in."""
    return cast(int, request.user.pk)


def _typed(data: QueryDict) -> dict[str, Any]:
    return {name: data[name] for name in data if name not in _NOT_KEPT}
