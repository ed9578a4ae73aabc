"""A full run through every address agrees with Microsoft's schemas.

Besides, the session's emulator records what all other tests do, and its
fixture checks that at the end. Without the schemas (see `contracts`) this
checks that answers are well-formed and in the shapes of their kind.
"""

import json

import pytest
from lxml import etree

from tests.exchange_emulator import contracts
from tests.exchange_emulator import emulator as running
from tests.exchange_emulator.emulator import DESK, EWS
from tests.exchange_emulator.test_attachments import CHUNK, SIZE, attachment, begin, put
from tests.exchange_emulator.test_drafts import draft, mime_draft
from tests.exchange_emulator.test_ews import NAMESPACES, SIMPLE, create, get, item_id, post, send
from tests.exchange_emulator.test_sending import MIME, people, send_json, send_mime
from tests.exchange_emulator.test_tokens import renew

FOLDER = "<m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>"
SHAPE = "<m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
SENT = '<m:ParentFolderIds><t:DistinguishedFolderId Id="sentitems"/></m:ParentFolderIds>'
ROOT = '<t:DistinguishedFolderId Id="msgfolderroot"/>'


def tour_of_graph(emulator, token):
    send_mime(emulator, token, MIME)
    send_json(emulator, token, {"attachments": [attachment()]}, saveToSentItems=False)
    send_json(emulator, token, {"toRecipients": []})
    send_json(emulator, token, {"from": people("ceo@contoso.example")[0]})
    made = draft(emulator, token)
    path = f"/me/messages/{made['id']}"
    emulator.graph(token, "PATCH", path, json={"subject": "New", "importance": "high"})
    file = emulator.graph(token, "POST", f"{path}/attachments", json=attachment()).json()
    upload = begin(emulator, token, made).json()["uploadUrl"]
    put(emulator, upload, 0, CHUNK - 1)
    put(emulator, upload, CHUNK, SIZE - 1)
    for more in ("", "?$select=id,isDraft", f"/attachments/{file['id']}"):
        emulator.graph(token, "GET", path + more)
    emulator.graph(token, "POST", f"{path}/send")
    emulator.graph(token, "GET", path)
    emulator.graph(token, "DELETE", f"/me/messages/{mime_draft(emulator, token)['id']}")
    for path in ("", "/messages?$count=true", "/mailFolders/drafts", "/mailFolders"):
        emulator.graph(token, "GET", f"/me{path}")
        emulator.graph(token, "GET", f"/users/{DESK}{path}")


def tour_of_ews(emulator, token):
    create(emulator, token, SIMPLE, "SendAndSaveCopy")
    item = item_id(create(emulator, token, SIMPLE))
    get(emulator, token, item, "AllProperties")
    file = "<t:FileAttachment><t:Name>a</t:Name><t:Content>aGk=</t:Content></t:FileAttachment>"
    parent = item.replace("t:ItemId", "m:ParentItemId")
    post(
        emulator,
        token,
        f"<m:CreateAttachment>{parent}<m:Attachments>{file}</m:Attachments></m:CreateAttachment>",
    )
    send(emulator, token, item)
    for operation in (
        f"<m:GetFolder>{FOLDER}<m:FolderIds>{ROOT}</m:FolderIds></m:GetFolder>",
        f'<m:FindFolder Traversal="Deep">{FOLDER}<m:ParentFolderIds>{ROOT}</m:ParentFolderIds>'
        "</m:FindFolder>",
        f'<m:FindItem Traversal="Shallow">{SHAPE}{SENT}</m:FindItem>',
        f'<m:DeleteItem DeleteType="HardDelete"><m:ItemIds>{item}</m:ItemIds></m:DeleteItem>',
        '<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>IT Department'
        "</m:UnresolvedEntry></m:ResolveNames>",
        '<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsLegacyId"'
        f' Id="{item.split(chr(34))[1]}" Mailbox="{DESK}"/></m:SourceIds></m:ConvertId>',
    ):
        post(emulator, token, operation)


def tour_of_entra(emulator):
    result = emulator.sign_in()
    renew(emulator, result["refresh_token"])
    renew(emulator, "nonsense")
    renew(emulator, result["refresh_token"], client_secret="wrong")
    emulator.fault(kind="token-revoked", mailbox=DESK)
    renew(emulator, result["refresh_token"])
    mfa = emulator.sign_in("mfa@contoso.example")
    renew(emulator, mfa["refresh_token"])


@pytest.fixture
def record(tmp_path, monkeypatch):
    """The exchanges of one tour."""
    record = tmp_path / "exchanges.jsonl"
    emulator = running.start(tmp_path / "data", "--record", str(record))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator.ca)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    try:
        tour_of_graph(emulator, emulator.sign_in()["access_token"])
        tour_of_ews(emulator, emulator.sign_in(scopes=[EWS])["access_token"])
        tour_of_entra(emulator)
    finally:
        running.stop(emulator)
    return record


def test_a_full_run_agrees_with_microsofts_schemas(record):
    exchanges = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert len(exchanges) > 40
    for exchange in exchanges:
        assert exchange["status"], exchange["path"]
        if "json" in exchange["response_type"] and exchange["status"] >= 400:
            assert "error" in json.loads(exchange["response"])
        elif "xml" in exchange["response_type"]:
            etree.fromstring(exchange["response"].encode())
    if contracts.folder():
        assert contracts.violations(record) == []


def test_a_folder_that_is_not_there_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv(contracts.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(AssertionError, match="nowhere has no"):
        contracts.folder()


if contracts.folder():
    # Only where there are schemas to check with.

    def test_the_check_sees_what_is_wrong():
        base = contracts.folder()
        graph = {
            "method": "GET",
            "path": "/v1.0/me",
            "status": 200,
            "response": '{"colour": "red"}',
        }
        assert list(contracts.check_graph(graph, base))
        bad = SIMPLE.replace("<t:Body", "<t:Colour/><t:Body")
        envelope = (
            f"<s:Envelope {NAMESPACES}><s:Body><m:CreateItem><m:Items><t:Message>{bad}</t:Message>"
            "</m:Items></m:CreateItem></s:Body></s:Envelope>"
        )
        assert list(contracts.check_envelope(envelope, base))

    @pytest.mark.parametrize(
        ("path", "status", "response"),
        [
            ("/v1.0/me/colours", 200, "{}"),
            ("/v1.0/me/mailFolders", 200, '{"value": [{"colour": 1}]}'),
            ("/v1.0/me/messages/x/attachments", 200, '{"value": [{"colour": 1}]}'),
            ("/api/v2.0/Users('x')", 200, '{"colour": 1}'),
            ("/nonsense", 200, "{}"),
            ("/x/oauth2/v2.0/token", 400, '{"error": "login_required"}'),
        ],
    )
    def test_an_answer_without_a_rule_or_against_one_is_seen(path, status, response):
        exchange = {"method": "GET", "path": path, "status": status, "response": response}
        exchange |= {"response_type": "application/json", "request_type": "", "request": ""}
        assert contracts.check(exchange, contracts.folder())

    def test_a_fault_with_a_code_of_its_own_is_seen():
        fault = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
            "<faultcode>x</faultcode><faultstring/><detail><ResponseCode>Nonsense</ResponseCode>"
            "</detail></s:Fault></s:Body></s:Envelope>"
        )
        assert list(contracts.check_envelope(fault, contracts.folder()))
