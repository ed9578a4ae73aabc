"""What every page says on top: practice mode, that mail has stopped, that a credential or the SMTP
listener's certificate ends."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from notifications.admin.saved import settings_of
from notifications.backends.microsoft.clouds import EMULATOR
from notifications.incident import notices
from notifications.incident.notices import Notice
from notifications.models import EmailSettings, QueueState

# Their card says it all, to those who may see the queue.
_WITH_CARD = frozenset({"admin:index", "admin:notifications_notification_changelist"})


def banners(request: HttpRequest) -> dict[str, Any]:
    """Hand the banners to every template. Unfold's components run this context processor again
    and again for one page, so what it finds stays with the request: three queries a page while
    all is well, two more while mail does not flow, at most one for strangers."""
    if not hasattr(request, "mail_banners"):
        saved: Any = SimpleLazyObject(lambda: settings_of(request))
        request.mail_banners = {  # type: ignore[attr-defined]
            "practice_mode": SimpleLazyObject(lambda: _practises(saved)),
            "emulator_pages_url": settings.EMULATOR_PAGES_URL,
            "mail_banners": SimpleLazyObject(lambda: _banners(request, saved)),
        }
    return request.mail_banners  # type: ignore[attr-defined,no-any-return]


def _practises(saved: EmailSettings) -> bool:
    """Ask the database only where it can make a difference."""
    is_named = settings.CLOUD != EMULATOR or settings.CLOUD_IS_NAMED
    return settings.CLOUD == EMULATOR and (is_named or not saved.values().cloud_is_lost)


def _banners(request: HttpRequest, saved: EmailSettings) -> list[Notice]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or _has_card(request, user):
        return []
    now = timezone.now()
    state = QueueState.objects.with_smtp_certificate(now=now).current()
    found = notices.for_every_page(user, saved, state, now=now)
    return [_in_short(each) for each in found] if _explains_it(request) else found


def _explains_it(request: HttpRequest) -> bool:
    """Say whether this is the page that explains a trouble of the account at its place."""
    match = request.resolver_match
    return match is not None and match.view_name == "email_settings"


def _in_short(notice: Notice) -> Notice:
    return replace(notice, why="", what_to_do="") if notice.is_of_account else notice


def _has_card(request: HttpRequest, user: Any) -> bool:
    match = request.resolver_match
    is_one = match is not None and match.view_name in _WITH_CARD
    return is_one and bool(user.has_perm("notifications.view_notification"))
