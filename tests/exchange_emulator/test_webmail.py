"""The pages on which a person looks at mailboxes."""

import base64
import re
from datetime import datetime

import pytest

from tests.exchange_emulator.emulator import DESK
from tests.exchange_emulator.test_drafts import draft
from tests.exchange_emulator.test_sending import MIME, people, send_json, send_mime

HTML = {"contentType": "html", "content": '<p>Hi <b>you</b></p><img src="cid:logo">'}


@pytest.fixture
def look(emulator):
    def get(path):
        answer = emulator.session.get(emulator.http + path)
        assert answer.status_code == 200, path
        return answer

    return get


def newest(look, address, folder="inbox"):
    """The address of the newest message's page."""
    page = look(f"/mailboxes/{address}?folder={folder}").text
    return re.search(r'href="(/mailboxes/[^"]+/\d+)"', page)[1]


def test_the_index_lists_every_mailbox_that_has_something(emulator, token, look):
    send_json(emulator, token, {"toRecipients": people("new@example.org")})
    page = look("/").text
    for address in (DESK, "ceo@contoso.example", "new@example.org"):
        assert f">{address}</a>" in page


def test_a_message_shows_who_sent_it_on_whose_behalf(emulator, token, look):
    send_json(emulator, token, {"from": people("facilities@contoso.example")[0]})
    page = look(newest(look, "ann@example.org")).text
    shown = (
        "Contoso Service Desk &lt;servicedesk@contoso.example&gt; on behalf of "
        "Facilities &lt;facilities@contoso.example&gt;"
    )
    assert shown in page


def test_html_is_framed_without_scripts_and_with_its_images(emulator, token, look):
    logo = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "logo.png",
        "contentType": "image/png",
        "contentBytes": base64.b64encode(b"png").decode(),
        "isInline": True,
        "contentId": "logo",
    }
    send_json(emulator, token, {"body": HTML, "attachments": [logo]})
    here = newest(look, "ann@example.org")
    assert "<iframe sandbox title=" in look(here).text
    body = look(f"{here}/body")
    assert body.headers["Content-Security-Policy"].startswith("sandbox;")
    image = re.search(r'src="([^"]+)"', body.text)[1]
    answer = look(f"{here}/{image}")
    assert (answer.content, answer.headers["Content-Type"]) == (b"png", "image/png")


def test_source_headers_and_download_are_the_message_itself(emulator, token, look):
    send_mime(emulator, token, MIME)
    here = newest(look, "ann@example.org")
    assert look(f"{here}/raw").content == emulator.mime(1)
    assert "charset=iso-8859-1" in look(f"{here}/source").text
    assert "<th>Subject</th><td>Grüße</td>" in look(f"{here}/headers").text
    assert "Grüße" in look(here).text


def test_the_bcc_is_the_senders_to_see(emulator, token, look):
    send_mime(emulator, token, MIME)
    assert "quiet@example.org" not in look(newest(look, "ann@example.org")).text
    assert "quiet@example.org" in look(newest(look, DESK, "sentitems")).text


def test_text_from_outside_is_escaped(emulator, token, look):
    send_json(emulator, token, {"subject": "<script>alert(1)</script>"})
    here = newest(look, "ann@example.org")
    for path in ("/mailboxes/ann@example.org", here, f"{here}/source"):
        assert "<script>" not in look(path).text


def test_an_empty_folder_says_what_would_be_there(look):
    assert "Nothing here yet" in look(f"/mailboxes/{DESK}").text


def test_long_folders_have_pages(emulator, token, look):
    emulator.limits(**{"*": None})
    for number in range(51):
        send_json(emulator, token, {"subject": f"Number {number}."})
    first = look("/mailboxes/ann@example.org").text
    assert "Number 50." in first
    assert "Number 0." not in first
    assert "Number 0." in look("/mailboxes/ann@example.org?folder=inbox&page=2").text


def test_drafts_are_shown_too(emulator, token, look):
    draft(emulator, token)
    assert "ann@example.org" in look(newest(look, DESK, "drafts")).text


@pytest.mark.parametrize("path", ["", "/999", "/999/source", "?folder=nowhere"])
def test_what_is_not_there_is_not_found(emulator, path):
    address = "/mailboxes/ann@example.org" + path
    status = 200 if not path else 404
    assert emulator.session.get(emulator.http + address).status_code == status


def test_times_are_short_local_ones_and_only_the_subject_of_unread_mail_stands_out(
    emulator, token, look
):
    send_json(emulator, token, {})
    page = look("/mailboxes/ann@example.org").text

    time = re.search(r'<td><time datetime="([^"]+)" title="([^"]+)">(\d\d:\d\d)</time></td>', page)
    assert datetime.fromisoformat(time[1]).astimezone().strftime("%H:%M") == time[3]
    assert re.fullmatch(r"\d+ \w+ \d{4}, \d\d:\d\d:\d\d \S+", time[2])
    assert "tr.unread a{" in page
    assert "tr.unread td" not in page
