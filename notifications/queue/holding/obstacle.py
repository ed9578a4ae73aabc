"""A reason why mail waits: plain values, and how they are said."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext


class Meaning(StrEnum):
    """What is told by one colour each: mail has stopped (red), somebody has to act (orange), it
    passes by itself (blue), it is only to be known (grey). The order is that of urgency."""

    STOPPED = "stopped"
    NEEDS_YOU = "needs_you"
    PASSES = "passes"
    INFORMS = "informs"


class Place(StrEnum):
    """The control where an obstacle is mended."""

    SERVICE = "service"
    API = "api"
    APPLICATION = "application"
    CREDENTIAL = "credential"
    ACCOUNT = "account"
    DELIVERY = "delivery"
    QUEUE = "queue"
    CHECKLIST = "checklist"
    ALARMS = "alarms"
    SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`code` is stable, for machines; `text`, `why` and `what_to_do` are for people, and
    `microsoft_code` is Microsoft's own where it comes from there.

    `holds_mail` is False for what should be seen although mail flows. `on_every_page`: nobody
    should miss it, whatever page is open. `button` is what the link to the `place` says, "" where
    the place's own name will do. `is_of_workers`: the way to Microsoft is free, but nobody goes.
    `is_of_account`: the sign-in was lost, which may end by itself. `since` is when it began and
    `until` when it ends by itself, where that is known.
    """

    code: str
    text: str
    what_to_do: str
    place: Place
    meaning: Meaning = Meaning.STOPPED
    holds_mail: bool = True
    on_every_page: bool = True
    button: str = ""
    is_of_workers: bool = False
    is_of_account: bool = False
    since: datetime | None = None
    until: datetime | None = None
    why: str = ""
    microsoft_code: str = ""

    @property
    def stops_mail(self) -> bool:
        """Say whether mail stands still until a person mends something."""
        return self.holds_mail and self.meaning is Meaning.STOPPED

    def as_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "text": self.text,
            "why": self.why,
            "what_to_do": self.what_to_do,
            "microsoft_code": self.microsoft_code,
        }


def said(obstacle: Obstacle, **values: object) -> Obstacle:
    """Put the obstacle into the reader's language, with its values filled in."""
    text = gettext(obstacle.text) if obstacle.text else ""
    return replace(
        obstacle, text=text % values if values else text, what_to_do=gettext(obstacle.what_to_do)
    )
