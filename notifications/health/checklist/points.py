"""The points of the checklist, in the order in which they depend on each other. Pure."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from . import local_points, microsoft_points
from .facts import Facts
from .finding import Finding, State

_POINTS: list[Callable[[Facts], Finding]] = [
    local_points.public_address,
    local_points.database,
    local_points.installation,
    local_points.redis,
    local_points.encryption_keys,
    local_points.data_folder,
    local_points.application,
    local_points.credential_end,
    microsoft_points.proxy,
    microsoft_points.dns,
    microsoft_points.connection,
    microsoft_points.tls,
    microsoft_points.clock,
    microsoft_points.tenant,
    microsoft_points.credential,
    microsoft_points.permissions,
    microsoft_points.mailbox,
    local_points.worker,
    local_points.beat,
    local_points.smtp,
]


def findings(facts: Facts) -> list[Finding]:
    """One for each point."""
    return [point(facts) for point in _POINTS]


def is_wrong(found: list[Finding]) -> bool:
    return any(finding.state is State.WRONG for finding in found)


def summary(found: list[Finding]) -> str:
    """One line for people."""
    wrong = sum(finding.state is State.WRONG for finding in found)
    unchecked = sum(finding.state is State.NOT_CHECKED for finding in found)
    if wrong:
        return _("%(wrong)d of %(all)d points are wrong.") % {"wrong": wrong, "all": len(found)}
    if unchecked:
        return _("Nothing wrong was found; %(unchecked)d of %(all)d points were not checked.") % {
            "unchecked": unchecked,
            "all": len(found),
        }
    return _("Everything is right.")
