"""Attachments: small ones in a request, large ones in an upload session."""

import base64
from email import message_from_bytes

import pytest

from tests.exchange_emulator.test_drafts import draft, mime_draft

SIZE = 3 * 1024 * 1024 + 77
CHUNK = 2 * 1024 * 1024
DATA = bytes(range(256)) * (SIZE // 256) + bytes(SIZE % 256)


def attachment(data=b"hello", **more):
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "a.txt",
        "contentType": "text/plain",
        "contentBytes": base64.b64encode(data).decode(),
        **more,
    }


def begin(emulator, token, item, *, size=SIZE):
    body = {"AttachmentItem": {"attachmentType": "file", "name": "big.bin", "size": size}}
    path = f"/me/messages/{item['id']}/attachments/createUploadSession"
    return emulator.graph(token, "POST", path, json=body)


def put(emulator, url, first, last, *, total=SIZE, data=None, **headers):
    headers["Content-Range"] = f"bytes {first}-{last}/{total}"
    data = DATA[first : last + 1] if data is None else data
    return emulator.session.put(url, data=data, headers=headers)


@pytest.fixture
def upload_url(emulator, token):
    return begin(emulator, token, draft(emulator, token)).json()["uploadUrl"]


def test_a_small_attachment_is_added_listed_read_and_deleted(emulator, token):
    path = f"/me/messages/{draft(emulator, token)['id']}/attachments"
    made = emulator.graph(token, "POST", path, json=attachment())
    assert made.status_code == 201
    listed = emulator.graph(token, "GET", path).json()["value"]
    assert [each["name"] for each in listed] == ["a.txt"]
    one = f"{path}/{made.json()['id']}"
    assert emulator.graph(token, "GET", f"{one}/$value").content == b"hello"
    assert emulator.graph(token, "GET", one).json()["size"] == 5
    assert emulator.graph(token, "DELETE", one).status_code == 204
    assert emulator.graph(token, "GET", path).json()["value"] == []


def test_a_large_attachment_joins_a_mime_draft_without_touching_its_text(emulator, token):
    item = mime_draft(emulator, token)
    session = begin(emulator, token, item)
    assert session.status_code == 201
    assert session.json()["nextExpectedRanges"] == ["0-"]
    url = session.json()["uploadUrl"]
    first = put(emulator, url, 0, CHUNK - 1)
    assert first.status_code == 200
    assert first.json()["nextExpectedRanges"] == [str(CHUNK)]
    last = put(emulator, url, CHUNK, SIZE - 1)
    assert (last.status_code, last.headers["Content-Length"]) == (201, "0")
    assert "Attachments(" in last.headers["Location"]
    emulator.graph(token, "POST", f"/me/messages/{item['id']}/send")
    text, file = message_from_bytes(emulator.mime(1)).get_payload()
    assert text.get_payload(decode=True) == "Grüße\r\n".encode("latin-1")
    assert text.get_content_charset() == "iso-8859-1"
    assert file.get_filename() == "big.bin"
    assert file.get_payload(decode=True) == DATA


def test_a_session_is_not_for_small_files(emulator, token):
    answer = begin(emulator, token, draft(emulator, token), size=1000)
    assert answer.status_code == 400
    code = answer.json()["error"]["code"]
    assert code == "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"


def test_ranges_come_in_order(emulator, upload_url):
    assert put(emulator, upload_url, CHUNK, SIZE - 1).status_code == 416
    assert put(emulator, upload_url, 0, CHUNK - 1).status_code == 200
    assert put(emulator, upload_url, 0, CHUNK - 1).status_code == 416


def test_a_range_has_to_fit_the_size_and_the_body(emulator, upload_url):
    assert put(emulator, upload_url, 0, 9, total=SIZE + 1).status_code == 416
    assert put(emulator, upload_url, 0, 9, data=b"short").status_code == 400
    assert emulator.session.put(upload_url, data=b"x").status_code == 400


def test_the_upload_address_takes_no_authorization(emulator, token, upload_url):
    header = {"Authorization": f"Bearer {token}"}
    answer = put(emulator, upload_url, 0, 9, **header)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAudience"


def test_a_cancelled_session_is_gone(emulator, upload_url):
    assert emulator.session.delete(upload_url).status_code == 204
    assert put(emulator, upload_url, 0, 9).status_code == 404


def test_a_message_over_the_size_limit_is_refused_at_the_end(emulator, token, upload_url):
    emulator.limits(message_size=SIZE - 1)
    put(emulator, upload_url, 0, CHUNK - 1)
    answer = put(emulator, upload_url, CHUNK, SIZE - 1)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "ErrorMessageSizeExceeded"


def test_a_request_over_four_megabytes_is_refused(emulator, token):
    answer = emulator.graph(token, "POST", "/me/messages", data=b"x" * (4 * 1024 * 1024 + 1))
    assert answer.status_code == 413
