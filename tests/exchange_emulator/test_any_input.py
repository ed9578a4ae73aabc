"""No input is answered as a bug of the emulator, and none costs the connection."""

import base64
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange_emulator.emulator import CLIENT
from tests.exchange_emulator.test_attachments import CHUNK, DATA, SIZE, attachment, begin, put
from tests.exchange_emulator.test_batch import batch, step
from tests.exchange_emulator.test_drafts import draft
from tests.exchange_emulator.test_ews import NAMESPACES, SIMPLE, code, create, item_id, post
from tests.exchange_emulator.test_limits import at_once
from tests.exchange_emulator.test_sending import send_json, send_mime

JSON = {"Content-Type": "application/json"}
DEEP = "[" * 100_000
BEYOND = base64.urlsafe_b64encode(b"\x00\x03\x24\x00" + b"\xff" * 100).decode()


def find(emulator, token, more, offset="0"):
    return post(
        emulator,
        token,
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape>'
        f'</m:ItemShape><m:IndexedPageItemView Offset="{offset}" BasePoint="Beginning"/>{more}'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="sentitems"/></m:ParentFolderIds>'
        "</m:FindItem>",
    )


def test_an_element_that_is_no_operation_is_a_violation_of_the_schema(emulator, ews_token):
    answer = post(emulator, ews_token, "<m:SavedItemFolderId/>")
    assert code(answer) == "ErrorSchemaValidation"


def test_ids_beyond_all_numbers_are_malformed(emulator, token, ews_token):
    answer = emulator.graph(token, "GET", f"/me/messages/{BEYOND}")
    assert answer.json()["error"]["code"] == "ErrorInvalidIdMalformed"
    answer = batch(emulator, token, step("1", "GET", f"/me/messages/{BEYOND}"))
    assert answer.json()["responses"][0]["status"] == 400
    delete = f'<m:ItemIds><t:ItemId Id="{BEYOND}"/></m:ItemIds>'
    answer = post(
        emulator, ews_token, f'<m:DeleteItem DeleteType="HardDelete">{delete}</m:DeleteItem>'
    )
    assert code(answer) == "ErrorInvalidIdMalformed"
    assert code(find(emulator, ews_token, "", "9" * 20)) == "ErrorSchemaValidation"


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000, "x"])
def test_numbers_beyond_all_rows_are_not_found(emulator, number):
    for path in (f"/mailboxes/a@b.example/{number}", f"/_emulator/messages/{number}/mime"):
        assert emulator.session.get(emulator.http + path).status_code == 404
    page = f"{emulator.http}/mailboxes/a@b.example?page={number}"
    assert emulator.session.get(page).status_code == 200


@pytest.mark.parametrize(
    "mime",
    [
        *(
            b"To: a@b.example\nContent-Type: text/plain; charset=" + charset + b"\n\n+2AA-\xff"
            for charset in (b"idna", b"undefined", b"punycode", b"a\0b", b"utf-7")
        ),
        b"To: a@b.example\nContent-Disposition: attachment; filename*0*=idna''x\n\nx",
        b"To: a@b.example\nSubject: =?utf-7?Q?+2AA-?=\nContent-Type: text/html\n\n<![ <p>x",
        b"To: a@b.example\n"
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(900)
        ),
    ],
)
def test_mime_of_any_kind_can_be_sent_and_read(emulator, token, mime):
    assert send_mime(emulator, token, mime).status_code == 202
    [found] = emulator.graph(token, "GET", "/me/mailFolders/sentitems/messages").json()["value"]
    path = f"/me/messages/{found['id']}"
    assert emulator.graph(token, "GET", f"{path}/attachments").status_code == 200
    page = emulator.session.get(f"{emulator.http}/mailboxes/a@b.example").text
    here = emulator.http + re.search(r'href="(/mailboxes/[^"]+/\d+)"', page)[1]
    for more in ("", "/source", "/headers", "/body"):
        assert emulator.session.get(here + more).status_code == 200


@pytest.mark.parametrize("path", ["/me/messages", "/me/sendMail", "/$batch"])
def test_json_that_is_nested_deeply_is_refused(emulator, token, path):
    assert emulator.graph(token, "POST", path, data=DEEP, headers=JSON).status_code == 400


def test_filters_and_restrictions_have_an_end(emulator, token, ews_token):
    many = " and ".join(["isRead eq true"] * 1000)
    answer = emulator.graph(token, "GET", "/me/messages", params={"$filter": many})
    assert answer.status_code == 400
    term = '<t:Exists><t:FieldURI FieldURI="item:Subject"/></t:Exists>'
    deep = f"<m:Restriction>{'<t:Not>' * 500}{term}{'</t:Not>' * 500}</m:Restriction>"
    assert code(find(emulator, ews_token, deep)) == "ErrorInvalidRequest"
    wide = f"<m:Restriction><t:And>{term * 1500}</t:And></m:Restriction>"
    assert code(find(emulator, ews_token, wide)) == "ErrorRestrictionTooComplex"


def test_xml_in_an_encoding_that_nobody_knows_is_refused(emulator, ews_token):
    answer = emulator.session.post(
        f"{emulator.https}/EWS/Exchange.asmx",
        data=f'<?xml version="1.0" encoding="foo"?><s:Envelope {NAMESPACES}/>',
        headers={"Authorization": f"Bearer {ews_token}", "Content-Type": "text/xml"},
    )
    assert code(answer) == "ErrorInvalidRequest"


def test_the_headers_of_a_step_are_an_object(emulator, token):
    assert batch(emulator, token, step("1", "GET", "/me", headers=[1])).status_code == 400


@pytest.mark.parametrize("kind", ["tëxt/plain", "text/plain\r\nEvil: 1", ""])
def test_an_attachment_of_an_odd_type_can_be_read(emulator, token, kind):
    made = draft(emulator, token)
    path = f"/me/messages/{made['id']}/attachments"
    named = emulator.graph(token, "POST", path, json=attachment(contentType=kind)).json()["id"]
    answer = emulator.graph(token, "GET", f"{path}/{named}/$value")
    assert (answer.status_code, answer.content) == (200, b"hello")
    assert "Evil" not in answer.headers


def test_a_content_range_of_any_length_is_refused(emulator, token):
    url = begin(emulator, token, draft(emulator, token)).json()["uploadUrl"]
    assert put(emulator, url, 0, 9, total="9" * 5000).status_code == 400


def test_of_two_last_ranges_at_once_one_is_taken(emulator, token):
    made = draft(emulator, token)
    url = begin(emulator, token, made).json()["uploadUrl"]
    put(emulator, url, 0, CHUNK - 1)
    answers = at_once(2, lambda: put(emulator, url, CHUNK, SIZE - 1, data=DATA[CHUNK:]).status_code)
    assert sorted(answers)[0] == 201
    assert sorted(answers)[1] in (404, 409)
    path = f"/me/messages/{made['id']}/attachments"
    assert len(emulator.graph(token, "GET", path).json()["value"]) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("limits", {"messages_per_minute": 0}),
        ("limits", {"messages_per_minute": -1}),
        ("limits", 5),
        ("limits", None),
        ("limits", {"message_size": True}),
        ("clock", {"advance_seconds": float("nan")}),
        ("clock", {"advance_seconds": 1e300}),
        ("clock", []),
        ("certificates", {"client_id": 5, "pem": "x"}),
        ("certificates", {"client_id": CLIENT, "pem": "garbage"}),
        ("faults", 5),
        ("faults", [None]),
        ("faults", DEEP),
    ],
)
def test_the_control_interface_refuses_what_makes_no_sense(emulator, token, path, body):
    text = body if isinstance(body, str) else json.dumps(body)
    answer = emulator.session.post(f"{emulator.http}/_emulator/{path}", data=text, headers=JSON)
    assert (answer.status_code, list(answer.json())) in ((400, ["error"]), (404, ["error"]))
    assert send_json(emulator, token, {}).status_code == 202


def test_control_characters_do_not_break_the_xml(emulator, token, ews_token):
    send_json(emulator, token, {"subject": "a\u0001b\u000bc"})
    answer = find(emulator, ews_token, "")
    assert "<t:Subject>a\ufffdb\ufffdc</t:Subject>" in answer.content.decode()


def test_quotes_in_an_id_do_not_break_the_xml(emulator, ews_token):
    good = item_id(create(emulator, ews_token, SIMPLE)).split('"')[1]
    answer = post(
        emulator,
        ews_token,
        '<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsLegacyId"'
        f' Id="{good}" Mailbox="a&quot;b"/></m:SourceIds></m:ConvertId>',
    )
    assert 'Mailbox="a&quot;b"' in answer.text


@pytest.mark.parametrize(
    "query", [{"client-request-id": "a\r\nEvil: 1"}, {"redirect_uri": "http://["}]
)
def test_odd_parameters_of_a_sign_in_are_refused_in_its_words(emulator, query):
    for path in ("authorize", "token"):
        url = f"{emulator.authority()}/oauth2/v2.0/{path}"
        answer = emulator.session.post(url, params={"client_id": CLIENT, **query}, data={})
        assert answer.status_code in (200, 400, 401)
        assert "Evil" not in answer.headers


def test_an_unknown_address_or_method_is_an_error_of_the_service(emulator, token):
    for method, path in (("GET", "/nonsense"), ("GET", "/me/colours"), ("PUT", "/me/messages")):
        answer = emulator.graph(token, method, path)
        assert answer.status_code in (400, 405)
        assert answer.json()["error"]["innerError"]["request-id"] == answer.headers["request-id"]
    answer = emulator.session.get(f"{emulator.authority()}/oauth2/v2.0/token")
    assert (answer.status_code, answer.json()["error_codes"]) == (405, [900561])


def test_a_last_slash_and_the_other_way_to_write_a_key_work_in_a_batch_too(emulator, token):
    made = draft(emulator, token)
    answer = emulator.graph(token, "GET", "/me/messages/", allow_redirects=False)
    assert answer.status_code == 200
    answer = batch(
        emulator,
        token,
        step("1", "GET", f"/me/messages('{made['id']}')"),
        step("2", "GET", "/me/colours"),
    )
    first, second = answer.json()["responses"]
    assert (first["status"], second["body"]["error"]["code"]) == (200, "BadRequest")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    "subject body toRecipients from importance attachments categories flag isRead replyTo"
    " internetMessageHeaders internetMessageId singleValueExtendedProperties message requests"
    " path status body limits client_id pem AttachmentItem".split()
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=4)
PATHS = st.sampled_from(
    ["/v1.0/me/messages", "/v1.0/me/sendMail", "/v1.0/$batch", "/_emulator/certificates",
     "/v1.0/me/mailFolders/inbox/messages", "/v1.0/me/colours"]
)  # fmt: skip
XML = st.sampled_from(
    "m:CreateItem m:Items t:Message t:Subject t:Body m:FindItem m:ItemIds t:ItemId t:Mailbox"
    " m:UpdateItem t:ItemChange t:Updates m:GetItem m:ItemShape t:ExtendedProperty".split()
)
TREES = st.recursive(
    XML.map(lambda name: f"<{name}/>"),
    lambda inside: st.tuples(XML, st.lists(inside, max_size=3)).map(
        lambda pair: f'<{pair[0]} Id="x" Traversal="Shallow">{"".join(pair[1])}</{pair[0]}>'
    ),
    max_leaves=8,
)
ONCE = settings(
    max_examples=60, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@ONCE
@given(path=PATHS, body=BODIES)
def test_no_json_is_answered_as_a_bug(emulator, token, path, body):
    answer = emulator.session.post(
        emulator.https + path,
        data=json.dumps(body),
        headers={**JSON, "Authorization": f"Bearer {token}"},
    )
    assert answer.status_code < 500


@ONCE
@given(
    path=st.text(max_size=20), name=st.sampled_from(["$filter", "$select", "$top"]), text=st.text()
)
def test_no_address_is_answered_as_a_bug(emulator, token, path, name, text):
    for start in ("/me/messages/", "/me/mailFolders/", "/users/"):
        quoted = quote(path, safe="", errors="replace")
        answer = emulator.graph(token, "GET", start + quoted)
        assert answer.status_code < 500
    query = {name: text.encode("utf-8", "replace")}
    assert emulator.graph(token, "GET", "/me/messages", params=query).status_code < 500


@ONCE
@given(mime=st.binary(max_size=300))
def test_no_mime_is_answered_as_a_bug(emulator, token, mime):
    assert send_mime(emulator, token, b"To: a@b.example\r\n" + mime).status_code in (202, 400, 403)


@ONCE
@given(tree=TREES)
def test_no_xml_is_answered_as_a_bug(emulator, ews_token, tree):
    answer = post(emulator, ews_token, tree)
    assert "ErrorInternalServerError" not in answer.text


@ONCE
@given(form=st.dictionaries(st.sampled_from(
    "client_id client_secret grant_type code scope refresh_token client_assertion".split()
), st.text()))  # fmt: skip
def test_no_form_is_answered_as_a_bug(emulator, form):
    data = {name: value.encode("utf-8", "replace") for name, value in form.items()}
    answer = emulator.session.post(f"{emulator.authority()}/oauth2/v2.0/token", data=data)
    assert answer.status_code in (400, 401)
    assert answer.json()["error_codes"]
