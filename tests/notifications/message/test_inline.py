"""A file is shown within the HTML if the HTML names it, and both name it alike."""

from email import message_from_bytes

import pytest

from notifications.message.compose import compose
from notifications.message.inline import with_inline_files, with_shown_images
from tests.notifications.message.growth import is_linear
from tests.notifications.message.samples import a_file, a_message

NAMED = [
    '<img src="cid:logo@x">',
    "<IMG SRC=CID:logo@x>",
    "<img src=' cid:logo@x '>",
    '<td background="cid:logo@x">',
    """<td style="background:url('cid:logo@x') no-repeat">""",
    "<td style='background: url(cid:logo@x)'>",
    "<style>td { background: url(cid:logo@x) }</style>",
    '<img srcset="https://x.example/a 1x, cid:logo@x 2x">',
    '<img srcset="cid:logo@x, cid:other 2x">',
    '<video poster="cid:logo@x">',
    '<!--[if gte mso 9]><v:fill src="cid:logo@x" /><![endif]-->',
    '<a href="cid:logo@x">the file</a>',
    '<img src="cid:logo%40x">',
    '<img src="cid:logo&#64;x">',
]
NOT_NAMED = [
    "<p>cid:logo@x</p>",
    "[cid:logo@x]",
    "<!-- <img src=cid:logo@x> -->",
    "<img src='cid:logo@xy'>",
    "<img src='https://x.example/logo@x'>",
    "<title>cid:logo@x</title>",
]


def composed(html, *ids, **changes):
    files = tuple(
        a_file(f"{n}.png", content_type="image/png", content_id=each) for n, each in enumerate(ids)
    )
    return message_from_bytes(compose(a_message(html=html, files=files, **changes)).mime)


def parts(message, kind):
    return [part for part in message.walk() if part.get_content_type() == kind]


@pytest.mark.parametrize("html", NAMED)
def test_what_the_html_names_is_shown_in_it(html):
    message = composed(html, "logo@x")

    assert [p.get_content_disposition() for p in parts(message, "image/png")] == ["inline"]
    assert parts(message, "multipart/related")


@pytest.mark.parametrize("html", NOT_NAMED)
def test_what_the_html_does_not_name_is_an_ordinary_attachment(html):
    message = composed(html, "logo@x")

    (file,) = parts(message, "image/png")
    assert (file.get_content_disposition(), file["Content-ID"]) == ("attachment", None)
    assert message.get_content_type() == "multipart/mixed"


@pytest.mark.parametrize(
    ("content_id", "html"),
    [
        ("Company Logo.png", '<img src="cid:Company Logo.png">'),
        ("Company Logo.png", '<img src="cid:Company%20Logo.png">'),
        ("CompanyLogo.png", '<img src="cid:Company Logo.png">'),
        ("bild-ä", "<img src='cid:bild-ä'>"),
        ("bild-ä", "<img src='cid:bild-%C3%A4'>"),
        ("bild-ä", "<img src='cid:bild-&auml;'>"),
        ('a"b<c>&d', "<img src='cid:a&quot;b&lt;c&gt;&amp;d'>"),
        ("a b", "<style>p { background: url('cid:a b') }</style>"),
    ],
)
def test_header_and_html_have_the_same_id_whatever_it_was(content_id, html):
    message = composed(f"<p>{html}", content_id)

    (file,) = parts(message, "image/png")
    (body,) = parts(message, "text/html")
    assert file["Content-ID"].isascii()
    assert f"cid:{file['Content-ID'][1:-1]}" in body.get_payload(decode=True).decode()


def test_a_body_is_left_as_it_is_where_ids_can_stand_in_headers():
    message = a_message(html="<img src='cid:a'> cid:A b", files=(a_file(content_id="a"),))

    assert with_inline_files(message) == message


def test_it_is_the_same_when_it_is_done_again():
    files = (a_file(content_id="a b"), a_file(content_id="c"))
    once = with_inline_files(a_message(html="<img src='cid:a b'>", files=files))

    assert with_inline_files(once) == once
    assert [bool(file.content_id) for file in once.files] == [True, False]


@pytest.mark.parametrize(
    "piece",
    [
        "cid:",
        "<img src=cid:",
        "<!--[if",
        "<img src='cid:a cid:'>",
        "<style>cid:",
        "<img srcset='cid:a,'",
        '<img src="cid:a"><img src="cid:%61">',
    ],
)
def test_its_time_grows_with_the_length_only(piece):
    files = (a_file(content_id="a"),)

    assert is_linear(lambda html: with_inline_files(a_message(html=html, files=files)), piece)


def test_all_spellings_are_named_alike():
    message = composed('<img src="cid:lo go@x"><img src="cid:lo%20go@x">', "lo go@x")

    (html,) = parts(message, "text/html")
    (image,) = parts(message, "image/png")
    body = html.get_payload(decode=True).decode()
    assert body.count(f"cid:{image['Content-ID'].strip('<>')}") == 2


PICTURE = "data:image/png;base64,cmVwb3J0"


def shown(html, *ids, **changes):
    values = {"content": b"report", "content_type": "image/png"} | changes
    return with_shown_images(html, [a_file("a.png", content_id=each, **values) for each in ids])


@pytest.mark.parametrize("html", [html for html in NAMED if "a href" not in html])
def test_a_page_shows_the_images_that_the_html_names(html):
    text = shown(html, "logo@x")

    assert PICTURE in text
    assert "logo" not in text


@pytest.mark.parametrize("html", NOT_NAMED)
def test_what_is_not_named_stays_as_it_is(html):
    assert shown(html, "logo@x") == html


def test_an_id_that_begins_like_another_is_another():
    html = '<img src="cid:logo"><img src="cid:logo2"><img src="cid:logo-old">'

    assert (
        shown(html, "logo") == f'<img src="{PICTURE}"><img src="cid:logo2"><img src="cid:logo-old">'
    )
    assert shown(html, "logo", "logo2").count(PICTURE) == 2


def test_what_is_no_image_is_not_shown():
    html = '<img src="cid:logo@x">'

    assert shown(html, "logo@x", content_type="text/html") == html
    assert shown(html, "logo@x", content_type='image/png; name="a\\"b"') == f'<img src="{PICTURE}">'


def test_an_image_that_is_named_a_thousand_times_does_not_fill_the_page():
    html = '<img src="cid:logo@x">' * 1000

    assert len(shown(html, "logo@x", content=b"x" * 100_000)) < 9_000_000
