"""Make Exchange's refusals. Graph and EWS share the codes and differ in the wrapping.

EWS's `ResponseCodeType` and Graph's "Error handling" give the codes; docs/emulator.md
marks the HTTP statuses that no source gives.
"""


class MailError(Exception):
    """Carry a refusal; `status` is Graph's, EWS answers 200 with the code inside."""

    def __init__(self, code: str, text: str, *, status: int = 400) -> None:
        self.code = code
        self.text = text
        self.status = status
        super().__init__(f"{code}: {text}")


def no_recipients() -> MailError:
    return MailError(
        "ErrorInvalidRecipients",
        "At least one recipient is not valid., A message can't be sent because it contains no "
        "recipients.",
    )


def unresolved(address: str) -> MailError:
    return MailError(
        "ErrorInvalidRecipients",
        f"At least one recipient is not valid., Recipient '{address}' is not resolved. All "
        "recipients must be resolved before a message can be submitted.",
    )


def send_as_denied() -> MailError:
    return MailError(
        "ErrorSendAsDenied",
        "The user account which was used to submit this request does not have the right to send "
        "mail on behalf of the specified sending account., Cannot submit message.",
        status=403,
    )


def access_denied() -> MailError:
    return MailError(
        "ErrorAccessDenied", "Access is denied. Check credentials and try again.", status=403
    )


def item_not_found() -> MailError:
    return MailError(
        "ErrorItemNotFound", "The specified object was not found in the store.", status=404
    )


def already_sent() -> MailError:
    return MailError("ErrorInvalidRequest", "The item is not a draft.")


def submitted() -> MailError:
    return MailError("ErrorInvalidRequest", "The item was submitted and cannot change any more.")


def malformed_id() -> MailError:
    return MailError("ErrorInvalidIdMalformed", "Id is malformed.")


def too_large() -> MailError:
    return MailError(
        "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.", status=413
    )


def quota_exceeded() -> MailError:
    return MailError(
        "ErrorQuotaExceeded", "The mailbox has exceeded its storage quota.", status=413
    )


def too_many_recipients() -> MailError:
    return MailError(
        "ErrorExceededMaxRecipientLimit",
        "The message has more recipients than the mailbox may address.",
        status=403,
    )


def invalid_base64() -> MailError:
    return MailError(
        "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content."
    )
