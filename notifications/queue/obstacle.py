"""A reason why mail waits: plain values, and how they are said."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext


class Place(StrEnum):
    """The page where an obstacle is mended."""

    SETTINGS = "settings"
    QUEUE = "queue"
    CHECKLIST = "checklist"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`code` is stable, for machines; `text`, `why` and `what_to_do` are for people, and
    `microsoft_code` is Microsoft's own where it comes from there.

    `holds_mail` is False for what should be seen although mail flows. `is_calm`: somebody wanted
    it, or it goes by itself. `on_every_page`: nobody should miss it, whatever page is open.
    `is_of_workers`: the way to Microsoft is free, but nobody goes. `is_of_account`: the sign-in was
    lost, which may end by itself. `until` is when it ends by itself, if that is known.
    """

    code: str
    text: str
    what_to_do: str
    place: Place = Place.SETTINGS
    holds_mail: bool = True
    is_calm: bool = False
    on_every_page: bool = True
    is_of_workers: bool = False
    is_of_account: bool = False
    until: datetime | None = None
    why: str = ""
    microsoft_code: str = ""

    @property
    def stops_mail(self) -> bool:
        """Say whether mail stands still until a person acts."""
        return self.holds_mail and not self.is_calm

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


def local(when: datetime | None, form: str) -> str:
    return timezone.localtime(when).strftime(form)
