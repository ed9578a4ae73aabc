"""The strip of four steps: what is done, what comes next, and when it is gone."""

import pytest
from django.utils import timezone

from notifications.backends.microsoft.clouds import PRACTICE_CLIENT_ID, PRACTICE_TENANT_ID
from notifications.models import EmailSettings, MicrosoftAccount
from notifications.models.settings import SettingsValues
from notifications.queue.holding.obstacle import Place
from settings_ui import steps
from settings_ui.drafts import PageState
from tests.settings_ui.conftest import URL

NOW = timezone.now()
COMPLETE = {"tenant_id": "t", "client_id": "c", "client_secret": "s"}


def account(**changes):
    values = {"pk": 7, "cloud": "emulator", "state": "connected", "last_success_at": NOW}
    return MicrosoftAccount(**values | changes)


def shown(*, settings_account=None, signed_in=None, values=COMPLETE, pending=None, **changes):
    saved = EmailSettings(
        pk=1, account=settings_account, client_secret=values.get("client_secret", "")
    )
    stored = SettingsValues(**values | (pending or {}))
    state = PageState(saved, None, stored, None, signed_in)
    told = {"lacking": [], "mended_at": None, "is_practice_left": False, "unsaved": False} | changes
    return steps.steps(state, **told)


def done(found):
    return [step.is_done for step in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"values": {}}, [False, False, False, False]),
        ({}, [True, False, False, False]),
        ({"signed_in": account(last_success_at=None)}, [True, True, False, False]),
        ({"signed_in": account()}, [True, True, True, False]),
        ({"signed_in": account(), "lacking": ["Mail.Send"]}, [True, False, False, False]),
        ({"signed_in": account(), "mended_at": Place.ACCOUNT}, [True, False, False, False]),
        ({"signed_in": account(), "mended_at": Place.CREDENTIAL}, [False, True, True, False]),
        ({"signed_in": account(), "mended_at": Place.APPLICATION}, [False, True, True, False]),
        (
            {"signed_in": account(cloud="emulator"), "is_practice_left": True},
            [False, True, True, False],
        ),
        (
            {"settings_account": account(), "signed_in": account(last_success_at=None)},
            [True, True, False, True],
        ),
    ],
)
def test_each_step_has_its_state(changes, expected):
    found = shown(**changes)

    assert done(found) == expected
    assert [step.is_next for step in found].index(True) == expected.index(False)
    assert [step.place for step in found] == ["application", "account", "test", "save"]


def test_the_strip_is_gone_once_all_is_done_also_while_something_is_changed_again():
    saved = {"settings_account": account(), "signed_in": account()}

    assert shown(**saved) == []
    assert shown(**saved, unsaved=True) == []


def test_a_refused_secret_is_step_one_until_a_new_one_is_entered():
    saved = {"settings_account": account(), "signed_in": account(), "mended_at": Place.CREDENTIAL}

    assert shown(**saved)[0].is_next
    assert shown(**saved, pending={"client_secret": "new"}, unsaved=True) == []


@pytest.mark.django_db
def test_the_page_shows_it_in_this_order_and_leads_to_the_service_first(megan):
    EmailSettings.objects.current()
    EmailSettings.objects.update(tenant_id=PRACTICE_TENANT_ID, client_id=PRACTICE_CLIENT_ID)

    page = megan.client.get(URL).content.decode()

    strip = page.partition("data-strip")[2].partition("</ol>")[0]
    labels = ["1. Entra application", "2. Sign in", "3. Test", "4. Save"]
    assert [strip.index(label) for label in labels] == sorted(map(strip.index, labels))
    assert strip.count('href="#id_service"') == 4
