"""Django's settings. Everything that differs between installations comes from the environment;
.env.example lists the variables."""

import base64
import os
import secrets
import uuid
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from notifications.backends.microsoft import clouds, tenants

from . import __version__, env, log_lines, site, ways_in
from .frame import icons
from .people_settings import *  # noqa: F403 - a part of these settings

HIGHEST_PORT = 65_535
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("MAILCONNECTOR_DATA_DIR", "var")).absolute()
PORT = env.number("PORT", 8000, most=HIGHEST_PORT)
VERSION = __version__

SECRET_KEY = env.kept_secret(
    "MAILCONNECTOR_SECRET_KEY", DATA_DIR / "secret_key", lambda: secrets.token_urlsafe(50)
)
# Comma-separated Fernet keys, each 32 bytes in URL-safe base64: the first encrypts, all decrypt, so
# that keys can be rotated.
ENCRYPTION_KEYS = env.kept_secret(
    "MAILCONNECTOR_ENCRYPTION_KEYS",
    DATA_DIR / "encryption_keys",
    lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
).split(",")

# This is kept outside the database on purpose: it reveals a moved, restored or copied database.
INSTALLATION_ID = env.kept_secret(
    "MAILCONNECTOR_INSTALLATION_ID", DATA_DIR / "installation_id", lambda: str(uuid.uuid4())
)

# The value "emulator" is practice mode, in which no mail leaves this machine.
CLOUD = env.choice(
    "MAILCONNECTOR_CLOUD",
    ["emulator", "page", "global", "gcc-high", "dod", "china", "custom"],
    "emulator",
)
# Where it is missing on an installation that had a real cloud, nothing is sent: see
# SettingsValues.cloud_is_lost.
CLOUD_IS_NAMED = bool(env.text("MAILCONNECTOR_CLOUD"))
EMULATOR_HTTP_PORT = env.number("MAILCONNECTOR_EMULATOR_HTTP_PORT", 8025, most=HIGHEST_PORT)
EMULATOR_HTTPS_PORT = env.number("MAILCONNECTOR_EMULATOR_HTTPS_PORT", 8026, most=HIGHEST_PORT)
EMULATOR_PAGES_URL = f"http://localhost:{EMULATOR_HTTP_PORT}"
_emulator = f"https://localhost:{EMULATOR_HTTPS_PORT}" if CLOUD == "emulator" else ""
LOGIN_SERVICE_URL = env.url("MAILCONNECTOR_LOGIN_URL", _emulator, schemes=["https"])
GRAPH_URL = env.url("MAILCONNECTOR_GRAPH_URL", _emulator and f"{_emulator}/v1.0", schemes=["https"])
EWS_URL = env.url(
    "MAILCONNECTOR_EWS_URL", _emulator and f"{_emulator}/EWS/Exchange.asmx", schemes=["https"]
)
CA_BUNDLE = env.text(
    "MAILCONNECTOR_CA_BUNDLE", str(DATA_DIR / "emulator" / "ca.pem") if _emulator else ""
)
# People sign in at this OpenID Connect provider. In practice mode it is the emulator, too.
_practised = _emulator and not any(
    env.text(f"MAILCONNECTOR_{name}") for name in (*ways_in.OF_MICROSOFT, "OIDC_CLIENT_SECRET_FILE")
)
OIDC_ISSUER = env.url(
    "MAILCONNECTOR_OIDC_ISSUER",
    f"{_emulator}/{clouds.PRACTICE_TENANT_ID}/v2.0" if _practised else "",
    schemes=["https"],
)
OIDC_CLIENT_ID = env.text(
    "MAILCONNECTOR_OIDC_CLIENT_ID", clouds.PRACTICE_LOGIN_CLIENT_ID if _practised else ""
)
OIDC_CLIENT_SECRET = env.secret(
    "MAILCONNECTOR_OIDC_CLIENT_SECRET", clouds.PRACTICE_LOGIN_SECRET if _practised else ""
)
# Each of these fixes a value of the settings page, which then shows it read-only.
TENANT_ID = env.tenant("MAILCONNECTOR_TENANT_ID", is_single=tenants.is_single)
CLIENT_ID = env.text("MAILCONNECTOR_CLIENT_ID")
CLIENT_SECRET = env.secret("MAILCONNECTOR_CLIENT_SECRET")

# Larger MIME is handed to a Graph draft file by file. In bytes; see graph/sizes.py.
LARGEST_MIME = env.number("MAILCONNECTOR_LARGEST_MIME", 3_000_000)

# A worker that is silent for so long, in seconds, is replaced by another. A claim has to outlast
# the longest send: a draft, a change of its From and the order to go, each with its time-outs.
CLAIM_LEASE = timedelta(seconds=env.number("MAILCONNECTOR_CLAIM_LEASE", 300))
LANE_LEASE = timedelta(seconds=env.number("MAILCONNECTOR_LANE_LEASE", 60))
# A draft that was told to go and has not gone within this time is told again.
DOUBT_GRACE = timedelta(seconds=env.number("MAILCONNECTOR_DOUBT_GRACE", 30, least=0))
# Beat looks after the queue this often, which bounds the delay of a lost wake-up.
WAKE_INTERVAL = timedelta(seconds=env.number("MAILCONNECTOR_WAKE_INTERVAL", 60))

# The SMTP listener: where it listens, what it calls itself, its certificate and key (PEM), and the
# proxies whose PROXY protocol is believed.
SMTP_LISTEN = env.text("MAILCONNECTOR_SMTP_LISTEN", "127.0.0.1:2525")
SMTP_NAME = env.text("MAILCONNECTOR_SMTP_NAME")
SMTP_CERTIFICATE = env.text("MAILCONNECTOR_SMTP_CERTIFICATE")
SMTP_KEY = env.text("MAILCONNECTOR_SMTP_KEY")
SMTP_PROXIES = env.networks("MAILCONNECTOR_SMTP_PROXIES")

# People and Microsoft's sign-in page reach us at this address.
PUBLIC_URL = env.url("MAILCONNECTOR_PUBLIC_URL", f"http://localhost:{PORT}")
_is_https = PUBLIC_URL.startswith("https:")
ALLOWED_HOSTS = list({urlsplit(PUBLIC_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# X-Forwarded-For is believed from these. A proxy ends https, and gunicorn listens on this machine.
TRUSTED_PROXIES = env.networks(
    "MAILCONNECTOR_TRUSTED_PROXIES", "127.0.0.1,::1" if _is_https else "none"
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
# A browser takes a cookie with this prefix from this host alone: a sibling cannot set it.
_cookie_prefix = "__Host-" if _is_https else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}mailconnector_session"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrftoken"
SIGN_IN_COOKIE_NAME = f"{_cookie_prefix}mailconnector_sign_in"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _is_https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the proxy redirects to https, and gunicorn is reached only through it
    "security.W021",  # the domain's owner decides about the browsers' preload lists
]
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # Unfold's pages use Alpine, which evaluates expressions.
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        # The preview of a message shows its inline images as data: URLs.
        "img-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

INSTALLED_APPS = [
    "mailconnector.apps.Unfold",
    "mailconnector.apps.Admin",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.humanize",  # its words for "5 minutes ago", in both languages
    "axes",
    "unfold.contrib.simple_history",
    "simple_history",
    *ways_in.apps(),
    "people",  # before the two below: its commands do more than theirs
    "django.contrib.auth",
    "notifications",
    "settings_ui",
    "mailconnector",
]
MIDDLEWARE = [
    "mailconnector.web.stack.OneChunk",
    "mailconnector.web.middleware.BrowserPolicies",
    "django.middleware.security.SecurityMiddleware",
    "notifications.health.pages.HealthPages",
    "notifications.api.middleware.ApiBoundary",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "mailconnector.web.middleware.TimeZoneMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.presence.Presence",
    "allauth.account.middleware.AccountMiddleware",
    # before any process_view, in which CSRF reads the form
    "mailconnector.web.middleware.BodySizes",
    "django.contrib.messages.middleware.MessageMiddleware",
    "people.microsoft.renewal.StillWelcome",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "mailconnector.web.middleware.OddNumbersMiddleware",
    "axes.middleware.AxesMiddleware",
    "mailconnector.login.OwnPassword",
    "people.second_factor.SecondFactorFirst",
    "people.fresh.FreshLogin",
    "notifications.audit.middleware.Told",
]
# Addresses begin at the root: nothing in a request changes that.
FORCE_SCRIPT_NAME = ""
ROOT_URLCONF = "mailconnector.urls"
CSRF_FAILURE_VIEW = "mailconnector.web.error_pages.form_refused"
WSGI_APPLICATION = "mailconnector.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", icons.LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.tz",
                "settings_ui.banners.banners",
            ],
        },
    },
]
# Widgets find our templates too, and go through the same loaders.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": dj_database_url.parse(
        env.secret("DATABASE_URL", f"sqlite:///{DATA_DIR}/mailconnector.sqlite3"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Web, worker and beat write at once: readers never wait, and a writer takes its lock at the
    # start instead of failing in the middle.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A server that does not answer at all would hold a page, or /healthz, for minutes. In seconds.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
    # libpq sets the zone as it connects; where it is another Django needs a statement of its own.
    os.environ.setdefault("PGTZ", "UTC")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.secret("REDIS_URL", f"redis+socket://{DATA_DIR}/redis.sock")

LANGUAGE_CODE = "en"
# The user menu's choice wins, else the browser's language if it is one of these.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "mailconnector_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
LANGUAGE_COOKIE_SECURE = _is_https
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "mailconnector.formats"
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "mailconnector.web.static_files.EditorFiles",
]
MEDIA_ROOT = DATA_DIR / "attachments"  # written by the queue, never served by address
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mailconnector.web.static_files.StaticFiles"},
}
# Django would set modes without regard to the umask, or leave those of a file that was large.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
# This bounds the texts of a form; attached files are streamed to disk and do not count.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# A request of the API may have files; a mailbox takes messages of up to 150 MB.
API_LARGEST_REQUEST = env.number("MAILCONNECTOR_API_LARGEST_REQUEST_MB", 160) * 1024 * 1024
# Callbacks to private networks are needed only for practice on one machine.
_private = "yes" if CLOUD == "emulator" else "no"
_private = env.choice("MAILCONNECTOR_CALLBACKS_TO_PRIVATE_ADDRESSES", ["yes", "no"], _private)
CALLBACKS_TO_PRIVATE_ADDRESSES = _private == "yes"

# Reports that are marked as made inside the tenant are believed from these servers only, with all
# below them (docs/not-verified.md).
REPORT_SERVERS = env.names("MAILCONNECTOR_REPORT_SERVERS", "prod.outlook.com,exchangelabs.com")
# How often results of delivery are asked for.
DELIVERY_INTERVAL = timedelta(seconds=env.number("MAILCONNECTOR_DELIVERY_INTERVAL", 300))

# The alarm "bounces" stands where more than this share of an hour's messages was not delivered.
BOUNCE_ALARM_PERCENT = env.number("MAILCONNECTOR_BOUNCE_ALARM_PERCENT", 10, most=100)

# /metrics asks for "Authorization: Bearer <token>"; the page does not exist while this is unset.
METRICS_TOKEN = env.secret("MAILCONNECTOR_METRICS_TOKEN")

LOGGING = log_lines.LOGGING

UNFOLD = site.UNFOLD
