"""Failures on the way to Microsoft, and answers that say nothing.

These codes are ours; no page of Microsoft has them.
"""

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

from .reactions import CHECK_THE_WAY, Row, retry, settle

_LOOKED_UP = _(
    "A message is looked up by itself with duplicate protection; otherwise decide in the "
    "Notification Queue. Anything else is tried again."
)
UNCLEAR = settle(
    _("Microsoft gave no clear answer."),
    _("The answer broke off, or reported a fault of Microsoft's own or of a gateway before it."),
    _LOOKED_UP,
)
NOT_MICROSOFTS = settle(
    _("This answer did not come from Microsoft."),
    _(
        "A proxy, a filter or a login page of the network answered in Microsoft's place, or "
        "changed the answer; its first words are below."
    ),
    _(
        "Let the proxy or the filter pass Microsoft's hosts unchanged. Nothing else to do: the "
        "connector tries again by itself, and looks up a message that may have gone out."
    ),
)

PROXY = retry(
    _("The proxy asks for a user name and password."),
    _("A proxy between the connector and Microsoft answered instead of Microsoft."),
    _(
        "Put the proxy's user name and password into HTTPS_PROXY, or let the proxy pass "
        "Microsoft's hosts."
    ),
)
LATE = settle(
    _("Microsoft did not answer in time."),
    _(
        "The request was written, but no answer came within the time that the connector waits, so "
        "it is not known whether it was carried out."
    ),
    _LOOKED_UP,
)

# The same answers before the message was submitted, where they leave no doubt.
NOT_TAKEN = retry(
    _("Microsoft did not take the message."),
    _(
        "Its answer was missing, came too late, or reported a fault of its own. The message had "
        "not been submitted yet, so it has certainly not gone out."
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
            _("Microsoft's answer came too late, broke off, or reported a fault of its own."),
            _(
                "With duplicate protection the connector looks it up by itself; otherwise decide "
                "in the Notification Queue."
            ),
        ),
    ),
    ("NeverTaken", NOT_TAKEN),
    ("ConnectionLost", UNCLEAR),
    ("UnexpectedAnswer", NOT_MICROSOFTS),
    (
        "UploadRefused",
        retry(
            _("The upload of an attachment was refused."),
            _(
                "Microsoft gives each upload an address with a key of its own; it has expired or "
                "was not accepted. The sign-in has nothing to do with it."
            ),
            _("No action needed. Mail Connector tries again with a new address."),
        ),
    ),
    ("TimedOut", LATE),
    (
        "ConnectionFailed",
        retry(
            _("Microsoft could not be reached."),
            _("No connection to the host that is named below could be made."),
            CHECK_THE_WAY,
        ),
    ),
    (
        "HostNotFound",
        retry(
            _("The name of Microsoft's host was not found."),
            _(
                "This machine's name server (DNS) does not know the host that is named below, or "
                "it does not answer."
            ),
            _(
                "Check the machine's DNS settings with “nslookup” and the host's name. Where only "
                "a proxy reaches the internet, set HTTPS_PROXY: then the proxy looks names up."
            ),
        ),
    ),
    (
        "ConnectionRefused",
        retry(
            _("The connection was refused."),
            _("A firewall, or the machine at that address, turned the connection away at once."),
            _(
                "Let the firewall pass https (port 443) to the host that is named below, or set "
                "HTTPS_PROXY."
            ),
        ),
    ),
    (
        "NoRoute",
        retry(
            _("There is no way to Microsoft's network."),
            _(
                "This machine has no route to the host that is named below: a cable, a VPN or a "
                "network setting."
            ),
            CHECK_THE_WAY,
        ),
    ),
    (
        "ConnectTimedOut",
        retry(
            _("Nobody answered at Microsoft's address."),
            _("No connection was made in time; most often a firewall drops it silently."),
            _(
                "Let the firewall pass https (port 443) to the host that is named below, or set "
                "HTTPS_PROXY."
            ),
        ),
    ),
    (
        "ProxyUnreachable",
        retry(
            _("The proxy cannot be reached."),
            _("HTTPS_PROXY names it, but no connection to it could be made."),
            _(
                "Check the host and port in HTTPS_PROXY (http://proxy.example:3128), and that the "
                "proxy runs. Hosts that need no proxy belong in NO_PROXY."
            ),
        ),
    ),
    (
        "ProxyUnreadable",
        retry(
            _("The address of the proxy cannot be read."),
            _(
                "HTTPS_PROXY is not written as an address; most often the user name or the "
                "password in it has a character that ends an address."
            ),
            _(
                "Encode such characters in the user name and the password: @ as %40, # as %23, / "
                "as %2F, : as %3A, ? as %3F, a space as %20 and % itself as %25."
            ),
        ),
    ),
    ("ProxyNeedsPassword", PROXY),
    (
        "ProxyRefused",
        retry(
            _("The proxy does not let the connection through."),
            _(
                "It is reached, but refuses or cannot make the connection to the host that is "
                "named below."
            ),
            _("Ask whoever runs the proxy to allow CONNECT to port 443 of that host."),
        ),
    ),
    (
        "CertificateRefused",
        retry(
            _("The connection is not trusted."),
            _("The certificate of the other side is not signed by an authority we know."),
            _(
                "If a proxy inspects TLS, put its certificate into the file that "
                "MAILCONNECTOR_CA_BUNDLE names."
            ),
        ),
    ),
    (
        "CertificateWrongHost",
        retry(
            _("Something else answers in Microsoft's place."),
            _(
                "The certificate of the other side is for another host than the one that is named "
                "below."
            ),
            _(
                "Check DNS, the hosts file and the proxy; at a custom cloud the URL's host has to "
                "be the one in its certificate."
            ),
        ),
    ),
    (
        "CertificateOutOfDate",
        retry(
            _("The other side's certificate is not valid now."),
            _(
                "It has expired or is not valid yet; where it is Microsoft's own, this machine's "
                "clock is wrong."
            ),
            _(
                "Set the machine's clock (NTP, for example with “timedatectl set-ntp true”). If "
                "the clock is right, a proxy with an old certificate answers."
            ),
        ),
    ),
    (
        "TlsFailed",
        retry(
            _("No secure connection could be made."),
            _("What answers at this address does not speak TLS, or only an outdated version."),
            _(
                "Check that nothing between here and Microsoft answers instead, and that the "
                "proxy's address in HTTPS_PROXY begins with http:// unless it speaks TLS itself."
            ),
        ),
    ),
    (
        "ClockWrong AADSTS700024 AADSTS500133",
        retry(
            _("The clock of this machine is wrong."),
            _(
                "Microsoft's tokens are valid for a short time only; more than 5 minutes off, they "
                "are refused."
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
            _("MAILCONNECTOR_CA_BUNDLE, or REQUESTS_CA_BUNDLE, names a file that cannot be read."),
            _("Correct the variable or restore the file, then start the connector again."),
        ),
    ),
    (
        "SignInServiceFailed",
        retry(
            _("Microsoft's sign-in service did not answer as it should."),
            _("It is down for a moment, or something between us and Microsoft answered instead."),
            CHECK_THE_WAY,
        ),
    ),
]
