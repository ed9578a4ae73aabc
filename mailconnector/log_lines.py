"""What web, worker, beat and commands write to the log, and in which form (settings.LOGGING)."""

from . import env

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_FOR_ANYBODY = ("DisallowedHost", "DisallowedModelAdminLookup", "TooManyFieldsSent")
FORMATS = {
    "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    # Each line is one object, and the ids that it concerns are fields of their own.
    "json": {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "format": "%(levelname)s %(name)s %(message)s",
        "rename_fields": {"levelname": "level", "name": "logger"},
        "timestamp": True,
    },
}

_FORMAT = env.choice("MAILCONNECTOR_LOG_FORMAT", list(FORMATS), "text")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # A line of the audit trail is one JSON object, whatever the others are.
    "formatters": {_FORMAT: FORMATS[_FORMAT], "bare": {"format": "%(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": _FORMAT},
        "audit": {"class": "logging.StreamHandler", "formatter": "bare"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "notifications": {"level": env.choice("MAILCONNECTOR_LOG_LEVEL", _LEVELS, "INFO")},
        "mailconnector.audit": {"handlers": ["audit"], "level": "INFO", "propagate": False},
        # A 4xx page is an answer to a person, not an event of the server.
        "django.request": {"level": "ERROR"},
        # So is what anybody could fill the log with.
        **{f"django.security.{name}": {"level": "CRITICAL"} for name in _FOR_ANYBODY},
    },
}
