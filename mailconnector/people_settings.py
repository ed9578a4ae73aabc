"""Settings of how people log in: Django's, axes' and allauth's."""

from datetime import timedelta
from typing import Any

from people import CACHE_TABLE

from . import env

SESSION_ENGINE = "people.session_store"
SESSION_COOKIE_AGE = 12 * 3600  # seconds since the login: a working day
# The sign-in comes back from Microsoft's site, so Strict would lose the session.
SESSION_COOKIE_SAMESITE = "Lax"
# A session whose person was away for so long ends.
SESSION_IDLE = timedelta(minutes=env.number("MAILCONNECTOR_SESSION_IDLE_MINUTES", 30))

_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {
        "NAME": f"{_VALIDATION}.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.number("MAILCONNECTOR_PASSWORD_LENGTH", 12)},
    },
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
# login.py explains the limits on wrong passwords.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_HANDLER = "mailconnector.login.Throttle"
AXES_LOCKOUT_CALLABLE = "people.ways_in.login.locked_out"
AXES_USERNAME_CALLABLE = "mailconnector.login.username_of"
AXES_CLIENT_IP_CALLABLE = "mailconnector.login.client_address"
AXES_FAILURE_LIMIT = env.number("MAILCONNECTOR_LOGIN_TRIES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env.number("MAILCONNECTOR_LOGIN_WAIT_MINUTES", 15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Somebody could otherwise keep an account closed by trying on, and fill the table.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_STR_CALLABLE = "mailconnector.login.told_in_log"
# axes keeps the form of a wrong password without these and the password.
AXES_SENSITIVE_PARAMETERS = ["username", "login", "old_password", "new_password1", "new_password2"]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds, for the one-time links of people/links.py
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Whether everybody may log in with a password, or emergency accounts alone: superusers.
PASSWORD_LOGIN = env.choice("MAILCONNECTOR_PASSWORD_LOGIN", ["yes", "no"], "yes") == "yes"

ACCOUNT_ADAPTER = "people.adapters.account.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# axes counts wrong passwords; this counts a user's wrong codes of the second factor.
ACCOUNT_RATE_LIMITS: dict[str, str | None] = {
    "login": None,
    "reauthenticate": None,
    "login_failed": f"{AXES_FAILURE_LIMIT}/{AXES_COOLOFF_TIME.total_seconds():.0f}s/key",
}
SOCIALACCOUNT_ADAPTER = "people.adapters.microsoft.MicrosoftAdapter"
MFA_ADAPTER = "people.adapters.second_factor.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Mail Connector"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, as the clock of a phone may be wrong
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A code is good once, in whichever web process: so this cache is a table. What a process remembers
# for itself is in the other.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": CACHE_TABLE,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
