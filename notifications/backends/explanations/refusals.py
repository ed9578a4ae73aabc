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
            _("The stored secrets can't be read."),
            _(
                "They were encrypted with a key that this installation doesn't have, by an "
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
            _("The response doesn't belong to a sign-in that was started here."),
            _("Start the sign-in again on E-mail > Settings, in the same browser."),
        ),
    ),
    (
        "SignInTooLate",
        sign_in(
            _("The sign-in took too long."),
            _("A sign-in must be completed within an hour."),
            _("Start the sign-in again on E-mail > Settings, in the same browser."),
        ),
    ),
    (
        "AttachmentLimitExceeded",
        fail(
            _("The attachments exceed the limit."),
            _("E-mail > Settings limits the total size of attachments."),
            _("Send smaller files, or raise the limit."),
        ),
    ),
    (
        "TooLargeToCarry",
        fail(
            _("The message is too large to be sent as it was handed in."),
            _(
                "It is signed or encrypted, or large attachments are off: it has to fit into one "
                "request to Microsoft Graph, and the settings have changed since it was accepted."
            ),
            _(
                "Turn on “Protect against duplicates and send large attachments”, or use Exchange "
                "Web Services, then choose Send now."
            ),
        ),
    ),
    (
        "SmtpRefused",
        fail(
            _("The SMTP listener refused the message."),
            _("The client received the answer that is shown here."),
            _("Compare the answer with the client's settings on E-mail > SMTP > Clients."),
        ),
    ),
    (
        "SmtpDryRun",
        fail(
            _("Dry run: accepted from the client, and not sent."),
            _("Dry run is on for this client."),
            _("Turn it off on E-mail > SMTP > Clients when the trial is over."),
        ),
    ),
    (
        "SmtpExpired",
        fail(
            _("The message has expired and was not sent."),
            _("It could not be sent within the time that is set for its SMTP client."),
            _("See why mail waited, then send it from the device again if it still matters."),
        ),
    ),
    (
        "InternalFault",
        fail(
            _("Internal error in Mail Connector."),
            _("This is a bug. The worker's log has the details."),
            _("Report it with the time of this entry, then click Retry."),
        ),
    ),
]
