"""The points of the checklist, in the order in which they depend on each other. Pure."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from . import local_points, microsoft_points, smtp_point
from .facts import Facts
from .finding import Finding, Group, State

_POINTS: dict[Group, list[Callable[[Facts], Finding]]] = {
    Group.HERE: [
        local_points.public_address,
        local_points.database,
        local_points.installation,
        local_points.redis,
        local_points.encryption_keys,
        local_points.data_folder,
        local_points.api_keys,
        local_points.application,
        local_points.credential_end,
    ],
    Group.MICROSOFT: [
        microsoft_points.proxy,
        microsoft_points.dns,
        microsoft_points.connection,
        microsoft_points.tls,
        microsoft_points.clock,
        microsoft_points.tenant,
        microsoft_points.credential,
        microsoft_points.permissions,
        microsoft_points.mailbox,
    ],
    Group.RUNNING: [local_points.worker, local_points.beat, smtp_point.smtp],
}


def findings(facts: Facts) -> list[Finding]:
    """One for each point."""
    return [
        replace(point(facts), group=group) for group, points in _POINTS.items() for point in points
    ]


def is_wrong(found: list[Finding]) -> bool:
    return any(finding.state is State.WRONG for finding in found)


def summary(found: list[Finding]) -> str:
    """One line for people."""
    wrong = sum(finding.state is State.WRONG for finding in found)
    unchecked = sum(finding.state is State.NOT_CHECKED for finding in found)
    if wrong:
        return _("%(wrong)d of %(all)d checks failed.") % {"wrong": wrong, "all": len(found)}
    if unchecked:
        return _("No problems found; %(unchecked)d of %(all)d checks not run yet.") % {
            "unchecked": unchecked,
            "all": len(found),
        }
    return _("All checks passed.")
