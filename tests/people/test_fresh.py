"""Keys, people and secrets ask for the password again."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from notifications.models import ApiKey, EmailSettings, SignInDraft
from people import fresh
from people.models import Session
from tests import factories
from tests.mailconnector.access_table import TABLE
from tests.mailconnector.steps import PASSWORD

pytestmark = pytest.mark.django_db
SETTINGS, NEW_SECRET = "/settings/email/", "a~New.Secret-of-the-page"
GO_ON = {"kept": "1"}


def grow_old(**time):
    Session.objects.update(proved_at=timezone.now() - timedelta(**time))


def test_every_page_that_asks_is_one_that_there_is():
    assert set(TABLE) >= {*fresh.PAGES, *fresh.BUTTONS, *fresh.LISTS}


@pytest.mark.parametrize("path", ["/auth/user/add/", "/notifications/apikey/add/"])
def test_after_ten_minutes_a_page_of_keys_or_people_asks(administrator, path):
    grow_old(minutes=9)
    assert administrator.get(path).status_code == 200
    grow_old(minutes=11)

    asked = administrator.get(path)
    assert asked.url.startswith("/login/again/?next=")
    typed = {"password": PASSWORD, "next": path}
    assert administrator.post("/login/again/", typed).url == path

    assert administrator.get(path).status_code == 200


def test_nothing_is_made_by_somebody_who_has_not_proved_it(administrator):
    grow_old(minutes=11)

    response = administrator.post("/auth/group/add/", {"name": "Ours"})

    assert response.url.startswith("/login/again/")


def asked_again(browser, path, typed):
    """Send a form too late; return the address that follows the password."""
    grow_old(minutes=11)
    asked = browser.post(path, typed).url
    assert asked.startswith("/login/again/")
    return parse_qs(urlsplit(asked).query)["next"][0]


def test_what_was_typed_for_too_long_is_saved_when_it_is_proved(administrator):
    path = "/notifications/apikey/add/"
    typed = {"name": "Ticket system", "may_send": "on", "requests_a_minute": "60"}

    kept = asked_again(administrator, path, typed)
    assert administrator.get(kept).url.startswith("/login/again/")
    assert not ApiKey.objects.exists()
    proof = {"password": PASSWORD, "next": kept}
    assert administrator.post("/login/again/", proof).url == kept

    assert "is kept, but not saved yet." in administrator.get(kept).content.decode()
    assert not ApiKey.objects.exists()
    assert "Copy the key now" in administrator.post(kept, GO_ON).content.decode()
    assert ApiKey.objects.get().name == "Ticket system"
    assert "is kept, but not saved yet." not in administrator.get(kept).content.decode()
    administrator.post(kept, GO_ON)
    assert ApiKey.objects.count() == 1


def test_whoever_answers_too_late_again_has_lost_nothing(administrator):
    kept = asked_again(administrator, "/auth/group/add/", {"name": "Ours"})

    assert asked_again(administrator, kept, GO_ON) == kept
    grow_old(minutes=1)
    administrator.post(kept, GO_ON)

    assert Group.objects.filter(name="Ours").exists()


def test_what_is_discarded_is_kept_no_longer(administrator):
    kept = asked_again(administrator, "/auth/group/add/", {"name": "Ours"})
    grow_old(minutes=1)

    assert administrator.post(kept, {"discard": "1"}).url == "/auth/group/add/"

    assert "kept_form" not in administrator.session
    administrator.post(kept, GO_ON)
    assert not Group.objects.filter(name="Ours").exists()


def test_a_kept_form_is_sent_by_our_own_page_alone(administrator):
    kept = asked_again(administrator, "/auth/group/add/", {"name": "Ours"})
    grow_old(minutes=1)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = administrator.cookies

    assert strict.post(kept, GO_ON).status_code == 403
    assert not Group.objects.filter(name="Ours").exists()


@pytest.mark.parametrize("mistake", ["", "?kept=x", "?kept="])
def test_a_form_that_was_kept_is_sent_by_its_own_address_alone(administrator, mistake):
    asked_again(administrator, "/auth/group/add/", {"name": "Ours"})
    grow_old(minutes=1)

    address = f"/auth/group/add/{mistake}"
    assert "is kept, but not saved yet." not in administrator.get(address).content.decode()
    administrator.post(address, GO_ON)
    assert not Group.objects.filter(name="Ours").exists()


def test_a_form_of_somebody_else_is_not_sent(administrator):
    kept = asked_again(administrator, "/auth/group/add/", {"name": "Ours"})
    adele = Client()
    adele.force_login(factories.person("Administrator", "adele"))

    grow_old(minutes=1)
    adele.post(kept, GO_ON)
    assert not Group.objects.filter(name="Ours").exists()


def test_a_form_that_is_too_large_to_be_kept_is_asked_for_anew(administrator):
    kept = asked_again(administrator, "/auth/group/add/", {"name": "x" * 200_000})

    assert kept == "/auth/group/add/"


@pytest.mark.parametrize("path", ["/auth/user/", "/auth/group/"])
def test_what_is_chosen_in_a_list_is_not_deleted_by_them_either(administrator, path):
    row = factories.user("adele") if "user" in path else Group.objects.create(name="Ours")
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    grow_old(minutes=11)

    assert administrator.post(path, chosen).url == f"/login/again/?{urlencode({'next': path})}"

    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_button_leads_back_to_the_page_that_it_is_on(administrator):
    adele = factories.user("adele")
    page = f"/auth/user/{adele.pk}/change/"
    grow_old(minutes=11)

    asked = administrator.post(f"/auth/user/{adele.pk}/activate/", headers={"Referer": page})

    assert asked.url == f"/login/again/?{urlencode({'next': page})}"


def test_a_time_that_is_not_known_or_to_come_proves_nothing(administrator):
    for unknown in (None, timezone.now() + timedelta(hours=1)):
        Session.objects.update(proved_at=unknown)
        assert administrator.get("/auth/user/add/").status_code == 302


def test_other_pages_do_not_ask(administrator):
    grow_old(hours=1)

    for path in ("/", "/notifications/notification/", "/settings/email/", "/auth/user/"):
        assert administrator.get(path).status_code == 200


def test_who_may_not_change_it_is_not_asked():
    auditor = Client()
    auditor.force_login(factories.person("Auditor"))
    grow_old(hours=1)

    assert auditor.get("/auth/user/add/").status_code == 403


def test_wrong_passwords_are_counted_like_those_of_a_login(administrator):
    statuses = [
        administrator.post("/login/again/", {"password": f"wrong {n}"}).status_code
        for n in range(5)
    ]

    assert statuses == [422, 422, 422, 422, 429]
    grow_old(minutes=11)
    assert administrator.post("/login/again/", {"password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_it_leads_nowhere_else(administrator, target):
    typed = {"password": PASSWORD, "next": target}

    assert administrator.post("/login/again/", typed).url == "/"


def typed_settings(**more):
    row = EmailSettings.objects.current()
    return {
        "version": row.version, "service": "none", "charset": "utf-8", "api": "graph",
        "tenant_id": "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001",
        "client_id": "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002", "credential": "secret",
        "messages_a_minute": "30", "doubt_policy": "hold", "attachment_limit_mb": "10", **more,
    }  # fmt: skip


def test_a_secret_of_the_mailbox_asks_and_keeps_what_was_typed(administrator):
    grow_old(minutes=11)

    asked = administrator.post(SETTINGS, typed_settings(client_secret=NEW_SECRET))

    assert asked.url.startswith("/login/again/?next=%2Fsettings%2Femail%2F%3Fdraft%3D")
    assert not EmailSettings.objects.current().client_secret


def pem_file():
    return SimpleUploadedFile("ours.pem", factories.certificate_pem())


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("client_secret", lambda: NEW_SECRET),
        ("trace_secret", lambda: NEW_SECRET),
        ("certificate_file", pem_file),
        ("trace_certificate_file", pem_file),
    ],
)
def test_a_secret_that_waits_in_unsaved_changes_asks_as_well(administrator, name, secret):
    grow_old(minutes=11)
    administrator.post(SETTINGS, typed_settings(**{name: secret()}))
    continued = typed_settings(draft=SignInDraft.objects.get().pk)

    assert administrator.post(SETTINGS, continued).url.startswith("/login/again/")
    assert EmailSettings.objects.current().saved_at is None

    grow_old(minutes=9)
    assert administrator.post(SETTINGS, continued).url == SETTINGS
    assert getattr(EmailSettings.objects.current(), name.removesuffix("_file"))


def test_a_certificate_that_was_made_lately_asks_later(administrator):
    administrator.post(f"{SETTINGS}certificate/", typed_settings())
    continued = typed_settings(draft=SignInDraft.objects.get().pk)
    grow_old(minutes=11)

    assert administrator.post(SETTINGS, continued).url.startswith("/login/again/")

    assert not EmailSettings.objects.current().certificate


def test_unsaved_changes_without_a_secret_do_not_ask(administrator):
    grow_old(minutes=11)
    administrator.post(f"{SETTINGS}draft/", typed_settings(charset="koi8-r"))
    continued = typed_settings(charset="koi8-r", draft=SignInDraft.objects.get().pk)

    assert administrator.post(SETTINGS, continued).url == SETTINGS
