"""Steps of the tests of E-mail Notifications' pages."""

import re

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories

LIST = "/notifications/emailtemplate/"
NO_FILES = {
    "files-TOTAL_FORMS": "0",
    "files-INITIAL_FORMS": "0",
    "files-MIN_NUM_FORMS": "0",
    "files-MAX_NUM_FORMS": "1000",
}
TYPED = {
    "name": "Closed",
    "enabled": "on",
    "to": "{{ email }}",
    "subject": "Ticket {{ number }}",
    "html": "<b>{{ number }}</b>",
    "missing_values": "empty",
    "refuse_without_recipients": "on",
    "sample_context": '{"number": 17, "email": "a@contoso.example"}',
}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
WITH_FILE = NO_FILES | {"files-TOTAL_FORMS": "1"}


def person(*codenames):
    user = factories.user("audrey", superuser=False)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return response.content.decode()


def file(name="report.txt", content=b"report"):
    return SimpleUploadedFile(name, content)


def image(name="logo.png"):
    upload = file(name, PNG)
    upload.content_type = "image/png"
    return upload


def upload(client, name="Our logo.png"):
    return client.post(f"{LIST}upload/", {"file": image(name)}).json()


def kept_of(response):
    found = re.search(r'name="files-0-kept" value="([^"]+)"', text_of(response))
    assert found, "the form carries no kept file"
    return found[1]
