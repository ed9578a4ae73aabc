"""The points about the way to Microsoft, and what it says of tenant, application and account.
Pure."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.models.account import AccountState

from .facts import Facts, Finding, Outside, State, Tried

# More than this, and Microsoft's tokens are refused.
_CLOCK_TOLERANCE = timedelta(minutes=5)
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
    code, label = "proxy", _("Proxy")
    if facts.stored is None:
        return _unread(code, label)
    named = ", ".join(f"{host}: {proxy}" for host, proxy in facts.proxies.items())
    if facts.outside and (failed := _first(facts.outside, _PROXY)):
        return _refused(code, label, failed, host=_host(facts.outside, failed))
    if not named:
        return Finding(code, label, State.OK, _("None is set (HTTPS_PROXY)."))
    if facts.outside is None:
        return _unasked(code, label, named)
    return Finding(code, label, State.OK, named)


def dns(facts: Facts) -> Finding:
    code, label = "dns", _("Names of Microsoft's hosts (DNS)")
    outside = facts.outside
    if outside is None:
        return _unasked(code, label)
    if failed := _first(outside, _DNS):
        return _refused(code, label, failed, host=_host(outside, failed))
    direct = [t.detail for t in (outside.login, outside.mail) if t.detail not in facts.proxies]
    if not direct:
        return Finding(code, label, State.NOT_CHECKED, _("The proxy looks them up."))
    return Finding(code, label, State.OK, ", ".join(dict.fromkeys(direct)))


def connection(facts: Facts) -> Finding:
    code, label = "connection", _("Way to Microsoft")
    if facts.outside is None:
        return _unasked(code, label)
    tried = (facts.outside.login, facts.outside.mail)
    if failed := next((t.answer for t in tried if t.answer.code), None):
        if failed.code in _DNS | _PROXY | _TLS:
            return Finding(code, label, State.NOT_CHECKED, _("See the points next to this one."))
        return _refused(code, label, failed, host=_host(facts.outside, failed))
    hosts = ", ".join(dict.fromkeys(t.detail for t in tried))
    return Finding(code, label, State.OK, _("These answer: %(hosts)s.") % {"hosts": hosts})


def tls(facts: Facts) -> Finding:
    code, label = "tls", _("Trusted connection (TLS)")
    if facts.outside is None:
        return _unasked(code, label)
    if failed := _first(facts.outside, _TLS):
        return _refused(code, label, failed, host=_host(facts.outside, failed))
    if facts.outside.login.answer.code or facts.outside.mail.answer.code:
        return Finding(code, label, State.NOT_CHECKED, _("No connection was made."))
    return Finding(code, label, State.OK, _("The certificates are trusted."))


def clock(facts: Facts) -> Finding:
    code, label = "clock", _("Clock")
    if facts.outside is None:
        return _unasked(code, label)
    off = facts.outside.clock_off
    if off is None:
        return Finding(code, label, State.NOT_CHECKED, _("Microsoft did not tell its time."))
    detail = _("Seconds ahead of Microsoft's clock: %(seconds)d.") % {
        "seconds": round(off.total_seconds())
    }
    if abs(off) > _CLOCK_TOLERANCE:
        return Finding(code, label, State.WRONG, detail, _fix(Answer(code="ClockWrong")))
    return Finding(code, label, State.OK, detail)


def tenant(facts: Facts) -> Finding:
    return _tried("tenant", _("Tenant"), facts.outside.tenant if facts.outside else None)


def credential(facts: Facts) -> Finding:
    """Only a renewal shows whether it is right; without one, what the last one said."""
    code, label = "credential", _("Sign-in, client ID and secret or certificate")
    if facts.stored is None:
        return _unread(code, label)
    if facts.outside:
        return _tried(code, label, facts.outside.renewal)
    account = facts.stored.account
    if account is None:
        fix = _("Sign in on E-mail > Settings and save.")
        return Finding(code, label, State.WRONG, _("Nobody is signed in."), fix)
    if account.state != AccountState.CONNECTED:
        return _refused(code, label, Answer(0, account.last_error_code, account.last_error_message))
    if account.renewed_at is None:
        return _unasked(code, label)
    when = timezone.localtime(account.renewed_at).strftime("%Y-%m-%d %H:%M:%S %Z")
    return Finding(code, label, State.OK, _("Last renewed at %(time)s.") % {"time": when})


def permissions(facts: Facts) -> Finding:
    code, label = "permissions", _("Permissions (consent)")
    if facts.stored is None:
        return _unread(code, label)
    account = facts.stored.account
    if account is None:
        return Finding(code, label, State.NOT_CHECKED, _("Nobody is signed in."))
    needed = facts.stored.connection.permissions
    if lacking := account.lacks(needed):
        fix = _(
            "Add them to the app registration as delegated permissions, then sign in again on "
            "E-mail > Settings and accept."
        )
        detail = _("Not granted: %(names)s.") % {"names": ", ".join(lacking)}
        return Finding(code, label, State.WRONG, detail, fix)
    names = ", ".join(sorted(name.rpartition("/")[2] for name in needed))
    return Finding(code, label, State.OK, _("Granted: %(names)s.") % {"names": names})


def mailbox(facts: Facts) -> Finding:
    return _tried("mailbox", _("Mailbox"), facts.outside.mailbox if facts.outside else None)


def _tried(code: str, label: str, tried: Tried | None) -> Finding:
    if tried is None:
        return _unasked(code, label)
    if tried.skipped:
        return Finding(code, label, State.NOT_CHECKED, tried.skipped)
    if tried.answer.code:
        return _refused(code, label, tried.answer)
    return Finding(code, label, State.OK, tried.detail)


def _refused(code: str, label: str, answer: Answer, *, host: str = "") -> Finding:
    explanation = explain(answer, translate=_)
    detail = f"{explanation.happened} {explanation.why}"
    if host:
        detail = f"{host}: {detail}"
    return Finding(code, label, State.WRONG, detail, explanation.what_to_do, answer)


def _fix(answer: Answer) -> str:
    return explain(answer, translate=_).what_to_do


def _first(outside: Outside, codes: frozenset[str]) -> Answer | None:
    tried = (outside.login, outside.mail)
    return next((t.answer for t in tried if t.answer.code in codes), None)


def _host(outside: Outside, answer: Answer) -> str:
    return next(t.detail for t in (outside.login, outside.mail) if t.answer is answer)


def _unasked(code: str, label: str, found: str = "") -> Finding:
    asked = _("Microsoft was not asked yet.")
    return Finding(code, label, State.NOT_CHECKED, f"{found}. {asked}" if found else asked)


def _unread(code: str, label: str) -> Finding:
    return Finding(code, label, State.NOT_CHECKED, _("The database cannot be used."))
