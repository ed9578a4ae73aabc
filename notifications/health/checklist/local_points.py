"""The points about this machine, its database and its processes. Pure."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.mailbox import credential_expiry
from notifications.queue import obstacles, workers

from .facts import Facts, Finding, State

# Beat wakes a worker every minute; so long may it be silent.
BEAT_SILENCE = timedelta(minutes=3)


def public_address(facts: Facts) -> Finding:
    code, label = "public_address", _("Public address")
    public = urlsplit(facts.public_url)
    fix = _(
        "Set MAILCONNECTOR_PUBLIC_URL to the address that people type into the browser, and "
        "restart. Its redirect URI has to be in the app registration too."
    )
    if public.scheme != "https" and public.hostname != "localhost":
        detail = _("%(url)s: Microsoft takes https, or http on localhost only.")
        return Finding(code, label, State.WRONG, detail % {"url": facts.public_url}, fix)
    if facts.browser_host and facts.browser_host != public.netloc:
        detail = _("It is %(url)s, but this page was opened at %(host)s.")
        found = detail % {"url": facts.public_url, "host": facts.browser_host}
        return Finding(code, label, State.WRONG, found, fix)
    return Finding(code, label, State.OK, facts.public_url)


def database(facts: Facts) -> Finding:
    code, label = "database", _("Database")
    if facts.database_problem:
        fix = _("Start the database, and check DATABASE_URL.")
        return Finding(code, label, State.WRONG, facts.database_problem, fix)
    if facts.unapplied:
        detail = _("It lacks migrations: %(names)s.") % {"names": ", ".join(facts.unapplied)}
        fix = _("Run “manage.py migrate”, then restart web, worker and beat.")
        return Finding(code, label, State.WRONG, detail, fix)
    return Finding(code, label, State.OK, _("It answers, and all migrations are applied."))


def installation(facts: Facts) -> Finding:
    code, label = "installation", _("Installation")
    if facts.stored is None:
        return _unread(code, label)
    fix = _("Say on the Notification Queue whether it was moved, restored or copied.")
    if facts.stored.is_foreign:
        detail = _("The database belongs to another installation: nothing is sent.")
        return Finding(code, label, State.WRONG, detail, fix)
    if facts.stored.is_copy:
        return Finding(code, label, State.WRONG, _("This is a copy: it never sends."), fix)
    return Finding(code, label, State.OK, _("The database belongs to this installation."))


def redis(facts: Facts) -> Finding:
    code, label = "redis", _("Redis")
    if facts.redis_problem:
        fix = _(
            "Start Redis, and check REDIS_URL. Nothing is lost meanwhile, but workers are not "
            "woken."
        )
        return Finding(code, label, State.WRONG, facts.redis_problem, fix)
    return Finding(code, label, State.OK, _("It answers."))


def encryption_keys(facts: Facts) -> Finding:
    code, label = "encryption_keys", _("Encryption keys")
    if facts.stored is None:
        return _unread(code, label)
    if lost := facts.stored.unreadable:
        fix = _(
            "Put the key that they were sealed with into MAILCONNECTOR_ENCRYPTION_KEYS (after a "
            "comma), or enter the secrets and sign in again."
        )
        detail = _("These stored secrets cannot be read: %(names)s.") % {"names": ", ".join(lost)}
        return Finding(code, label, State.WRONG, detail, fix)
    return Finding(code, label, State.OK, _("All stored secrets can be read."))


def data_folder(facts: Facts) -> Finding:
    code, label = "data_folder", _("Data folder")
    if facts.folder_problem:
        fix = _(
            "Make the folder writable for the user that Mail Connector runs as, and free space on "
            "its disk."
        )
        return Finding(code, label, State.WRONG, facts.folder_problem, fix)
    return Finding(
        code, label, State.OK, _("It can be written: %(path)s.") % {"path": settings.DATA_DIR}
    )


def application(facts: Facts) -> Finding:
    code, label = "application", _("Microsoft Entra application")
    if facts.stored is None:
        return _unread(code, label)
    if missing := facts.stored.connection.missing:
        detail = _("Not entered yet: %(missing)s.") % {"missing": ", ".join(missing)}
        fix = _("Enter it on E-mail > Settings and save.")
        return Finding(code, label, State.WRONG, detail, fix)
    return Finding(code, label, State.OK, facts.stored.connection.values.client_id)


def credential_end(facts: Facts) -> Finding:
    code, label = "credential_end", _("End of the credential")
    if facts.stored is None:
        return _unread(code, label)
    days = credential_expiry.days_left(facts.stored.connection.values, facts.now.date())
    stage = credential_expiry.stage(days)
    if days is None:
        detail = _("The client secret's expiry date is not entered on E-mail > Settings.")
        return Finding(code, label, State.NOT_CHECKED, detail)
    detail = _("It ends on %(date)s; days left: %(days)d.") % {
        "date": credential_expiry.ends_on(facts.stored.connection.values),
        "days": days,
    }
    if stage is None or stage > credential_expiry.SOON:
        return Finding(code, label, State.OK, detail)
    fix = _(
        "Make a new client secret or certificate in Microsoft Entra, enter it on E-mail > Settings "
        "and save; no new sign-in is needed."
    )
    return Finding(code, label, State.WRONG, detail, fix)


def worker(facts: Facts) -> Finding:
    """Right if one worker is fit; others that are not are named all the same."""
    code, label = "worker", _("Worker")
    if facts.stored is None:
        return _unread(code, label)
    fitness = workers.judge(facts.stored.workers)
    if trouble := obstacles.of_workers(fitness):
        state = State.OK if fitness.is_fit else State.WRONG
        return Finding(code, label, state, trouble.text, trouble.what_to_do)
    return Finding(code, label, State.OK, ", ".join(fitness.fit))


def beat(facts: Facts) -> Finding:
    code, label = "beat", _("Beat")
    if facts.stored is None:
        return _unread(code, label)
    seen = facts.stored.beat_seen_at
    if seen and facts.now - seen <= max(BEAT_SILENCE, 3 * settings.WAKE_INTERVAL):
        return Finding(code, label, State.OK, _seen(seen))
    if not facts.stored.workers:
        detail = _("Only a worker hears beat, and none is alive.")
        return Finding(code, label, State.NOT_CHECKED, detail)
    fix = _(
        "Start “celery --app mailconnector beat”, once for the whole installation: it looks after "
        "what waits for a later attempt."
    )
    detail = _seen(seen) if seen else _("It was never heard.")
    return Finding(code, label, State.WRONG, detail, fix)


def _unread(code: str, label: str) -> Finding:
    return Finding(code, label, State.NOT_CHECKED, _("The database cannot be used."))


def _seen(seen: datetime) -> str:
    when = timezone.localtime(seen).strftime("%Y-%m-%d %H:%M:%S %Z")
    return _("It was last heard at %(time)s.") % {"time": when}
