"""What an authenticator app shows, who has one, and where its codes are entered."""

import re

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth

# A key of a test, in base32
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret=SECRET, *, steps=0):
    """Return what an app shows now, or some steps of 30 seconds from now."""
    counter = list(auth.yield_hotp_counters_from_time())[1] + steps
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def wrong_code(secret=SECRET):
    shown = {code(secret, steps=steps) for steps in range(-3, 4)}
    return next(f"{n:06}" for n in range(10) if f"{n:06}" not in shown)


def give_app(user, secret=SECRET):
    """Give somebody an authenticator app with this key, and recovery codes."""
    auth.TOTP.activate(user, secret)
    return RecoveryCodes.activate(user).get_unused_codes()


def kept_of(user):
    return str(list(Authenticator.objects.filter(user=user).values()))


def enter(client, code):
    return client.post("/login/code/", {"code": code})


def set_up(client):
    """Set up the app as its page says; return the page with the recovery codes."""
    page = client.get("/account/second-factor/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert "data:image/svg+xml;base64," in page
    return client.post("/account/second-factor/", {"code": code(secret)}, follow=True)
