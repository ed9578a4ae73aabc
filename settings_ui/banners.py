"""What every page says on top: practice mode, that mail has stopped, that a credential ends."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.backends.microsoft.clouds import EMULATOR
from notifications.mailbox import credential_expiry
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, QueueState
from notifications.queue import obstacles
from notifications.queue.obstacles import Place


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page where something can be done: its URL's name, its label, and who may open it."""

    name: str
    label: str | Promise
    permission: str


_PAGES = {
    Place.SETTINGS: PageLink(
        "email_settings", gettext_lazy("E-mail > Settings"), "notifications.view_emailsettings"
    ),
    Place.QUEUE: PageLink(
        "admin:notifications_notification_changelist",
        gettext_lazy("Notification Queue"),
        "notifications.view_notification",
    ),
    Place.CHECKLIST: PageLink(
        "setup_checklist", gettext_lazy("Setup checklist"), "notifications.view_emailsettings"
    ),
}


@dataclass(frozen=True, slots=True)
class Banner:
    """`page` is None for somebody who may not open it."""

    text: str
    what_to_do: str
    page: PageLink | None
    is_urgent: bool
    why: str = ""
    microsoft_code: str = ""


def banners(request: HttpRequest) -> dict[str, Any]:
    """Hand the banners to every template. Unfold's components run this context processor again
    and again for one page, so what it finds stays with the request: three queries a page, at
    most one for strangers."""
    if not hasattr(request, "mail_banners"):
        saved: Any = SimpleLazyObject(EmailSettings.objects.current)
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


def _banners(request: HttpRequest, saved: EmailSettings) -> list[Banner]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    now = timezone.now()
    state = QueueState.objects.current()
    found = [
        Banner(
            each.text,
            each.what_to_do,
            _page_for(user, each.place),
            is_urgent=not each.is_calm,
            why=each.why,
            microsoft_code=each.microsoft_code,
        )
        for each in obstacles.for_every_page(saved, state, now=now)
    ]
    if user.has_perm("notifications.change_emailsettings"):
        days = credential_expiry.days_left(Connection.of(saved.values()).values, now.date())
        found += _credential(days)
    return found


def _page_for(user: Any, place: Place) -> PageLink | None:
    page = _PAGES[place]
    return page if user.has_perm(page.permission) else None


def _credential(days: int | None) -> list[Banner]:
    """Warn before the application's credential ends, and say that it has."""
    stage = credential_expiry.stage(days)
    if days is None or stage is None:
        return []
    if stage == credential_expiry.PAST:
        text = _("The application's credential has expired.")
    elif days == 0:
        text = _("The application's credential ends today.")
    else:
        text = ngettext(
            "The application's credential ends in %(days)d day.",
            "The application's credential ends in %(days)d days.",
            days,
        ) % {"days": days}
    what_to_do = _(
        "Make a new client secret or certificate in Microsoft Entra, enter it and save; no new "
        "sign-in is needed."
    )
    return [
        Banner(text, what_to_do, _PAGES[Place.SETTINGS], is_urgent=days <= credential_expiry.SOON)
    ]
