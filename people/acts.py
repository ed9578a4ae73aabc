"""The acts of people here that the audit trail keeps. Log-ins, log-outs and wrong passwords are
Django's own signals, which it hears itself."""

from typing import Any

from django.http import HttpRequest

from notifications.audit.actors import person
from notifications.audit.record import NOTHING, Target, record
from notifications.audit.refusals import refused
from notifications.models.audit.act import Act


def tell(act: Act, request: HttpRequest, *, about: Any = None, **details: Any) -> None:
    """Record an act of whoever makes the request. `about` is the row that it is done with; no
    secret is among the details."""
    on = Target.of(about) if about is not None else NOTHING
    record(act, person(request), on, **details)


def tell_refusal(request: HttpRequest, reason: str) -> None:
    """Record a sign-in that was refused. Anybody can make these without end."""
    refused(Act.SIGN_IN_REFUSED, person(request), reason=reason)
