"""What an author is told about a message before it is sent."""

import time

import pytest

from notifications.email_templates.checks import warnings_of
from notifications.email_templates.filling import Filled
from notifications.models import TemplateFile

IMAGE = '<img src="cid:logo" alt="">'
LARGE = TemplateFile(name="a.png", content_type="image/png", size=300_000)
GOOD = {"html": '<p>Hello</p><img src="cid:logo" alt="Contoso">', "text": "Hello", "subject": "Hi"}
LOGO = TemplateFile(name="logo.png", content_type="image/png", size=1000, content_id="logo")


def told(files=(LOGO,), **parts):
    parts = {"from_address": "", "to": "", "cc": "", "bcc": ""} | GOOD | parts
    return warnings_of(Filled(**parts), files)


def test_a_good_message_has_nothing_to_tell():
    assert told() == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"subject": ""}, "The subject is empty."),
        ({"subject": "x" * 79}, "The subject has 79 characters"),
        ({"text": " \n"}, "The text alternative is empty."),
        ({"html": GOOD["html"] + "x" * 105_000}, "The HTML body has 102 kB; Gmail cuts off"),
        ({"html": '<img src="cid:logo">'}, "Images without an alt text: cid:logo."),
        ({"html": f'<a href=" HTTP://a.example/">x</a>{IMAGE}'}, "encrypted: HTTP://a.example/."),
        ({"html": f"<script>x</script><form></form>{IMAGE}"}, "not show: <script>, <form>."),
        ({"html": IMAGE + '<img src="cid:lost" alt="">'}, "with this Content-ID: lost."),
        ({"html": "<p>x</p>"}, "does not show these images; they are attached: logo.png."),
        ({"files": [LARGE, LOGO]}, "Images of more than 200 kB: a.png."),
    ],
)  # fmt: skip
def test_each_is_told_in_words(parts, words):
    (warning,) = told(**parts)

    assert words in warning


def test_a_hostile_body_is_read_at_once():
    begun = time.process_time()

    found = told(html="<img>" * 100_000 + "<a href='cid:" * 20_000)

    assert all(len(each) < 1000 for each in found)
    assert time.process_time() - begun < 3
