"""The setup checklist: what is known here on a GET, and on a POST what Microsoft says as well."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications import wakeups
from notifications.alarms import watch
from notifications.backends.errors import Answer
from notifications.health.checklist import local_facts, microsoft_facts, points
from notifications.health.checklist.facts import Facts
from notifications.health.checklist.finding import Finding, Group, State
from notifications.mailbox import practice

from .access import STEPS

# What was found, in the session for the page that comes after the progress.
_FOUND = "checklist"
# Where the fix of a point is made: the name of the page's address, and the place on it.
_QUEUE = ("admin:notifications_notification_changelist", "")
_KEYS = ("admin:notifications_apikey_changelist", "")
_APPLICATION, _ACCOUNT = ("email_settings", "#application"), ("email_settings", "#account")
_PLACES = {
    "installation": _QUEUE,
    "api_keys": _KEYS,
    "application": _APPLICATION,
    "credential_end": _APPLICATION,
    "tenant": _APPLICATION,
    "credential": _ACCOUNT,
    "permissions": _ACCOUNT,
    "mailbox": _ACCOUNT,
}
_OF_PRACTICE = ("application", "credential", "permissions")


@dataclass(frozen=True, slots=True)
class ShownGroup:
    label: str
    findings: list[tuple[Finding, dict[str, str] | None]]


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("notifications.view_emailsettings", raise_exception=True)
def setup_checklist(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    facts = local_facts.read(now=timezone.now(), browser_host=request.get_host())
    if request.method != "POST":
        kept = _restored(request.session.pop(_FOUND, None))
        return _show(request, facts, kept or points.findings(facts), was_asked=bool(kept))
    if not request.user.has_perm("notifications.change_emailsettings"):
        raise PermissionDenied
    if request.headers.get("Accept") == STEPS:
        # nginx would else keep the steps until the last one.
        unbuffered = {"X-Accel-Buffering": "no"}
        lines = _lines(request, facts)
        return StreamingHttpResponse(lines, content_type=STEPS, headers=unbuffered)
    asked = microsoft_facts.asked(facts)
    _go_on()
    return _show(request, asked, points.findings(asked), was_asked=asked.outside is not None)


def _lines(request: HttpRequest, facts: Facts) -> Iterator[str]:
    """One JSON object a line: what is being done, and how much of it is done. The page that is
    opened next shows what was found."""
    stored = facts.stored
    if stored and not stored.connection.values.cloud_is_lost:
        trying = microsoft_facts.Trying(stored)
        steps = trying.steps()
        for done, (name, step) in enumerate(steps):
            yield json.dumps({"doing": name, "done": done, "of": len(steps)}) + "\n"
            step()
        facts = microsoft_facts.with_outside(facts, trying.outside())
        _go_on()
    request.session[_FOUND] = [asdict(finding) for finding in points.findings(facts)]
    request.session.save()


def _go_on() -> None:
    """A renewal may have brought a lost sign-in back: its mail is sent, its alarm is over."""
    wakeups.wake()
    watch.watch(now=timezone.now())


def _restored(rows: Any) -> list[Finding]:
    return [
        Finding(
            **{
                **row,
                "state": State(row["state"]),
                "group": Group(row["group"]),
                "answer": Answer(**row["answer"]),
            }
        )
        for row in rows or ()
    ]


def _show(
    request: HttpRequest, facts: Facts, found: list[Finding], *, was_asked: bool
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Setup checklist"),
        "groups": _groups(found, facts),
        "summary": points.summary(found),
        "is_wrong": points.is_wrong(found),
        "may_change": request.user.has_perm("notifications.change_emailsettings"),
        "was_asked": was_asked,
    }
    return render(request, "settings_ui/checklist.html", context)


def _groups(found: list[Finding], facts: Facts) -> list[ShownGroup]:
    """Put what has failed first, whatever group it is of."""
    labels = {
        Group.HERE: _("Here"),
        Group.MICROSOFT: _("Microsoft"),
        Group.RUNNING: _("Running"),
    }
    failed = [each for each in found if each.state is State.WRONG]
    groups = [ShownGroup(_("Failed"), [(each, _fix(each, facts)) for each in failed])]
    for group, label in labels.items():
        others = [each for each in found if each.group is group and each not in failed]
        groups.append(ShownGroup(label, [(each, None) for each in others]))
    return [group for group in groups if group.findings]


def _fix(finding: Finding, facts: Facts) -> dict[str, str] | None:
    """Lead to the page on which it is mended."""
    stored = facts.stored
    is_practice = stored and practice.is_left_over(stored.connection.values, stored.account)
    if is_practice and finding.code in _OF_PRACTICE:
        return {"url": reverse("leave_practice"), "label": _("Leave practice mode")}
    if finding.code not in _PLACES:
        return None
    name, place = _PLACES[finding.code]
    labels = {_QUEUE: _("Notification Queue"), _KEYS: _("API keys")}
    label = labels.get(_PLACES[finding.code], _("E-mail > Settings"))
    return {"url": reverse(name) + place, "label": label}
