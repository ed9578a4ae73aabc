"""Django's pages of single rows, of every model: none tells more than was meant."""

import pytest
from django.contrib import admin
from django.urls import reverse

import notifications.admin  # noqa: F401 - makes the site know its models
from notifications import vault
from notifications.models import AlarmChannel, ApiKey, Callback, EmailSettings
from tests.mailconnector.one_of_each import one_of_each

pytestmark = pytest.mark.django_db
SECRETS = ("T0KEN-OF-THE-ALARM", "T0KEN-OF-THE-DESK", "BODY-OF-THE-CALL")
MODELS = [model for model in admin.site._registry if model._meta.app_label != "axes"]


@pytest.fixture
def rows():
    """Rows of every kind that has pages, with addresses that are a key to whoever knows them."""
    found = one_of_each()
    ApiKey.objects.update(
        callback_url="https://desk.example/T0KEN-OF-THE-DESK",
        callback_secret=vault.seal("x", "callback_secret"),
    )
    Callback.objects.update(body="BODY-OF-THE-CALL")
    AlarmChannel.objects.update(alarm_url="https://hooks.example/T0KEN-OF-THE-ALARM")
    return found


@pytest.mark.parametrize("kind", ["change", "history", "delete"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_no_page_of_a_row_tells_a_secret(rows, audrey, model, kind):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}"
    for pk in model.objects.values_list("pk", flat=True):
        response = audrey.get(reverse(name, args=[pk]))

        assert response.status_code in (200, 302, 403, 404)
        assert [secret for secret in SECRETS if secret in response.content.decode()] == []


@pytest.mark.parametrize("model", [Callback, EmailSettings.history.model])
def test_a_page_that_was_not_designed_shows_what_the_list_shows(rows, audrey, model):
    name = f"admin:notifications_{model._meta.model_name}_change"

    response = audrey.get(reverse(name, args=[model.objects.first().pk]))

    fields = [field for part in response.context["adminform"] for line in part for field in line]
    shown = admin.site._registry[model].list_display
    assert {field.field["name"] for field in fields} == set(shown)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_no_page_of_a_row_shows_a_value_as_a_program_writes_it(rows, audrey, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    for pk in model.objects.values_list("pk", flat=True):
        page = audrey.get(reverse(name, args=[pk])).content.decode()

        assert "(&#x27;" not in page


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_what_may_be_deleted_is_deleted_with_what_belongs_to_it(rows, megan, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_delete"
    page = megan.get(reverse(name, args=[model.objects.latest("pk").pk]))

    assert page.status_code != 200 or not page.context["perms_lacking"]


@pytest.mark.parametrize("model", ["apikey", "smtpclient"])
def test_what_is_shown_once_is_saved_by_one_button(megan, model):
    page = megan.get(f"/notifications/{model}/add/").content.decode()

    assert 'name="_save"' in page
    assert 'name="_addanother"' not in page
    assert 'name="_continue"' not in page
