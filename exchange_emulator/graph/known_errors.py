"""List Graph's errors around sending by code, with HTTP status and text.

Sources: "Microsoft Graph error responses and resource types", and reports of users;
docs/emulator.md says which statuses are from general knowledge only.
"""

from exchange_emulator.control.faults import mailbox_disabled
from exchange_emulator.mail import errors

_BUSY = "The server cannot service this request right now. Try again later."

# Exchange gives these by itself, too.
_EXCHANGES = (
    errors.access_denied(),
    errors.item_not_found(),
    errors.no_recipients(),
    errors.quota_exceeded(),
    errors.send_as_denied(),
    errors.too_large(),
    errors.too_many_recipients(),
    mailbox_disabled(),
)
GRAPH_ERRORS = {
    **{error.code: (error.status, error.text) for error in _EXCHANGES},
    "ApplicationThrottled": (429, "Application is over its MailboxConcurrency limit."),
    "Authorization_RequestDenied": (403, "Insufficient privileges to complete the operation."),
    "BadRequest": (400, "The request is malformed or incorrect."),
    "CommandConcurrencyLimitReached": (429, "Too many concurrent commands."),
    "ErrorExceededMessageLimit": (429, "The message limit has been exceeded."),
    "ErrorInvalidUser": (404, "The requested user 'unknown' is invalid."),
    "ErrorInternalServerError": (500, "An internal server error occurred. The operation failed."),
    "ErrorMessageSubmissionBlocked": (403, "The message submission has been blocked."),
    "ErrorPropertyValidationFailure": (400, "At least one property failed validation."),
    "ErrorServerBusy": (503, _BUSY),
    "ExtensionError": (403, "Access to OData is disabled."),
    "InvalidAudience": (401, "The audience claim value is invalid 'aud'."),
    "InvalidAuthenticationToken": (401, "Access token has expired or is not yet valid."),
    "RequestEntityTooLarge": (413, "The maximum request length supported is 4MB."),
    "ResourceNotFound": (404, "Resource could not be discovered."),
    "TooManyRequests": (429, "Too many requests."),
    "UnknownError": (504, ""),
    "activityLimitReached": (429, "The app or user has been throttled."),
    "serviceNotAvailable": (503, "The service is temporarily unavailable."),
}
