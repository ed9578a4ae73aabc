"""What recorded answers of the real services show and no document says."""

from urllib.parse import quote

import pytest

from tests.exchange_emulator.emulator import DESK
from tests.exchange_emulator.test_drafts import draft
from tests.exchange_emulator.test_sending import send_json

HEADERS = {"internetMessageHeaders": [{"name": "x-ticket", "value": "42"}]}
SIZE = "singleValueExtendedProperties($filter=Id eq 'LONG 0x0E08')"


@pytest.mark.parametrize("folder", ["", "/mailFolders/drafts", "/mailFolders/inbox"])
@pytest.mark.parametrize(
    ("given", "is_read"),
    [({}, True), ({"isRead": False}, False), ({"isRead": True}, True), ({"isRead": None}, True)],
)
def test_a_draft_is_read_unless_it_says_otherwise(emulator, token, folder, given, is_read):
    answer = emulator.graph(token, "POST", f"/me{folder}/messages", json={"subject": "S", **given})

    assert answer.json()["isRead"] is is_read


@pytest.mark.parametrize("named", [DESK, DESK.upper(), "desk@contoso.example", None])
def test_contexts_and_locations_name_the_user_as_the_request_did(emulator, token, named):
    owner = f"/users/{quote(named)}" if named else "/me"
    shown = quote(named, safe="") if named else emulator.graph(token, "GET", "/me").json()["id"]
    base = f"{emulator.https}/v1.0/$metadata#users('{shown}')"
    made = emulator.graph(token, "POST", f"{owner}/messages", json={"subject": "S"})
    named_id = made.json()["id"]
    inside = emulator.graph(token, "POST", f"{owner}/mailFolders/Drafts/messages", json={})

    assert made.json()["@odata.context"] == f"{base}/messages/$entity"
    assert made.headers["Location"] == (
        f"{emulator.https}/v1.0/users('{shown}')/messages('{named_id}')"
    )
    assert inside.json()["@odata.context"] == f"{base}/mailFolders('Drafts')/messages/$entity"
    listed = emulator.graph(token, "GET", f"{owner}/messages?$select=id").json()
    assert listed["@odata.context"] == f"{base}/messages(id)"
    followed = emulator.session.get(
        made.headers["Location"], headers={"Authorization": f"Bearer {token}"}
    )
    assert followed.json()["id"] == named_id


def test_the_size_is_an_extended_property_of_every_item(emulator, token):
    made = draft(emulator, token)
    query = {"$expand": SIZE, "$select": "internetMessageHeaders"}
    answer = emulator.graph(token, "GET", f"/me/messages/{made['id']}", params=query).json()
    source = emulator.graph(token, "GET", f"/me/messages/{made['id']}/$value").content

    assert answer["singleValueExtendedProperties"] == [
        {"id": "Long 0xe08", "value": str(len(source))}
    ]
    assert answer["@odata.context"].endswith(
        "/messages(internetMessageHeaders,singleValueExtendedProperties())/$entity"
    )


def test_a_draft_shows_no_headers(emulator, token):
    made = emulator.graph(token, "POST", "/me/messages", json={"subject": "S", **HEADERS}).json()
    path = f"/me/messages/{made['id']}?$select=internetMessageHeaders"

    assert "internetMessageHeaders" not in emulator.graph(token, "GET", path).json()


@pytest.mark.parametrize(
    ("change", "is_new"),
    [({"isRead": False}, False), ({"isRead": True}, False), ({"subject": "T"}, True),
     ({"isRead": False, "subject": "T"}, True), ({"categories": ["a"]}, True)],
)  # fmt: skip
def test_reading_an_item_leaves_its_change_key(emulator, token, change, is_new):
    made = draft(emulator, token)
    answer = emulator.graph(token, "PATCH", f"/me/messages/{made['id']}", json=change).json()

    assert (answer["changeKey"] != made["changeKey"]) is is_new
    assert (answer["@odata.etag"] != made["@odata.etag"]) is is_new


def test_every_answer_of_graph_with_a_body_varies(emulator, token):
    made = emulator.graph(token, "POST", "/me/messages", json={})
    item = f"/me/messages/{made.json()['id']}"
    with_a_body = [
        made,
        emulator.graph(token, "GET", item),
        emulator.graph(token, "GET", f"{item}/$value"),
        emulator.graph(token, "GET", "/me/messages/x"),
        emulator.graph("x", "GET", item),
    ]

    assert {each.headers.get("Vary") for each in with_a_body} == {"Accept-Encoding"}
    assert "Vary" not in send_json(emulator, token, {}).headers
    assert "Vary" not in emulator.graph(token, "DELETE", item).headers
