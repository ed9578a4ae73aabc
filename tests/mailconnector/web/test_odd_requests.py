"""Requests that no browser makes: nothing is a server error, nothing more is told."""

import time
from urllib.parse import urlsplit

import pytest
from django.db.models import AutoField
from django.test import Client
from django.urls import resolve

from tests import factories
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db
LISTS = (
    "/notifications/notification/", "/notifications/attempt/", "/notifications/emailtemplate/",
    "/notifications/apikey/", "/notifications/callback/", "/notifications/alarmchannel/",
    "/notifications/historicalemailsettings/", "/auth/user/", "/auth/group/",
    "/notifications/smtpclient/", "/notifications/smtpsession/",
    "/notifications/emaillayout/", "/notifications/auditevent/",
)  # fmt: skip
# What the filters of each list make.
OFFERED = {
    "/notifications/notification/": {"status__exact", "status__isnull", "priority__exact",
                                     "priority__isnull"},
    "/notifications/attempt/": {"api", "code", "delivery", "message", "result"},
    "/notifications/emailtemplate/": {"enabled__exact", "enabled__isnull"},
    "/notifications/callback/": {"state__exact", "state__isnull", "api_key__id__exact",
                                 "api_key__isnull"},
    "/notifications/smtpclient/": {"enabled__exact", "enabled__isnull", "authentication__exact",
                                   "authentication__isnull"},
    "/notifications/smtpsession/": {"client__id__exact", "client__isnull"},
    "/auth/user/": {
        "is_active__exact", "is_active__isnull", "groups__id__exact", "groups__isnull",
    },
    "/notifications/auditevent/": {"act", "at__gte", "at__lt"},
}  # fmt: skip
NUMBERS = ("9" * 30, "-1", "1%00", "%00", "x", "²", "1e9", "_31", "_3A_2F", "%FF", "0", "1/../2")


@pytest.fixture
def megan():
    client = Client(raise_request_exception=False)
    client.force_login(factories.user())
    return client


@pytest.mark.parametrize("number", NUMBERS)
def test_an_odd_number_in_an_address_is_no_server_error(megan, number):
    own = ("change", "delete", "history")
    pages = [f"{base}{number}/{page}/" for base in LISTS for page in own]
    pages += [f"{LISTS[2]}{number}/{page}/" for page in ("run", "preview", "export")]
    pages += [f"/auth/user/{number}/password/", f"/r/{number}/{number}/"]
    pages += [f"/api/v1/messages/{number}"]

    found = {page: megan.get(page).status_code for page in pages}

    assert {page: status for page, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "p=x", "p=99999999999999999999", "p=-1", "all=", "o=99", "o=x", "o=-1.2.%00",
        "_popup=1&_to_field=password", "_to_field=digest", "e=1", "id__exact=%00",
        "id__in=9999999999999999999999", "pk__exact=x", "_facets=True", "status__exact=%00",
        "at__gte=never", "at__gte=99999-01-01", "nothing=1", "__proto__=1", "q=" + "a " * 2000,
    ],
)  # fmt: skip
def test_an_odd_query_of_a_list_is_no_server_error(megan, query):
    found = {page: megan.get(f"{page}?{query}").status_code for page in LISTS}

    assert {page: status for page, status in found.items() if status >= 500} == {}


def columns_and_lookups(model):
    """Every column of a model with every comparison, and some of the models that it leads to."""
    for field in model._meta.get_fields():
        yield field.name
        yield from (f"{field.name}__{lookup}" for lookup in getattr(field, "get_lookups", dict)())
        if field.is_relation and field.concrete:
            yield from (f"{field.name}__id__{lookup}" for lookup in AutoField.get_lookups())
            for inner in field.related_model._meta.concrete_fields:
                yield f"{field.name}__{inner.name}__startswith"


@pytest.mark.parametrize("page", LISTS)
def test_a_list_takes_only_the_parameters_that_its_filters_make(megan, page):
    shown = resolve(page).func.model_admin
    offered = OFFERED.get(page, set())

    taken = {
        parameter
        for parameter in {*columns_and_lookups(shown.model), "status__regex", "nothing"}
        if (status := megan.get(page, {parameter: "1"}).status_code) != 400
        # Of the right parameter a wrong value leads to the whole list.
        if status in (200, 302, 422)
    }

    assert taken == offered


def test_a_filter_cannot_keep_the_server_busy(megan):
    factories.enqueue()
    began = time.monotonic()

    for page in (LISTS[0], f"{LISTS[0]}all/send_now/"):
        for value in ("^(.?){80}X$", "("):
            assert megan.get(page, {"status__regex": value}).status_code == 400

    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    "query",
    [
        "", "app_label=auth&model_name=user&field_name=password&term=a",
        "app_label=x&model_name=y&field_name=z", "term=%00",
    ],
)  # fmt: skip
def test_autocomplete_gives_only_what_a_field_of_ours_offers(megan, query):
    assert megan.get(f"/autocomplete/?{query}").status_code in (400, 403)


@pytest.mark.parametrize(
    "query", ["s=%00", "s=x&page=x", "s=x&page=99", "s=" + "x" * 5000, "s=x&page=-1"]
)
def test_an_odd_search_is_no_server_error(megan, query):
    assert megan.get(f"/search/?{query}").status_code < 500


def test_the_search_of_the_sidebar_finds_only_pages_that_one_may_open():
    client = Client()
    client.force_login(factories.person("Operator"))

    text = client.get("/search/?s=s&extended=1").content.decode()

    assert "/notifications/notification/" in text
    assert "/auth/user/" not in text
    assert "/notifications/apikey/" not in text


def test_a_form_takes_no_columns_that_it_does_not_show(megan):
    """People cannot give themselves a key that they know."""
    row, _token = factories.api_key(name="Desk")
    before = (row.digest, row.hint, row.created_at, row.revoked_at)

    megan.post(
        f"/notifications/apikey/{row.pk}/change/",
        {
            "name": "Desk 2", "may_send": "on", "requests_a_minute": "5", "digest": "0" * 64,
            "hint": "mc_evil", "revoked_at": "", "created_at": "2020-01-01",
            "callback_secret": "known",
        },
    )  # fmt: skip

    row.refresh_from_db()
    assert row.name == "Desk 2"
    assert (row.digest, row.hint, row.created_at, row.revoked_at) == before
    assert row.callback_secret == ""


def test_there_is_no_address_for_a_file():
    """Attachments are written by the queue and read by the workers; no page serves them."""
    client = Client()
    client.force_login(factories.user())
    notification = factories.enqueue(files=[factories.new_file(name="secret.txt")])
    path = notification.attachments.get().path

    for address in (
        f"/{path}",
        f"/attachments/{path}",
        f"/media/{path}",
        f"/static/{path}",
        f"/static/../attachments/{path}",
        f"/static/%2e%2e/attachments/{path}",
    ):
        assert client.get(address).status_code in (302, 404), address


@pytest.mark.parametrize("value", ["\r\nSet-Cookie: a=b", "/x\r\nLocation: https://evil.example"])
def test_nothing_typed_begins_a_header_of_an_answer(megan, value):
    for response in (
        megan.get("/login/", {"next": value}),
        megan.get("/oauth/callback", {"state": value, "error": value}),
        megan.get("/settings/email/", {"draft": value}),
    ):
        assert response.status_code < 500
        assert "a" not in response.cookies
        assert urlsplit(response.headers.get("Location", "")).netloc in ("", "localhost:8000")
