"""Judge this machine, its database and its processes. Pure."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications import endings, moments
from notifications.backends.microsoft.clouds import PRACTICE_IDS
from notifications.mailbox import credential_expiry
from notifications.queue import workers
from notifications.queue.holding import obstacles

from .facts import Facts
from .finding import Finding, Point

# Obstacles of the whole installation, which no other point tells.
_SWITCHED_OFF = ("cloud_not_named", "no_service")
# Beat wakes a worker every minute; so long may it be silent.
BEAT_SILENCE = timedelta(minutes=3)


def public_address(facts: Facts) -> Finding:
    point = Point("public_address", _("Public address"))
    public = urlsplit(facts.public_url)
    fix = _(
        "Set MAILCONNECTOR_PUBLIC_URL to the address that people type into the browser, and "
        "restart. Its redirect URI must be in the app registration too."
    )
    if public.scheme != "https" and public.hostname != "localhost":
        detail = _("%(url)s: Microsoft takes https, or http on localhost only.")
        return point.wrong(detail % {"url": facts.public_url}, fix)
    if facts.browser_host and facts.browser_host != public.netloc:
        detail = _("It is %(url)s, but this page was opened at %(host)s.")
        return point.wrong(detail % {"url": facts.public_url, "host": facts.browser_host}, fix)
    return point.ok(facts.public_url)


def database(facts: Facts) -> Finding:
    point = Point("database", _("Database"))
    if facts.database_problem:
        return point.wrong(facts.database_problem, _("Start the database, and check DATABASE_URL."))
    if facts.unapplied:
        detail = _("Migrations are missing: %(names)s.") % {"names": ", ".join(facts.unapplied)}
        fix = _("Run “manage.py migrate”, then restart web, worker and beat.")
        return point.wrong(detail, fix)
    return point.ok(_("Reachable; all migrations are applied."))


def installation(facts: Facts) -> Finding:
    point = Point("installation", _("Installation"))
    if facts.stored is None:
        return point.unread()
    fix = _("Go to Notification Queue and choose whether it was moved, restored or copied.")
    if facts.stored.is_foreign:
        detail = _("The database belongs to another installation: nothing is sent.")
        return point.wrong(detail, fix)
    if facts.stored.is_copy:
        return point.wrong(_("This is a copy: it never sends."), fix)
    if stopped := facts.stored.obstacle(*_SWITCHED_OFF):
        return point.stopped(stopped)
    return point.ok(_("The database belongs to this installation."))


def redis(facts: Facts) -> Finding:
    point = Point("redis", _("Redis"))
    if facts.redis_problem:
        fix = _(
            "Start Redis, and check REDIS_URL. Nothing is lost meanwhile, but mail is sent later."
        )
        return point.wrong(facts.redis_problem, fix)
    return point.ok(_("Reachable."))


def encryption_keys(facts: Facts) -> Finding:
    point = Point("encryption_keys", _("Encryption keys"))
    if facts.stored is None:
        return point.unread()
    if lost := facts.stored.unreadable:
        fix = _(
            "Put the key that they were sealed with into MAILCONNECTOR_ENCRYPTION_KEYS (after a "
            "comma) and run manage.py rotate_keys, or enter the secrets and sign in again."
        )
        detail = _("These stored secrets cannot be read: %(names)s.") % {"names": ", ".join(lost)}
        return point.wrong(detail, fix)
    return point.ok(_("All stored secrets can be read."))


def api_keys(facts: Facts) -> Finding:
    point = Point("api_keys", _("API keys"))
    if facts.stored is None:
        return point.unread()
    if orphans := facts.stored.orphans:
        detail = _("Keys of deactivated users still work: %(names)s.")
        fix = _("Revoke them, or create new ones under another user.")
        return point.wrong(detail % {"names": ", ".join(orphans)}, fix)
    return point.ok(_("No key in use belongs to a deactivated user."))


def data_folder(facts: Facts) -> Finding:
    point = Point("data_folder", _("Data folder"))
    if facts.folder_problem:
        fix = _(
            "Make the folder writable for the user that Mail Connector runs as, and free space on "
            "its disk."
        )
        return point.wrong(facts.folder_problem, fix)
    return point.ok(_("Writable: %(path)s.") % {"path": settings.DATA_DIR})


def application(facts: Facts) -> Finding:
    point = Point("application", _("Microsoft Entra application"))
    if facts.stored is None:
        return point.unread()
    values = facts.stored.connection.values
    if not facts.stored.connection.cloud.is_practice and PRACTICE_IDS & {
        values.tenant_id, values.client_id,
    }:  # fmt: skip
        fix = _("Enter the application of your own tenant on E-mail > Settings and save.")
        detail = _("Practice values: %(found)s") % {"found": values.client_id}
        return point.wrong(detail, fix)
    if missing := facts.stored.connection.missing:
        detail = _("Not entered yet: %(missing)s.") % {"missing": ", ".join(missing)}
        fix = _("Enter it on E-mail > Settings and save.")
        return point.wrong(detail, fix)
    return point.ok(values.client_id)


def credential_end(facts: Facts) -> Finding:
    point = Point("credential_end", _("Secret expiry"))
    if facts.stored is None:
        return point.unread()
    values = facts.stored.connection.values
    end = credential_expiry.ends_on(values)
    days = credential_expiry.days_left(values, facts.now.date())
    stage = credential_expiry.stage(days)
    if end is None or days is None:
        return point.unchecked(
            _("The client secret's expiry date is not entered on E-mail > Settings.")
        )
    detail = _("Expires on %(date)s; days left: %(days)d.") % {
        "date": date_format(end),
        "days": days,
    }
    if stage is None or stage > endings.SOON:
        return point.ok(detail)
    fix = _(
        "Create a new client secret or certificate in Microsoft Entra, enter it on E-mail > "
        "Settings and save. No new sign-in is needed."
    )
    return point.wrong(detail, fix)


def worker(facts: Facts) -> Finding:
    """Right if one worker is fit; others that are not are named all the same."""
    point = Point("worker", _("Worker"))
    if facts.stored is None:
        return point.unread()
    fitness = workers.judge(facts.stored.workers)
    stands = facts.stored.standstill
    trouble = obstacles.of_workers(fitness)
    if stands and fitness.can_send:
        return point.wrong(stands.text, stands.what_to_do)
    if trouble is None:
        return point.ok(", ".join(fitness.fit))
    if fitness.is_fit:
        return point.ok(trouble.text, trouble.what_to_do)
    return point.wrong(trouble.text, trouble.what_to_do)


def beat(facts: Facts) -> Finding:
    point = Point("beat", _("Beat"))
    if facts.stored is None:
        return point.unread()
    seen = facts.stored.beat_seen_at
    if seen and facts.now - seen <= max(BEAT_SILENCE, 3 * settings.WAKE_INTERVAL):
        return point.ok(_seen(seen))
    if not facts.stored.workers:
        return point.unchecked(_("Can't be checked until a worker runs."))
    fix = _(
        "Start “celery --app mailconnector beat”, once for the whole installation: it looks after "
        "what waits for a later attempt."
    )
    return point.wrong(_seen(seen) if seen else _("No heartbeat yet."), fix)


def _seen(seen: datetime) -> str:
    return _("Last heartbeat %(time)s.") % {"time": moments.relative(seen)}
