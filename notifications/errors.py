"""The errors that refuse a notification, and the part of our own bugs that may be noted.

NotQueued                   outbox refused a notification; the text is for who made it
+-- InvalidNotification     an address, header or option is wrong
+-- AttachmentLimitExceeded the attachments are larger than the settings allow
"""

import traceback


def frames_of(error: BaseException) -> str:
    """Return the frames of a bug of ours. The exception's text is left out, because it may hold a
    body, an address or a secret."""
    return "".join(traceback.format_tb(error.__traceback__))


class NotQueued(Exception):  # noqa: N818 - reads as the answer it is
    """The notification was refused and not added to the queue; str() is for its initiator."""


class InvalidNotification(NotQueued):
    """An address, a header or an option of the notification is wrong."""


class AttachmentLimitExceeded(NotQueued):
    """The attachments together are larger than the settings allow."""
