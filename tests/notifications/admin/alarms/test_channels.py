"""Alarm channels as an administrator sets them up."""

import re

import pytest
from django.test import Client
from standardwebhooks.webhooks import Webhook

from notifications import vault
from notifications.models import Alarm, AlarmChannel, Heartbeat, QueueState
from notifications.models.alarms.alarm import AlarmCode
from notifications.queue import workers
from tests import factories
from tests.mail_servers import PASSWORD, USER

pytestmark = pytest.mark.django_db
ALARMS = "/notifications/alarmchannel/"
TYPED = {"name": "Desk", "enabled": "on", "alarms": AlarmCode.values, "language": "en"}
SMTP = TYPED | {
    "smtp_host": "smtp.provider.example",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "smtp_user": USER,
    "new_password": PASSWORD,
    "mail_from": "desk@provider.example",
    "mail_to": "megan@contoso.example; Alex <alex@contoso.example>",
}
SAVE_AND_TEST = {"notifications_alarmchannel_save_and_test": ""}


def text_of(response):
    return response.content.decode()


def add(person, kind, typed):
    return person.post(f"{ALARMS}add/?kind={kind}", typed)


def change(person, channel, typed):
    return person.post(f"{ALARMS}{channel.pk}/change/", typed)


def opened(channel, name):
    return vault.unseal(getattr(channel, name), name)


def test_the_empty_page_offers_each_kind(megan):
    page = text_of(megan.get(ALARMS))

    assert "There are no alarm channels yet." in page
    for kind in ("webhook", "teams", "smtp"):
        assert f"add/?kind={kind}" in page


def test_the_number_below_the_list_is_one_of_channels(megan):
    for number in range(2):
        factories.alarm_channel(name=f"Desk {number}")

    assert "2 alarm channels</div>" in text_of(megan.get(ALARMS))
    AlarmChannel.objects.first().delete()
    assert "1 alarm channel</div>" in text_of(megan.get(ALARMS))


def test_a_webhook_gets_a_secret_that_is_shown_once_and_signs(megan, listener):
    made = text_of(add(megan, "webhook", TYPED | SAVE_AND_TEST | {"alarm_url": listener.url}))

    secret = re.search(r'id="new-secret"[^>]* value="([^"]+)"', made)[1]
    (_path, headers, body), = listener.heard  # fmt: skip
    assert Webhook(secret).verify(body, headers)["event"] == "alarm.test"
    assert "“Desk”: Test delivered (HTTP 204)." in made
    channel = AlarmChannel.objects.get()
    page = text_of(megan.get(f"{ALARMS}{channel.pk}/change/"))
    assert secret not in page
    assert "delivered (204)" in page


def test_a_secret_that_was_typed_is_kept_and_not_shown(megan):
    typed = TYPED | {"alarm_url": "https://desk.example/x", "new_secret": "a-secret-of-the-desk"}

    made = text_of(add(megan, "webhook", typed))

    assert "new-secret" not in made
    channel = AlarmChannel.objects.get()
    assert opened(channel, "alarm_secret") == "a-secret-of-the-desk"
    change(megan, channel, TYPED | {"alarm_url": "https://desk.example/other"})
    channel.refresh_from_db()
    assert opened(channel, "alarm_secret") == "a-secret-of-the-desk"


def test_another_receiver_gets_a_secret_of_its_own(megan):
    channel = factories.alarm_channel("https://desk.example/hook")

    made = text_of(change(megan, channel, TYPED | {"alarm_url": "https://evil.example/hook"}))

    assert "new-secret" in made
    channel.refresh_from_db()
    assert opened(channel, "alarm_secret") != factories.ALARM_SECRET


def test_teams_needs_an_address_and_no_secret(megan):
    add(megan, "teams", TYPED | {"alarm_url": "https://flow.example/x", "teams_content": "message"})

    channel = AlarmChannel.objects.get()
    assert (channel.kind, channel.alarm_secret) == ("teams", "")


def test_a_mail_server_keeps_its_password_until_another_is_typed(megan):
    add(megan, "smtp", SMTP)
    channel = AlarmChannel.objects.get()
    assert opened(channel, "smtp_password") == PASSWORD
    assert channel.mail_to == "megan@contoso.example, Alex <alex@contoso.example>"
    page = text_of(megan.get(f"{ALARMS}{channel.pk}/change/"))
    assert PASSWORD not in page
    assert channel.smtp_password not in page

    assert change(megan, channel, SMTP | {"new_password": ""}).status_code == 302
    elsewhere = SMTP | {"new_password": "", "smtp_host": "smtp.evil.example"}
    refused = change(megan, channel, elsewhere)

    assert "Enter the password again: it was for another server." in text_of(refused)
    channel.refresh_from_db()
    assert (channel.smtp_host, opened(channel, "smtp_password")) == (
        "smtp.provider.example",
        PASSWORD,
    )


def test_a_channel_reports_what_is_ticked_and_what_a_later_version_brings(megan):
    ticked = [code for code in AlarmCode.values if code != "paused"]
    typed = TYPED | {"alarms": ticked, "alarm_url": "https://desk.example/x"}

    add(megan, "webhook", typed)

    assert AlarmChannel.objects.get().left_out == ["paused"]
    assert f"{len(ticked)} of {len(ticked) + 1}" in text_of(megan.get(ALARMS))


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("webhook", {"alarm_url": ""}, "This field is required."),
        ("webhook", {"alarm_url": "ftp://desk.example/"}, "Only https"),
        ("webhook", {"alarm_url": "desk"}, "Enter a full address"),
        ("webhook", {"alarm_url": "https://a.example/", "new_secret": "short"}, "at least 16"),
        ("webhook", {"alarm_url": "https://a.example/", "new_secret": "whsec_" + "-" * 20}, "base"),
        ("webhook", {"alarm_url": "https://a.example/", "alarms": []}, "Choose at least one alarm"),
        ("webhook", {"alarm_url": "https://a.example/", "alarms": ["x"]}, "Select a valid choice"),
        ("teams", {"alarm_url": "http://a.example/"}, "Only https"),
        ("smtp", {"smtp_host": ""}, "This field is required."),
        ("smtp", {"smtp_host": "a b"}, "Enter the name of the server"),
        ("smtp", {"smtp_host": "a\r\nb"}, "Enter the name of the server"),
        ("smtp", {"smtp_port": "22"}, "Only the ports 25, 465, 587"),
        ("smtp", {"smtp_port": "99999"}, "Only the ports 25, 465, 587"),
        ("smtp", {"smtp_security": "none"}, "A password is sent only encrypted"),
        ("smtp", {"new_password": ""}, "Enter the password."),
        ("smtp", {"new_password": "pässword"}, "Only letters without accents"),
        ("smtp", {"mail_from": "nobody"}, "nobody"),
        ("smtp", {"mail_from": "a@b.example\r\nBcc: c@d.example"}, "errorlist"),
        ("smtp", {"mail_to": ", ".join(f"a{n}@b.example" for n in range(21))}, "at most 20"),
        ("smtp", {"language": "xx"}, "Select a valid choice"),
    ],
)
def test_a_mistake_is_told_at_its_field(megan, kind, changes, words):
    typed = (SMTP if kind == "smtp" else TYPED | {"teams_content": "message"}) | changes

    assert words in text_of(add(megan, kind, typed))
    assert not AlarmChannel.objects.exists()


@pytest.mark.parametrize("kind", ["", "nothing", "%00"])
def test_an_unknown_kind_is_a_webhook(megan, kind):
    assert "Signing secret" in text_of(megan.get(f"{ALARMS}add/?kind={kind}"))


def test_private_servers_are_refused_unless_that_is_allowed(megan, settings):
    settings.CALLBACKS_TO_PRIVATE_ADDRESSES = False

    refused = add(megan, "smtp", SMTP | {"smtp_host": "10.0.0.1"})

    assert "leads into a private network" in text_of(refused)


def test_send_test_tells_what_came_of_it(megan, listener):
    good = factories.alarm_channel(listener.url, name="Good")
    bad = factories.alarm_channel(name="Bad")

    taken = text_of(megan.post(f"{ALARMS}{good.pk}/test/", follow=True))
    failed = text_of(megan.post(f"{ALARMS}{bad.pk}/test/", follow=True))

    assert "“Good”: Test delivered (HTTP 204)." in taken
    assert "The test by “Bad” failed: Connection refused" in failed
    assert "Failing" in failed
    assert "t0ken" not in failed


def test_the_page_says_which_alarms_stand(megan, now):
    assert "Alarms now: None" in text_of(megan.get(ALARMS))

    Alarm.objects.create(code=AlarmCode.NO_WORKER, raised_at=now)

    assert "No worker is alive" in text_of(megan.get(ALARMS))


def test_those_who_only_look_see_whose_addresses_they_are_and_no_more(megan):
    channel = factories.alarm_channel("https://desk.example/hook?token=t0ken")
    Heartbeat.objects.create(pk=1, heartbeat_url="https://beat.example/t0ken")
    audrey = Client()
    audrey.force_login(factories.person("Auditor"))

    pages = [text_of(audrey.get(url)) for url in (ALARMS, f"{ALARMS}{channel.pk}/change/")]

    assert "https://beat.example/…" in pages[0]
    assert "https://desk.example/…" in pages[1]
    assert "t0ken" not in "".join(pages)
    assert "Send test" not in pages[0]
    assert "t0ken" in text_of(megan.get(f"{ALARMS}{channel.pk}/change/"))


def test_the_list_asks_the_same_number_of_times_whatever_it_holds(
    megan, django_assert_max_num_queries
):
    for number in range(30):
        factories.alarm_channel(name=f"Channel {number}")

    with django_assert_max_num_queries(16):
        megan.get(ALARMS)


def test_the_heartbeat_is_called_as_soon_as_it_is_saved(megan, listener, unconnected, settings):
    settings.CLOUD = "emulator"
    QueueState.objects.create(pk=1)
    workers.report_alive("w")

    saved = megan.post(f"{ALARMS}heartbeat/", {"heartbeat_url": listener.url}, follow=True)

    assert "The address was called and answered 204." in text_of(saved)
    assert "answered 204" in text_of(megan.get(ALARMS))
    assert Heartbeat.objects.get().called_at is not None


def test_the_heartbeat_says_why_it_stays_away(megan, unconnected):
    url = {"heartbeat_url": "http://localhost:9/beat"}

    saved = text_of(megan.post(f"{ALARMS}heartbeat/", url, follow=True))

    assert "It is not called now, because mail cannot be sent." in saved
    assert "No worker is alive." in saved
    off = text_of(megan.post(f"{ALARMS}heartbeat/", {"heartbeat_url": ""}, follow=True))
    assert "The heartbeat is off." in off


def test_a_bad_heartbeat_address_is_refused(megan):
    refused = megan.post(f"{ALARMS}heartbeat/", {"heartbeat_url": "ftp://x"})

    assert refused.status_code == 422
    assert "Only https" in text_of(refused)
    assert 'value="ftp://x"' in text_of(refused)
    assert Heartbeat.objects.get().heartbeat_url == ""


def test_the_settings_page_leads_to_the_alarms(megan):
    assert "No alarm channel is set up yet" in text_of(megan.get("/settings/email/"))
    factories.alarm_channel()
    page = text_of(megan.get("/settings/email/"))
    assert "Alarms are sent to 1 channel." in page
    assert f'href="{ALARMS}"' in page
