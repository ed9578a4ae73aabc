"""The errors that refuse a notification, and how a bug of ours is noted.

NotQueued                   outbox refused a notification; the text is for who made it
+-- InvalidNotification     an address, header or option is wrong
|   +-- KeyInUse            the key came before with other content
+-- AttachmentLimitExceeded the attachments are larger than the settings allow
+-- SuppressedRecipients    all its recipients are on the suppression list
+-- FromNotAllowed          the API key may not name this From address
+-- DayLimitReached         the API key has sent what it may in a day
"""

import logging
import traceback
from types import TracebackType
from typing import Any, Self


class Contained:
    """Let a bug of ours end in the log, so that it does not take along what stands behind it. The
    log has its kind and its frames; its text may hold a body, an address or a secret.

    `doing` and its values say what failed, `ids` are for machines that read the log. Errors of
    the kind `passing` are none of ours and go on. `error` is the bug, once the block has ended.
    """

    def __init__(
        self,
        logger: logging.Logger,
        doing: str,
        *values: object,
        passing: type[Exception] | tuple[type[Exception], ...] = (),
        **ids: Any,
    ) -> None:
        self._logger, self._doing, self._passing = logger, doing % values, passing
        self._ids = ids
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: object, error: BaseException | None, _frames: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, self._passing):
            return False
        self.error = error
        name, frames = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
        self._logger.error("%s while %s\n%s", name, self._doing, frames, extra=self._ids)
        return True


class NotQueued(Exception):  # noqa: N818 - reads as the answer it is
    """The notification was refused and not added to the queue; str() is for its initiator."""


class InvalidNotification(NotQueued):
    """An address, a header or an option of the notification is wrong."""


class KeyInUse(InvalidNotification):
    """The idempotency key was used for a notification with other content."""


class AttachmentLimitExceeded(NotQueued):
    """The attachments together are larger than the settings allow."""


class SuppressedRecipients(NotQueued):
    """All recipients are on the suppression list."""


class FromNotAllowed(NotQueued):
    """The API key may not name this address as From."""


class DayLimitReached(NotQueued):
    """The API key has sent as many messages as it may in a day (UTC)."""
