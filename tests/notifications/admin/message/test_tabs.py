"""What a message says, tab by tab."""

import io

import pytest
from django.core.files.storage import default_storage

from notifications.outbox import NewFile
from tests import factories

from .showing import QUEUE, show

pytestmark = pytest.mark.django_db


PICTURE = b"\x89PNG picture"


def with_picture(**values):
    file = NewFile("logo.png", io.BytesIO(PICTURE), "image/png", "logo")
    return factories.enqueue(html='<p>Hi</p><img src="cid:logo">', files=[file], **values)


def test_the_preview_shows_inline_images(megan):
    text = show(megan, with_picture())

    assert 'sandbox=""' in text
    assert "data:image/png;base64,iVBORyBwaWN0dXJl" in text
    assert "cid:logo" not in text


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("preview", "<p>Hi</p>"),
        ("text", "Hello"),
        ("html", '<img src="cid:logo">'),
        ("headers", "Subject: Hi\n"),
        ("raw", "Content-Type: multipart/"),
        ("nonsense", "<p>Hi</p>"),
    ],
)
def test_each_tab_shows_its_part(megan, tab, words):
    assert words in show(megan, with_picture(), show=tab)


def test_the_text_of_a_message_without_one_is_generated(megan):
    text = show(megan, factories.enqueue(text="", html="<p>One</p><p>Two</p>"), show="text")

    assert "One\n\nTwo" in text
    assert "Generated from the HTML body" in text


def test_a_file_that_is_gone_is_told_where_the_source_should_be(megan):
    row = with_picture()
    default_storage.delete(row.attachments.get().path)

    assert "a file is not kept any more" in show(megan, row, show="raw")
    assert "cid:logo" in show(megan, row)


def test_nothing_of_a_sensitive_message_is_told_by_any_tab(audrey, now):
    row = with_picture(subject="Your new password", sensitive=True)

    for tab in ("preview", "text", "html", "headers", "raw"):
        text = show(audrey, row, show=tab)
        for words in ("new password", "<p>Hi</p>", "Hello", "logo.png", "iVBOR"):
            assert words not in text
    assert audrey.get(f"{QUEUE}{row.pk}/raw/").status_code == 403
