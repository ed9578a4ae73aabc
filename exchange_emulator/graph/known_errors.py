"""Graph's errors around sending, by code: HTTP status and text.

"Microsoft Graph error responses and resource types" and reports of users;
docs/emulator.md says which statuses are from general knowledge only.
"""

_BUSY = "The server cannot service this request right now. Try again later."

GRAPH_ERRORS = {
    "ApplicationThrottled": (429, "Application is over its MailboxConcurrency limit."),
    "Authorization_RequestDenied": (403, "Insufficient privileges to complete the operation."),
    "BadRequest": (400, "The request is malformed or incorrect."),
    "CommandConcurrencyLimitReached": (429, "Too many concurrent commands."),
    "ErrorAccessDenied": (403, "Access is denied. Check credentials and try again."),
    "ErrorExceededMaxRecipientLimit": (403, "The message has too many recipients."),
    "ErrorExceededMessageLimit": (429, "The message limit has been exceeded."),
    "ErrorInternalServerError": (500, "An internal server error occurred. The operation failed."),
    "ErrorInvalidRecipients": (400, "At least one recipient is not valid."),
    "ErrorItemNotFound": (404, "The specified object was not found in the store."),
    "ErrorMessageSizeExceeded": (413, "The message exceeds the maximum supported size."),
    "ErrorMessageSubmissionBlocked": (403, "The message submission has been blocked."),
    "ErrorPropertyValidationFailure": (400, "At least one property failed validation."),
    "ErrorQuotaExceeded": (413, "The mailbox has exceeded its storage quota."),
    "ErrorSendAsDenied": (
        403,
        "The user account which was used to submit this request does not have the right to send "
        "mail on behalf of the specified sending account., Cannot submit message.",
    ),
    "ErrorServerBusy": (503, _BUSY),
    "ExtensionError": (403, "Access to OData is disabled."),
    "InvalidAuthenticationToken": (401, "Access token has expired or is not yet valid."),
    "MailboxNotEnabledForRESTAPI": (
        404,
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    ),
    "RequestEntityTooLarge": (413, "The maximum request length supported is 4MB."),
    "ResourceNotFound": (404, "Resource could not be discovered."),
    "TooManyRequests": (429, "Too many requests."),
    "UnknownError": (504, ""),
    "activityLimitReached": (429, "The app or user has been throttled."),
    "serviceNotAvailable": (503, "The service is temporarily unavailable."),
}
