"""When the application's credential ends, and how urgent that is."""

from datetime import date

from notifications import endings, vault
from notifications.models import EmailSettings
from notifications.models.settings import Credential, SettingsValues

# Days before the end at which people are told (again).
STAGES = (60, 30, 7, 1)


def ends_on(values: SettingsValues) -> date | None:
    """The last day (UTC) of the credential in use: the certificate's own, or the one entered for
    the client secret. None where it is not known."""
    if values.credential != Credential.CERTIFICATE:
        return values.secret_expires_on
    try:
        pem = EmailSettings.certificate.field.open(values)
    except vault.UnreadableSecret:
        return None
    from notifications.backends.microsoft import certificates  # noqa: PLC0415 - see connection.py

    return certificates.describe(pem).expires_at.date() if pem else None


def days_left(values: SettingsValues, today: date) -> int | None:
    """0 on the last day, negative after it; None where the end is not known. `today` in UTC."""
    end = ends_on(values)
    return (end - today).days if end else None


def stage(days: int | None) -> int | None:
    """How urgent that is, see `endings.stage`."""
    return endings.stage(days, STAGES)
