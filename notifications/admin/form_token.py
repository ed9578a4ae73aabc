"""A form that queues a notification queues one, however often it is sent: a double click on a slow
line, or another try after a lost answer. Its page hides a random token in it, which becomes the
key of the notification."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.errors import InvalidNotification, KeyInUse, NotQueued
from notifications.i18n import Sentence, gettext_noop
from notifications.models import Notification
from notifications.models.audit.act import Act

NAME = "form_token"
_TOKEN = re.compile("[A-Za-z0-9_-]{22}")
_KEY = re.compile("form:[0-9a-f]{64}")


def new_token() -> str:
    """Return the token of a form that is shown now."""
    return secrets.token_urlsafe(16)


def is_of_form(key: str) -> bool:
    """Say whether the key is one of ours, which nobody has chosen."""
    return bool(_KEY.fullmatch(key))


@contextmanager
def key_of_form(request: HttpRequest) -> Iterator[str]:
    """Yield the key for what the sent form queues. It is the person's own, and cannot be known to
    those who choose keys themselves. What is queued and what the audit trail tells of it stand in
    one transaction: the next try of the form would count as told.

    Raises InvalidNotification if the form has no token, or has queued other content before.
    """
    token = request.POST.get(NAME, "")
    if not _TOKEN.fullmatch(token):
        text = gettext_noop(
            "The form was submitted without a valid token, which prevents duplicates. Nothing "
            "was queued. Reload the page and submit the form again."
        )
        raise InvalidNotification(Sentence(text))
    secret = salted_hmac(NAME, f"{request.user.pk}:{token}", algorithm="sha256")
    try:
        with _together():
            yield f"form:{secret.hexdigest()}"
    except KeyInUse as error:
        text = gettext_noop(
            "This form was already submitted with different content, which was queued. Nothing "
            "was queued this time. To send this as well, submit the form again."
        )
        raise InvalidNotification(Sentence(text)) from error


@contextmanager
def _together() -> Iterator[None]:
    """Open a transaction that a refusal does not undo: the log keeps it."""
    refusal: NotQueued | None = None
    with transaction.atomic():
        try:
            yield
        except NotQueued as error:
            refusal = error
    if refusal:
        raise refusal


def record_queued(
    request: HttpRequest, act: Act, on: Target, queued: Notification, **details: Any
) -> None:
    """Tell the audit trail what the form has queued; a form that comes twice is one act. `messages`
    among the details are the numbers, if it concerns others too."""
    if not queued.was_queued_before:
        record(act, person(request), on, **({"messages": [queued.pk]} | details))


def tell_queued(request: HttpRequest, notification: Notification, text: str) -> None:
    """Tell the person in `text` that the form's notification is queued, and that it is one."""
    messages.success(request, text)
    if notification.was_queued_before:
        messages.info(request, _("The form was submitted more than once; it was queued once."))
