"""What the page of an event says of its details, in the reader's words."""

import pytest
from django.utils import translation

from notifications.admin.audit.words import details_of
from notifications.audit.record import COMMAND, NOTHING, record
from notifications.models import AuditEvent, Retention
from notifications.models.audit.act import REFUSALS, Act
from tests.notifications.admin.browsing import client, page

pytestmark = pytest.mark.django_db
TRAIL = "/notifications/auditevent/"


@pytest.mark.parametrize(
    ("act", "details", "words"),
    [
        (Act.IMPORTED, {"names": ["Closed", "Opened"]}, "Closed, Opened"),
        (Act.CHANGED, {"values": {"Days to keep": 100}}, "Days to keep: 100"),
        (Act.DENIED, {"method": "POST"}, "POST"),
        (Act.READ, {"part": "raw"}, "Raw"),
        (Act.READ, {"part": "edit"}, "Edit and send again"),
    ],
)
def test_every_detail_is_on_the_page(act, details, words):
    record(act, COMMAND, NOTHING, **details)

    assert words in page(client("Auditor"), f"{TRAIL}{AuditEvent.objects.get(act=act).pk}/change/")


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"part": "preview"}, "Vorschau"),
        ({"part": "edit"}, "Bearbeiten und erneut senden"),
        ({"values": {"Days to keep": 100}}, "Aufbewahrung in Tagen: 100"),
    ],
)
def test_it_is_in_the_readers_language(details, words):
    with translation.override("de"):
        assert details_of(AuditEvent(details=details)) == words


@pytest.mark.parametrize("act", REFUSALS)
def test_every_refused_attempt_is_a_warning_in_the_list(act):
    record(act, COMMAND)

    row = page(client("Auditor"), TRAIL, act=act).partition("<tbody")[2]

    assert "orange" in row


def test_of_the_days_to_keep_those_that_were_changed_are_told():
    form = {"entry_days": 100, "content_days": Retention.objects.current().content_days}
    client("Administrator").post("/notifications/attempt/days-to-keep/", form)

    assert AuditEvent.objects.get(act=Act.CHANGED).details == {"values": {"Days to keep": 100}}
