"""What an application is told when its notification is refused, and what we note of our own bugs.

NotQueued                   outbox refused a notification; the text is for who made it
+-- InvalidNotification     an address, header or option is wrong
+-- AttachmentLimitExceeded the attachments are larger than the settings allow
"""

import traceback


def frames_of(error: BaseException) -> str:
    """Where a bug of ours is, without the exception's text, which may hold a body, an address or
    a secret."""
    return "".join(traceback.format_tb(error.__traceback__))


class NotQueued(Exception):  # noqa: N818 - reads as the answer it is
    """The notification was refused and not added to the queue; str() is for its initiator."""


class InvalidNotification(NotQueued):
    """An address, a header or an option of the notification is wrong."""


class AttachmentLimitExceeded(NotQueued):
    """The attachments together are larger than the settings allow."""
