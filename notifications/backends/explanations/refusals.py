"""What the connector itself refuses, and its own faults.

These codes are ours; no page of Microsoft has them.
"""

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from .reactions import Row, fail, sign_in

# Rows of an earlier version have this one.
storable(_("The connector made a mistake."))

ROWS: list[Row] = [
    (
        "KeyMissing",
        sign_in(
            _("The stored secrets cannot be read."),
            _(
                "They were encrypted with a key that this installation does not have, by an "
                "earlier version, or for another field."
            ),
            _(
                "Restore the key in MAILCONNECTOR_ENCRYPTION_KEYS and run manage.py rotate_keys, "
                "or enter the client secret and sign in again."
            ),
        ),
    ),
    (
        "ForgedSignIn",
        sign_in(
            _("The sign-in was refused."),
            _("What came back does not belong to a sign-in that was started here."),
            _("Start the sign-in again on E-mail > Settings, in the same browser."),
        ),
    ),
    (
        "SignInTooLate",
        sign_in(
            _("The sign-in took too long."),
            _("It has to be finished within an hour."),
            _("Start the sign-in again on E-mail > Settings, in the same browser."),
        ),
    ),
    (
        "AttachmentLimitExceeded",
        fail(
            _("The attachments are larger than the limit."),
            _("E-mail > Settings limits the total size of attachments."),
            _("Send smaller files, or raise the limit."),
        ),
    ),
    (
        "InternalFault",
        fail(
            _("Internal error in Mail Connector."),
            _("This is a bug; the worker's log has its details."),
            _("Report it with the time of this entry, then try Send now."),
        ),
    ),
]
