"""Enhanced status codes of what was not delivered, in plain words and with the next step.

Sources: "Email non-delivery reports and SMTP errors in Exchange Online"; RFC 3463.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from notifications.i18n import gettext_noop as _


@dataclass(frozen=True, slots=True)
class BounceReason:
    """`happened` fits before the code in brackets; `what_to_do` is a sentence or more. `is_unknown`
    says that the code tells no reason."""

    happened: str
    what_to_do: str
    is_unknown: bool = False


_CHECK = _("Check the address; ask the recipient for the right one.")
_RECIPIENT_ADMIN = _("Only the recipient's administrator can change it: send them the words below.")
_SPAM = _(
    "Check SPF, DKIM and DMARC of the sending domain, and what the message looks like; then ask "
    "the recipient's administrator."
)
_LATER = _("Send it again later, or reach the recipient in another way.")

_ROWS: list[tuple[str, BounceReason]] = [
    (
        "5.1.1 5.1.10 5.1.351 5.5.4 5.1.0",
        BounceReason(_("No such mailbox"), _CHECK),
    ),
    ("5.1.2 5.4.4 5.4.310 4.4.4 5.4.312", BounceReason(_("No such domain"), _CHECK)),
    ("5.1.3 5.1.20", BounceReason(_("The address is not valid"), _CHECK)),
    ("5.1.6 5.1.7", BounceReason(_("The mailbox has moved"), _CHECK)),
    (
        "5.1.8 5.7.705 5.7.708",
        BounceReason(
            _("Microsoft has blocked the sender for outbound spam"),
            _(
                "An administrator finds out who sent what, secures the account, and removes it in "
                "Microsoft Defender under Restricted entities."
            ),
        ),
    ),
    (
        "5.2.1",
        BounceReason(_("The mailbox is switched off"), _CHECK),
    ),
    ("5.2.2 4.2.2 5.2.122 5.2.3", BounceReason(_("The mailbox is full"), _LATER)),
    (
        "5.3.4 5.2.14",
        BounceReason(
            _("The message is too large for the recipient"),
            _("Send smaller files, or a link to them."),
        ),
    ),
    (
        "5.4.1 5.4.14 5.4.6",
        BounceReason(_("The recipient's domain does not accept the message"), _RECIPIENT_ADMIN),
    ),
    (
        "4.4.7 4.4.1 4.4.2 5.4.7 4.4.316 5.4.300",
        BounceReason(_("The recipient's server could not be reached in time"), _LATER),
    ),
    (
        "5.7.1 5.7.124 5.7.133 5.7.134 5.7.135 5.7.129 5.7.193",
        BounceReason(
            _("The recipient does not accept mail from this sender"),
            _("Ask the recipient, or the owner of the group, to allow the sender."),
        ),
    ),
    (
        "5.7.23 5.7.26 5.7.509 5.7.515 5.7.511 5.7.606 5.7.703 5.7.25 5.7.27",
        BounceReason(_("The recipient's server takes the sender for a spammer"), _SPAM),
    ),
    (
        "5.7.232 5.7.233 5.7.236",
        BounceReason(
            _("The tenant has reached its limit of recipients outside the organization"),
            _("It ends by itself: the limit counts the last 24 hours."),
        ),
    ),
    (
        "5.7.60 5.7.57",
        BounceReason(
            _("The account may not send as this sender"),
            _("Grant Send As for the mailbox in the Exchange admin center."),
        ),
    ),
]
BY_CODE = {code: reason for codes, reason in _ROWS for code in codes.split()}
_BY_SUBJECT = {
    "1": BounceReason(_("The address was not accepted"), _CHECK),
    "2": BounceReason(_("The mailbox does not accept the message"), _LATER),
    "3": BounceReason(_("The recipient's mail system refused the message"), _LATER),
    "4": BounceReason(_("The message could not be routed to the recipient"), _LATER),
    "5": BounceReason(_("The recipient's server did not understand the message"), _LATER),
    "6": BounceReason(_("The recipient's server could not read the message"), _LATER),
    "7": BounceReason(_("The recipient's server refused the message"), _SPAM),
}
_NO_CODE = BounceReason(
    _("Not delivered"),
    _("The reason is not known yet. “Check delivery now” asks Microsoft for it."),
    is_unknown=True,
)


def explain_bounce(code: str, *, translate: Callable[[str], str]) -> BounceReason:
    """Explain an enhanced status code, or "" where none is known."""
    parts = code.split(".")
    found = BY_CODE.get(code) or (_BY_SUBJECT.get(parts[1]) if len(parts) > 1 else None) or _NO_CODE
    return replace(
        found, happened=translate(found.happened), what_to_do=translate(found.what_to_do)
    )
