"""Judge the SMTP listener: whether it runs, lets nobody send without signing in, and has a
certificate that works. Pure."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import endings
from notifications.i18n import shown

from .facts import Facts, Listening
from .finding import Finding, Point


def smtp(facts: Facts) -> Finding:
    point = Point("smtp", _("SMTP listener"))
    if facts.stored is None:
        return point.unread()
    if facts.smtp is None:
        return point.ok(_("SMTP is off, or has no clients."))
    if bad := _problem(point, facts.smtp, facts.now):
        return bad
    outside = _(
        "Reachability from the Internet can't be checked here; run from another network: "
        "swaks --server %(host)s --to somebody@example.com"
    ) % {"host": settings.SMTP_NAME or urlsplit(facts.public_url).hostname}
    if not facts.smtp.tried:
        return point.ok(_("It runs on another machine, so relaying was not tried."), outside)
    tried = ngettext(
        "Strangers are refused at %(count)d address.",
        "Strangers are refused at %(count)d addresses.",
        facts.smtp.tried,
    )
    return point.ok(tried % {"count": facts.smtp.tried}, outside)


def _problem(point: Point, found: Listening, now: datetime) -> Finding | None:
    """Return the worst that is wrong."""
    if not found.runs:
        fix = _("Start “manage.py smtp”, or turn SMTP off on E-mail > SMTP.")
        return point.wrong(_("It is on, but nothing listens."), fix)
    if found.problems:
        fix = _("Look at the clients without sign-in on E-mail > SMTP > Clients, then check again.")
        detail = _("A stranger was not refused: %(where)s.")
        return point.wrong(detail % {"where": "; ".join(found.problems)}, fix)
    stage, obstacle = found.certificate.stage(now), found.certificate.obstacle(now)
    if stage is not None and obstacle and stage <= endings.SOON:
        return point.stopped(obstacle)
    if found.trouble:
        fix = _("Check MAILCONNECTOR_SMTP_LISTEN, and what else uses the port.")
        return point.wrong(" ".join(shown(each, _) for each in found.trouble), fix)
    return None
