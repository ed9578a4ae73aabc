"""The points of the checklist, in the order in which they depend on each other. Pure."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from . import here, there
from .facts import Facts, Finding, State

_POINTS: list[Callable[[Facts], Finding]] = [
    here.public_address,
    here.database,
    here.installation,
    here.redis,
    here.encryption_keys,
    here.data_folder,
    here.application,
    here.credential_end,
    there.proxy,
    there.dns,
    there.connection,
    there.tls,
    there.clock,
    there.tenant,
    there.credential,
    there.permissions,
    there.mailbox,
    here.worker,
    here.beat,
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
