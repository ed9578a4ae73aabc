"""Judge the way to Microsoft, and what it says of tenant, application and account. Pure."""

from datetime import timedelta

from django.utils.translation import gettext as _

from notifications import moments
from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.backends.microsoft.clouds import EMULATOR
from notifications.models import MicrosoftAccount
from notifications.models.account import AccountState

from .facts import Facts, Outside, Tried
from .finding import Finding, Point

# More than this, and Microsoft's tokens are refused.
_CLOCK_TOLERANCE = timedelta(minutes=5)
_SIGN_IN = (
    "not_signed_in", "sign_in_required", "credential_expired", "credential_refused", "blocked",
)  # fmt: skip
_KEPT_FROM_SENDING = ("mailbox_full", "sender_blocked", "unreachable", "token_refused")
_DNS = frozenset({"HostNotFound"})
_PROXY = frozenset({"ProxyUnreachable", "ProxyNeedsPassword", "ProxyRefused"})
_TLS = frozenset(
    {
        "CertificateRefused",
        "CertificateWrongHost",
        "CertificateOutOfDate",
        "CertificateBundleMissing",
        "TlsFailed",
    }
)


def proxy(facts: Facts) -> Finding:
    point = Point("proxy", _("Proxy"))
    if facts.stored is None:
        return point.unread()
    named = ", ".join(f"{host}: {proxy}" for host, proxy in facts.proxies.items())
    if facts.outside and (failed := _first(facts.outside, _PROXY)):
        return point.refused(failed, host=_host(facts.outside, failed))
    if not named:
        return point.ok(_("None (HTTPS_PROXY is not set)."))
    if facts.outside is None:
        return point.unasked(named)
    return point.ok(named)


def dns(facts: Facts) -> Finding:
    point = Point("dns", _("DNS"))
    outside = facts.outside
    if outside is None:
        return point.unasked()
    if failed := _first(outside, _DNS):
        return point.refused(failed, host=_host(outside, failed))
    direct = [t.detail for t in (outside.login, outside.mail) if t.detail not in facts.proxies]
    if not direct:
        return point.unchecked(_("Can't be checked: the proxy looks the names up."))
    return point.ok(", ".join(dict.fromkeys(direct)))


def connection(facts: Facts) -> Finding:
    point = Point("connection", _("Connection to Microsoft"))
    if facts.outside is None:
        return point.unasked()
    tried = (facts.outside.login, facts.outside.mail)
    if failed := next((t.answer for t in tried if t.answer.code), None):
        if failed.code in _DNS | _PROXY | _TLS:
            return point.unchecked(_("Not run: see the failed checks."))
        return point.refused(failed, host=_host(facts.outside, failed))
    hosts = ", ".join(dict.fromkeys(t.detail for t in tried))
    return point.ok(_("Reachable: %(hosts)s.") % {"hosts": hosts})


def tls(facts: Facts) -> Finding:
    point = Point("tls", _("Trusted connection (TLS)"))
    if facts.outside is None:
        return point.unasked()
    if failed := _first(facts.outside, _TLS):
        return point.refused(failed, host=_host(facts.outside, failed))
    if facts.outside.login.answer.code or facts.outside.mail.answer.code:
        return point.unchecked(_("No connection was made."))
    return point.ok(_("The certificates are trusted."))


def clock(facts: Facts) -> Finding:
    point = Point("clock", _("Clock"))
    if facts.outside is None:
        return point.unasked()
    off = facts.outside.clock_off
    if off is None:
        return point.unchecked(_("Microsoft's answer had no time."))
    detail = _("Clock differs by %(seconds)d s.") % {"seconds": abs(round(off.total_seconds()))}
    if abs(off) > _CLOCK_TOLERANCE:
        return point.wrong(detail, explain(Answer(code="ClockWrong"), translate=_).what_to_do)
    return point.ok(detail)


def tenant(facts: Facts) -> Finding:
    return _tried(Point("tenant", _("Tenant")), facts.outside.tenant if facts.outside else None)


def credential(facts: Facts) -> Finding:
    """Only a renewal shows whether it is right; before one was tried, the last one counts."""
    point = Point("credential", _("Sign-in, client ID and secret or certificate"))
    if facts.stored is None:
        return point.unread()
    if elsewhere := _elsewhere(point, facts):
        return elsewhere
    if facts.outside:
        return _tried(point, facts.outside.renewal)
    if stopped := facts.stored.obstacle(*_SIGN_IN):
        return point.stopped(stopped)
    account = facts.stored.account
    if account is None:
        fix = _("Sign in on E-mail > Settings and save.")
        return point.wrong(_("Nobody is signed in."), fix)
    return _last_renewal(point, account)


def _last_renewal(point: Point, account: MicrosoftAccount) -> Finding:
    if account.state != AccountState.CONNECTED:
        return point.refused(Answer(0, account.last_error_code, account.last_error_message))
    if account.renewed_at is None:
        return point.unasked()
    when = moments.relative(account.renewed_at)
    return point.ok(_("Token last renewed %(time)s.") % {"time": when})


def permissions(facts: Facts) -> Finding:
    point = Point("permissions", _("Permissions (consent)"))
    if facts.stored is None:
        return point.unread()
    account = facts.stored.account
    if account is None:
        return point.unchecked(_("Nobody is signed in."))
    if elsewhere := _elsewhere(point, facts):
        return elsewhere
    needed = facts.stored.connection.permissions
    if lacking := account.lacks(needed):
        fix = _(
            "Add them to the app registration as delegated permissions, then sign in again on "
            "E-mail > Settings and accept."
        )
        detail = _("Not granted: %(names)s.") % {"names": ", ".join(lacking)}
        return point.wrong(detail, fix)
    names = ", ".join(sorted(name.rpartition("/")[2] for name in needed))
    return point.ok(_("Granted: %(names)s.") % {"names": names})


def mailbox(facts: Facts) -> Finding:
    """It may be opened and yet be kept from sending."""
    point = Point("mailbox", _("Mailbox"))
    if facts.stored and (stopped := facts.stored.obstacle(*_KEPT_FROM_SENDING)):
        return point.stopped(stopped)
    return _tried(point, facts.outside.mailbox if facts.outside else None)


def _elsewhere(point: Point, facts: Facts) -> Finding | None:
    """An account of another cloud is of no use here, whatever is stored of it."""
    stored = facts.stored
    found = stored.obstacle("other_cloud") if stored else None
    if found is None:
        return None
    if stored and stored.account and stored.account.cloud == EMULATOR:
        detail = _("Practice values: %(found)s") % {"found": found.text}
        return point.wrong(detail, found.what_to_do)
    return point.stopped(found)


def _tried(point: Point, tried: Tried | None) -> Finding:
    if tried is None:
        return point.unasked()
    if tried.skipped:
        return point.unchecked(tried.skipped)
    if tried.answer.code:
        return point.refused(tried.answer)
    return point.ok(tried.detail)


def _first(outside: Outside, codes: frozenset[str]) -> Answer | None:
    tried = (outside.login, outside.mail)
    return next((t.answer for t in tried if t.answer.code in codes), None)


def _host(outside: Outside, answer: Answer) -> str:
    return next(t.detail for t in (outside.login, outside.mail) if t.answer is answer)
