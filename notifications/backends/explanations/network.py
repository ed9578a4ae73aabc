"""Failures on the way to Microsoft, and answers that say nothing.

These codes are ours; no page of Microsoft has them.
"""

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from .reactions import CHECK_THE_WAY, Row, of_message, retry, settle

_LOOKED_UP = _(
    "With duplicate protection, Mail Connector checks whether the message was sent. Without "
    "it, decide on the Notification Queue. Anything else will be tried again."
)
UNCLEAR = settle(
    _("Microsoft's response was unclear."),
    _("The response was cut off, or it reported an error at Microsoft or at a gateway."),
    _LOOKED_UP,
)
NOT_MICROSOFTS = settle(
    _("This response didn't come from Microsoft."),
    _(
        "A proxy, a filter or the network's login page responded instead of Microsoft, or "
        "changed the response. It begins as shown below."
    ),
    _(
        "Let the proxy or the filter pass traffic for Microsoft's hosts unchanged. Mail "
        "Connector will try again, and checks messages that may have been sent."
    ),
)

PROXY = retry(
    _("The proxy asks for a user name and password."),
    _("A proxy between Mail Connector and Microsoft responded instead of Microsoft."),
    _(
        "Add the proxy's user name and password to HTTPS_PROXY, or let the proxy pass "
        "Microsoft's hosts without them."
    ),
)
LATE = settle(
    _("Microsoft didn't respond in time."),
    _(
        "The request was sent, but no response arrived in time, so it may or may not have been "
        "carried out."
    ),
    _LOOKED_UP,
)

# The same answers before the message was submitted, where they leave no doubt.
NOT_TAKEN = retry(
    _("Microsoft didn't accept the message."),
    _(
        "The response was missing, late or reported an error at Microsoft. The message had not "
        "been submitted yet, so it was not sent."
    ),
    CHECK_THE_WAY,
)

# Rows of an earlier version have this one.
storable(_("It is not known whether the message went out."))

ROWS: list[Row] = [
    (
        "NoAnswerKept",
        settle(
            _("Mail Connector couldn't confirm whether this message was sent."),
            _("Microsoft's response was late, was cut off, or reported an error at Microsoft."),
            _(
                "Find out whether it was sent, then choose “Mark as sent” or “Send again” on the "
                "page of the message."
            ),
        ),
    ),
    ("NeverTaken", NOT_TAKEN),
    ("ConnectionLost", UNCLEAR),
    ("UnexpectedAnswer", NOT_MICROSOFTS),
    (
        "UploadRefused",
        of_message(
            retry(
                _("The upload of an attachment was refused."),
                _(
                    "Microsoft gives each upload its own address and key. The key has expired or "
                    "wasn't accepted. This has nothing to do with the sign-in."
                ),
                _("No action needed. Mail Connector will try again with a new address."),
            )
        ),
    ),
    ("TimedOut", LATE),
    (
        "ConnectionFailed",
        retry(
            _("Can't reach Microsoft."),
            _("Connecting to the host shown below failed."),
            CHECK_THE_WAY,
        ),
    ),
    (
        "HostNotFound",
        retry(
            _("Can't find Microsoft's host (DNS)."),
            _("This machine's DNS server doesn't know the host shown below, or doesn't respond."),
            _(
                "Check the machine's DNS settings, for example with “nslookup” and the host's "
                "name. If the internet can only be reached through a proxy, set HTTPS_PROXY; "
                "the proxy then resolves the names."
            ),
        ),
    ),
    (
        "ConnectionRefused",
        retry(
            _("The connection was refused."),
            _("A firewall, or the machine at that address, rejected the connection."),
            _(
                "Allow HTTPS (port 443) to the host shown below in the firewall, or set "
                "HTTPS_PROXY."
            ),
        ),
    ),
    (
        "NoRoute",
        retry(
            _("No route to Microsoft's network."),
            _(
                "This machine has no route to the host shown below. The cause may be a cable, "
                "a VPN or a network setting."
            ),
            CHECK_THE_WAY,
        ),
    ),
    (
        "ConnectTimedOut",
        retry(
            _("The connection to Microsoft timed out."),
            _("No connection was established in time. Usually a firewall drops it silently."),
            _(
                "Allow HTTPS (port 443) to the host shown below in the firewall, or set "
                "HTTPS_PROXY."
            ),
        ),
    ),
    (
        "ProxyUnreachable",
        retry(
            _("The proxy cannot be reached."),
            _("It is set in HTTPS_PROXY, but connecting to it failed."),
            _(
                "Check the host and port in HTTPS_PROXY (http://proxy.example:3128), and that "
                "the proxy is running. Hosts that need no proxy belong in NO_PROXY."
            ),
        ),
    ),
    (
        "ProxyUnreadable",
        retry(
            _("The proxy's address is invalid."),
            _(
                "HTTPS_PROXY isn't a valid address. Usually the user name or password contains "
                "a character that must be encoded."
            ),
            _(
                "Encode these characters in the user name and password: @ as %40, # as %23, / "
                "as %2F, : as %3A, ? as %3F, a space as %20 and % as %25."
            ),
        ),
    ),
    ("ProxyNeedsPassword", PROXY),
    (
        "ProxyRefused",
        retry(
            _("The proxy doesn't allow the connection."),
            _(
                "The proxy responds, but it refuses or can't establish the connection to the "
                "host shown below."
            ),
            _("Ask whoever runs the proxy to allow CONNECT to port 443 of that host."),
        ),
    ),
    (
        "CertificateRefused",
        retry(
            _("The connection is not trusted."),
            _("The server's certificate isn't signed by a trusted authority."),
            _(
                "If a proxy inspects TLS, add its certificate to the file set in "
                "MAILCONNECTOR_CA_BUNDLE."
            ),
        ),
    ),
    (
        "CertificateWrongHost",
        retry(
            _("Another server responds instead of Microsoft."),
            _("The server's certificate was issued for a different host than the one shown below."),
            _(
                "Check DNS, the hosts file and the proxy. For a custom cloud, the host in the "
                "URL must match its certificate."
            ),
        ),
    ),
    (
        "CertificateOutOfDate",
        retry(
            _("The server's certificate has expired or isn't valid yet."),
            _("If it is Microsoft's own certificate, this machine's clock is wrong."),
            _(
                "Set the machine's clock (NTP, for example with “timedatectl set-ntp true”). "
                "If the clock is right, a proxy with an expired certificate is responding."
            ),
        ),
    ),
    (
        "TlsFailed",
        retry(
            _("A secure connection couldn't be established."),
            _("The server at this address doesn't support TLS, or only an outdated version."),
            _(
                "Check that nothing between here and Microsoft responds instead, and that the "
                "proxy's address in HTTPS_PROXY begins with http:// unless the proxy itself "
                "uses TLS."
            ),
        ),
    ),
    (
        "ClockWrong AADSTS700024 AADSTS500133",
        retry(
            _("The clock of this machine is wrong."),
            _(
                "Microsoft's tokens are valid only briefly. If the clock differs by more than "
                "5 minutes, they are rejected."
            ),
            _(
                "Set the machine's clock (NTP, for example with “timedatectl set-ntp true”), then "
                "try again."
            ),
        ),
    ),
    (
        "CertificateBundleMissing",
        retry(
            _("The file with the trusted certificates is missing."),
            _("The file set in MAILCONNECTOR_CA_BUNDLE or REQUESTS_CA_BUNDLE can't be read."),
            _("Correct the variable or restore the file, then restart Mail Connector."),
        ),
    ),
    (
        "SignInServiceFailed",
        retry(
            _("Microsoft's sign-in service returned an unexpected response."),
            _(
                "It is temporarily unavailable, or something between here and Microsoft "
                "responded instead."
            ),
            CHECK_THE_WAY,
        ),
    ),
]
