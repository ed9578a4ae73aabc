"""What E-mail > Settings hides because it would not be used."""

import re

import pytest

from notifications import vault
from notifications.models import EmailSettings
from tests.exchange_emulator.emulator import SECRET, TENANT
from tests.settings_ui.conftest import URL, text_of

pytestmark = pytest.mark.django_db


def hidden(page, mark):
    """Say whether the element with this attribute is hidden as the page arrives."""
    (tag,) = re.findall(rf"<[^>]*{mark}[^>]*>", page)
    return " hidden" in tag


def test_without_a_service_nothing_is_shown_that_it_would_not_use(megan):
    megan.save(service="none")
    assert hidden(text_of(megan.client.get(URL)), 'data-shown-without-service="none"')

    megan.save()
    assert not hidden(text_of(megan.client.get(URL)), 'data-shown-without-service="none"')


def test_switching_off_keeps_what_it_hides_even_where_that_has_errors(megan):
    megan.save(messages_a_minute="12", delegation="on")

    response = megan.save(
        service="none", messages_a_minute="fast", tenant_id="../..", client_secret=""
    )

    assert response.status_code == 302
    values = EmailSettings.objects.current().values()
    assert (values.messages_a_minute, values.tenant_id) == (12, TENANT)
    assert vault.unseal(values.client_secret, "client_secret") == SECRET


@pytest.mark.parametrize(("api", "is_hidden"), [("graph", True), ("ews", False)])
def test_only_who_chooses_ews_is_warned_of_its_end(megan, api, is_hidden):
    megan.save(api=api)

    assert hidden(text_of(megan.client.get(URL)), 'data-shown-with-api="ews"') == is_hidden
