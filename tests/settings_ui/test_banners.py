"""What every page says on top while something is wrong, and that it goes by itself."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import vault
from notifications.models import (
    EmailSettings,
    MicrosoftAccount,
    QueueState,
    SmtpListener,
    Worker,
)
from tests import factories
from tests.settings_ui.conftest import Person

pytestmark = pytest.mark.django_db
PAGES = ["/settings/email/", "/notifications/attempt/", "/auth/user/"]


@pytest.fixture
def healthy(unconnected, settings):
    settings.CLOUD = "emulator"
    see_worker()
    return unconnected


def see_worker(**changes):
    values = {
        "version": django_settings.VERSION, "key": vault.key_fingerprint(), "now": timezone.now()
    }  # fmt: skip
    Worker.objects.saw("host:1", **values | changes)


def banners(person, page="/auth/user/"):
    text = person.client.get(page).content.decode()
    return [
        part.partition("</div>")[0]
        for part in text.split('<div class="mc-banner ')[1:]
        if "mc-banner-practice" not in part[:40]
    ]


def test_nothing_is_said_while_all_is_well(megan, healthy):
    assert banners(megan) == []


def test_a_set_up_that_has_not_begun_is_no_alarm(megan):
    assert banners(megan) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: MicrosoftAccount.objects.update(state="sign_in_required"), "Sign-in required."),
        (
            lambda: MicrosoftAccount.objects.update(state="credential_expired"),
            "Application credential expired.",
        ),
        (lambda: MicrosoftAccount.objects.update(state="blocked"), "Blocked by Microsoft."),
        (
            lambda: MicrosoftAccount.objects.update(
                rests_until=timezone.now() + timedelta(hours=1), rest_code="ErrorServerBusy"
            ),
            "Microsoft is throttling this mailbox. Sending resumes at",
        ),
        (
            lambda: QueueState.objects.update_or_create(
                pk=1, defaults={"paused_at": timezone.now(), "paused_by": "alex"}
            ),
            "The queue was paused by alex.",
        ),
        (lambda: Worker.objects.all().delete(), "No worker is alive."),
        (lambda: see_worker(version="0.0.9"), "a worker runs another version: host:1 (0.0.9)."),
        (lambda: see_worker(key="other"), "A worker has another encryption key: host:1."),
    ],
)  # fmt: skip
def test_every_page_says_what_holds_mail_back(megan, healthy, page, change, words):
    change()

    (banner,) = banners(megan, page)
    assert words in banner


def test_it_goes_by_itself(megan, healthy):
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=4))
    assert len(banners(megan)) == 1

    see_worker()

    assert banners(megan) == []


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (61, ""),
        (60, "expires in 60 days."),
        (8, "expires in 8 days."),
        (1, "expires in 1 day."),
        (0, "expires today."),
        (-1, "has expired."),
    ],
)
def test_the_end_of_the_credential_is_told_beforehand(megan, healthy, stopped_clock, days, words):
    end = stopped_clock.date() + timedelta(days=days)
    EmailSettings.objects.update(secret_expires_on=end)

    found = banners(megan)

    assert len(found) == bool(words)
    for banner in found:
        assert words in banner
        assert banner.startswith("mc-banner-needs_you")


def test_only_those_who_can_renew_it_are_told_of_the_credential(healthy):
    EmailSettings.objects.update(secret_expires_on=timezone.now().date())
    user = factories.user("audrey", superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_notification"))

    assert banners(Person(user), "/password_change/") == []


def test_without_a_service_one_is_to_be_chosen(megan, healthy):
    EmailSettings.objects.update(service="none")
    factories.enqueue()

    (told,) = banners(megan)

    assert "Choose an e-mail service on E-mail &gt; Settings and save." in told


def test_a_banner_leads_only_where_one_may_go(megan, healthy):
    MicrosoftAccount.objects.update(state="blocked")
    user = factories.user("audrey", superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_notification"))

    (told,) = banners(Person(user), "/password_change/")
    (leads,) = banners(megan)

    assert "Blocked by Microsoft." in told
    assert "<a " not in told
    assert 'href="/settings/email/#account"' in leads


def test_strangers_are_told_nothing(client, healthy):
    MicrosoftAccount.objects.update(state="blocked")

    assert "Blocked by Microsoft." not in client.get("/login/").content.decode()


@pytest.mark.parametrize("page", ["/", "/notifications/notification/"])
def test_the_pages_with_the_card_do_not_say_it_twice(megan, healthy, page):
    MicrosoftAccount.objects.update(state="blocked")

    assert banners(megan, page) == []
    assert megan.client.get(page).content.decode().count("Blocked by Microsoft.") == 1


def test_who_may_not_see_the_card_sees_the_banner_instead(healthy):
    MicrosoftAccount.objects.update(state="blocked")

    (told,) = banners(Person(factories.user("nora", superuser=False)), "/")

    assert "Blocked by Microsoft." in told


def test_a_banner_says_since_when_and_how_many_wait(megan, healthy, now):
    factories.enqueue()
    factories.enqueue()
    QueueState.objects.update_or_create(pk=1, defaults={"paused_at": now, "paused_by": "alex"})

    (told,) = banners(megan)

    assert "Since <time" in told
    assert "2 waiting" in told
    assert 'href="/notifications/notification/#queue-status"' in told


def test_a_date_is_no_news_beside_a_credential_that_does_not_work(megan, healthy):
    EmailSettings.objects.update(secret_expires_on=timezone.now().date() - timedelta(days=1))
    MicrosoftAccount.objects.update(state="credential_expired")

    (told,) = banners(megan)

    assert "Application credential expired." in told


@pytest.mark.parametrize(
    ("days", "words"),
    [(31, ""), (29, "expires in 29 days"), (0, "expires today"), (-2, "has expired")],
)
def test_the_end_of_the_smtp_certificate_is_on_every_page(megan, healthy, now, days, words):
    QueueState.objects.made()  # as each product has it that has started once
    SmtpListener.objects.create(
        name="host:1", started_at=now, seen_at=now, addresses=[["::", 25, False]],
        certificate_ends_at=now + timedelta(days=days, hours=1),
    )  # fmt: skip

    told = " ".join(banners(megan))

    assert ("certificate of the SMTP listener" in told) == bool(words)
    assert words in told
    if words:
        assert 'href="/notifications/smtpclient/listener/"' in told
    assert not banners(Person(factories.person("Operator", "olga")))


def test_banners_cost_three_queries_while_all_is_well_and_two_more_in_trouble(megan, healthy):
    from django.db import connection

    def queries():
        with CaptureQueriesContext(connection) as caught:
            megan.client.get("/password_change/")
        return [q["sql"] for q in caught if '"notifications_' in q["sql"]]

    assert len(queries()) == 3
    MicrosoftAccount.objects.update(state="blocked")
    see_worker(version="0.0.9")
    assert len(queries()) == 5
