"""Bodies that are too large for a page, refused before anything is read or put on the disk."""

import io

import pytest
from django.test import Client

from tests import factories
from tests.mailconnector.web.test_error_pages import shown

FORM = "multipart/form-data; boundary=x"
URLENCODED = "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024
PATHS = ("/login/", "/language/", "/logout/", "/oauth/callback", "/nothing/", "/settings/email/")


class NeverRead(io.BytesIO):
    def read(self, *_arguments):
        raise AssertionError("the body was read")


def post(client, path, *, content_type=FORM, **headers):
    # With this cookie Django's check of the form's token reads the form.
    client.cookies["csrftoken"] = "a" * 32
    return client.generic(
        "POST", path, b"x", content_type=content_type, **{"wsgi.input": NeverRead(), **headers}
    )


@pytest.fixture
def stranger(db):
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def auditor(stranger):
    stranger.force_login(factories.person("Auditor"))
    return stranger


@pytest.mark.parametrize("content_type", [FORM, URLENCODED, "text/plain", ""])
@pytest.mark.parametrize("path", PATHS)
def test_strangers_send_little(stranger, path, content_type):
    response = post(stranger, path, content_type=content_type, CONTENT_LENGTH="100000")

    assert "64.0\xa0KB" in shown(response, 413)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("content_type", "length", "limit"),
    [(FORM, 161 * MEGABYTE, "160.0\xa0MB"), (URLENCODED, 11 * MEGABYTE, "10.0\xa0MB")],
)
def test_people_send_as_much_as_applications(auditor, path, content_type, length, limit):
    response = post(auditor, path, content_type=content_type, CONTENT_LENGTH=str(length))

    assert limit in shown(response, 413)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, 411),
        ({"CONTENT_LENGTH": "many"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "9" * 5000}, 400),
    ],
)
def test_a_body_of_unknown_length_is_not_read(auditor, path, headers, status):
    shown(post(auditor, path, **headers), status)


def test_a_large_file_of_somebody_who_may_send_it_arrives(auditor):
    auditor.force_login(factories.user())
    auditor.handler.enforce_csrf_checks = False
    file = io.BytesIO(b"[" + b" " * MEGABYTE + b"]")

    response = auditor.post("/notifications/emailtemplate/import/", {"file": file})

    assert response.status_code in (302, 422)
