"""What can be told in the audit trail. The values stand in the database and in the log's lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """What was done; the object says with what."""

    LOGIN = "login", _("Logged in")
    LOGIN_FAILED = "login_failed", _("Log-in failed")
    LOGOUT = "logout", _("Logged out")
    PASSWORD_CHANGED = "password_changed", _("Own password changed")
    PASSWORD_SET = "password_set", _("Password set")
    PASSWORD_SET_BY_LINK = "password_set_by_link", _("Password set by a one-time link")
    LINK_MADE = "link_made", _("One-time link made")
    SECOND_FACTOR_SET_UP = "second_factor_set_up", _("Authenticator app set up")
    SECOND_FACTOR_TURNED_OFF = "second_factor_turned_off", _("Second factor turned off")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Second factor reset")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes created")
    PROVED_AGAIN = "proved_again", _("Proved again who they are")
    SESSIONS_ENDED = "sessions_ended", _("Own session ended")
    SIGN_IN_REFUSED = "sign_in_refused", _("Sign-in with Microsoft refused")
    SIGN_IN_ENDED = "sign_in_ended", _("Session ended: Microsoft refuses the person")
    EMERGENCY_LOGIN = "emergency_login", _("Emergency account logged in")
    DENIED = "denied", _("Access denied")
    KEY_REFUSED = "key_refused", _("API key refused")

    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")
    ACTIVATED = "activated", _("Activated")
    DEACTIVATED = "deactivated", _("Deactivated")
    REVOKED = "revoked", _("Revoked")
    RESTORED = "restored", _("Earlier version restored")
    IMPORTED = "imported", _("Imported")
    TESTED = "tested", _("Test sent")
    RUN = "run", _("Action run")
    MAILBOX_SIGN_IN = "mailbox_sign_in", _("Mailbox signed in")
    PRACTICE_LEFT = "practice_left", _("Practice mode left")
    KEYS_ROTATED = "keys_rotated", _("Encryption keys rotated")

    READ = "read", _("Sensitive content read")
    DOWNLOADED = "downloaded", _("Sensitive content downloaded")
    EXPORTED = "exported", _("Exported")

    PAUSED = "paused", _("Queue paused")
    RESUMED = "resumed", _("Queue resumed")
    DATABASE_ANSWERED = "database_answered", _("Question about the database answered")
    SEND_NOW = "send_now", _("Send now")
    RETRY = "retry", _("Retry")
    MARK_AS_SENT = "mark_as_sent", _("Mark as sent")
    SEND_AGAIN = "send_again", _("Send again")
    LOOK_AGAIN = "look_again", _("Look again")
    CANCELLED = "cancelled", _("Cancelled")
    RESENT = "resent", _("Resent")
    EDITED = "edited", _("Edited and sent again")

    CLEARED = "cleared", _("Log cleared")
    ERASED = "erased", _("Address erased")
    PURGED = "purged", _("Old events deleted")


# Attempts that somebody else than our own people can make without end.
REFUSALS = (Act.LOGIN_FAILED, Act.SIGN_IN_REFUSED, Act.KEY_REFUSED, Act.DENIED)


class ActorKind(models.TextChoices):
    """Who acts. Nobody is known of a log-in that failed, or of a key that does not exist."""

    PERSON = "person", _("User")
    KEY = "key", _("API key")
    COMMAND = "command", _("Command line")
    CONNECTOR = "connector", _("Mail Connector")
    UNKNOWN = "unknown", _("Unknown")
