"""The mailboxes that mail leaves from. There is one; the engine takes as many as it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, MicrosoftAccount, Notification
from notifications.models.transitions.rows import NotificationQuerySet


@dataclass(frozen=True)
class Mailbox:
    """An account with the settings as they were read, and the rows that leave from it."""

    settings: EmailSettings
    account: MicrosoftAccount | None
    rows: NotificationQuerySet

    @property
    def connection(self) -> Connection:
        return Connection.of(self.settings.values())

    def is_current(self) -> bool:
        """Say whether the settings are still as they were read."""
        unchanged = EmailSettings.objects.filter(pk=1, version=self.settings.version)
        return unchanged.filter(account=self.account).exists()


Mailboxes = Callable[[], Sequence[Mailbox]]


def saved() -> list[Mailbox]:
    """Return the mailbox of the saved settings."""
    settings = EmailSettings.objects.current()
    return [Mailbox(settings, settings.account, Notification.objects.all())]
