"""Each act leaves one event, with who, from which address, and on what. The table in `acts` is
the promise: the acts are done on the real pages and over the API."""

import json

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from notifications.admin.audit import words
from notifications.models import AuditEvent, EmailSettings, Notification, Retention
from notifications.models.audit.act import Act
from notifications.models.status import Status
from tests import factories
from tests.notifications.admin.browsing import form_of
from tests.settings_ui.conftest import Person

from .acts import devices, keys, log, messages, people, templates
from .acts.log import clear_the_log
from .acts.messages import QUEUE, edit, in_status, pause, sensitive
from .acts.settings import OF_SETTINGS

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.7"
MODULES = (messages, log, keys, devices, templates, people)
NUMBERED = {name: act for module in MODULES for name, act in module.NUMBERED.items()}
WITHOUT_NUMBER = {name: act for module in MODULES for name, act in module.WITHOUT_NUMBER.items()}


@pytest.fixture
def desk():
    """The browser of a superuser, who may do everything."""
    browser = Client(REMOTE_ADDR=ADDRESS)
    browser.force_login(factories.user("admin"))
    return browser


def events():
    """Return what came after the log-in."""
    return list(AuditEvent.objects.exclude(act=Act.LOGIN).order_by("pk"))


def require_a_factor(desk):
    desk.post("/settings/log-in/", {"second_factor_required": "on"})


@pytest.mark.parametrize("name", NUMBERED)
def test_an_act_with_one_thing_is_one_event_that_names_it(desk, name):
    act, do = NUMBERED[name]

    row = do(desk)

    (event,) = events()
    number = row.pk or event.object_number
    assert (event.act, event.who, event.address) == (act, "admin", ADDRESS)
    assert event.object_type == row._meta.label_lower
    assert event.object_number == number


@pytest.mark.parametrize("name", WITHOUT_NUMBER)
def test_an_act_with_the_whole_is_one_event(desk, name):
    act, do, kind = WITHOUT_NUMBER[name]

    do(desk)

    (event,) = events()
    assert (event.act, event.who, event.address) == (act, "admin", ADDRESS)
    assert event.object_type == kind


@pytest.mark.parametrize("name", OF_SETTINGS)
def test_an_act_with_the_settings_is_one_event(unconnected, name):
    act, do = OF_SETTINGS[name]

    do(Person(factories.user("admin")))

    (event,) = events()
    assert (event.act, event.who) == (act, "admin")
    assert event.object_type == "notifications.emailsettings"
    assert "s3cret" not in json.dumps(event.details)


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/auth/user/", lambda n: factories.user(f"otto-{n}", superuser=False)),
        ("/auth/group/", lambda n: Group.objects.create(name=f"Desk {n}")),
        ("/notifications/smtpclient/", lambda n: factories.smtp_client(name=f"Scanner {n}")),
        ("/notifications/emailtemplate/", lambda n: factories.template(name=f"Closed {n}")),
    ],
)
def test_what_is_deleted_together_is_an_event_each(desk, path, make):
    rows = [make(1), make(2)]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}

    desk.post(path, chosen | {"post": "yes"})

    told = {(event.act, event.object_number, event.object_name) for event in events()}
    assert told == {(Act.DELETED, row.pk, str(row)) for row in rows}


def test_edited_ones_tell_which_fields_and_the_copy(desk):
    row = edit(desk)

    (event,) = events()
    copy = Notification.objects.latest("pk")
    assert event.details["fields"] == ["subject"]
    assert event.details["copy"] == copy.pk
    for number in (row.pk, copy.pk):
        assert AuditEvent.objects.filter(AuditEvent.objects.concerns(number)).get() == event


def test_a_message_sent_to_another_address_does_not_tell_which(desk):
    row = in_status(Status.ACCEPTED)
    url = f"{QUEUE}{row.pk}/resend/"

    form = form_of(desk, url) | {"recipients": "other", "address": "secret@fabrikam.example"}
    desk.post(url, form)

    (event,) = events()
    assert event.details["to"] == "other"
    assert "fabrikam" not in json.dumps(event.details)


def test_a_form_that_is_sent_twice_is_one_act(desk):
    row = in_status(Status.ACCEPTED)
    url = f"{QUEUE}{row.pk}/resend/"
    form = form_of(desk, url) | {"recipients": "original"}

    desk.post(url, form)
    desk.post(url, form)

    assert [event.act for event in events()] == [Act.RESENT]


@pytest.mark.parametrize(
    "save", [devices.switch_smtp_on, devices.set_the_heartbeat, log.keep_longer, require_a_factor]
)
def test_a_form_that_changes_nothing_is_no_event(desk, save):
    save(desk)
    save(desk)

    assert [event.act for event in events()] == [Act.CHANGED]


def test_what_nobody_could_do_is_no_event(desk):
    row = in_status(Status.ACCEPTED)

    desk.post(f"{QUEUE}{row.pk}/do/", {"action": "delete"})

    assert not events()


def test_ordinary_messages_are_read_without_an_event(desk):
    row = factories.enqueue(html="<p>x</p>")

    desk.get(f"{QUEUE}{row.pk}/change/")
    desk.get(f"{QUEUE}{row.pk}/raw/")

    assert not events()


def test_those_who_are_shown_nothing_have_read_nothing():
    row = sensitive(None)
    auditor = Client()
    auditor.force_login(factories.person("Auditor"))

    auditor.get(f"{QUEUE}{row.pk}/change/")

    assert not events()


def test_what_there_is_one_of_has_no_number():
    event = AuditEvent(object_type="notifications.emailsettings", object_number=1)

    assert words.object_of(event) == "E-mail > Settings"


def test_settings_tell_what_changed_and_no_secret(unconnected):
    person = Person(factories.user("admin"))

    person.save(client_secret="very-s3cret", messages_a_minute="12")
    assert EmailSettings.objects.current().messages_a_minute == 12

    (event,) = events()
    assert (event.act, event.object_type) == (Act.CHANGED, "notifications.emailsettings")
    assert {"Messages a minute", "Client secret or certificate"} <= set(event.details["fields"])
    assert "s3cret" not in json.dumps(event.details)


def test_a_key_acts_under_its_own_name():
    key, token = factories.api_key(may_read=True)
    application = Client(REMOTE_ADDR=ADDRESS, headers={"Authorization": f"Bearer {token}"})
    body = {"to": "a@contoso.example", "subject": "x", "text": "y"}
    number = application.post("/api/v1/messages", body, content_type="application/json").json()[
        "id"
    ]
    listed = {"address": "gone@fabrikam.example"}

    application.post(f"/api/v1/messages/{number}/cancel")
    application.post("/api/v1/suppressions", listed, content_type="application/json")
    application.delete("/api/v1/suppressions?address=gone@fabrikam.example")

    assert [event.act for event in events()] == [Act.CANCELLED, Act.ADDED, Act.DELETED]
    assert {(event.by, event.who, event.address) for event in events()} == {
        ("key", key.name, ADDRESS)
    }


@pytest.mark.parametrize(("state", "reason"), [({}, "unknown"), ({"revoked": True}, "revoked")])
def test_a_key_that_does_not_count_is_told_without_itself(state, reason):
    key, token = factories.api_key(revoked_at=timezone.now() if state else None)
    shown = token if state else "mc_guessed"

    Client(REMOTE_ADDR=ADDRESS).get(
        "/api/v1/messages", headers={"Authorization": f"Bearer {shown}"}
    )

    (event,) = events()
    assert (event.act, event.address) == (Act.KEY_REFUSED, ADDRESS)
    assert event.details["reason"] == reason
    assert event.object_number == (key.pk if state else None)
    assert shown not in json.dumps(event.details)


def test_a_key_that_oversteps_is_told():
    key, token = factories.api_key(may_read=False)

    Client().get("/api/v1/suppressions", headers={"Authorization": f"Bearer {token}"})

    (event,) = events()
    assert (event.act, event.who) == (Act.DENIED, key.name)


def test_clearing_the_log_leaves_the_trail(desk):
    pause(desk)
    clear_the_log(desk)

    assert [event.act for event in events()] == [Act.PAUSED, Act.CLEARED]
    assert Retention.objects.current().cleared_until
