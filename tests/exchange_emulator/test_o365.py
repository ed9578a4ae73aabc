"""python-o365, as it comes from PyPI, signs in and does its normal work."""

import pytest
import requests
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend

from tests.exchange_emulator.emulator import CALLBACK, CLIENT, DESK, MAIL, SECRET, TENANT

LARGE = bytes(3 * 1024 * 1024 + 5000)


@pytest.fixture
def account(emulator):
    class Protocol(MSGraphProtocol):
        """The base URL is a class attribute of the library's own."""

        _protocol_url = f"{emulator.https}/"

    account = Account(
        (CLIENT, SECRET),
        protocol=Protocol(),
        tenant_id=TENANT,
        token_backend=MemoryTokenBackend(),
        raise_http_errors=True,
        request_retries=0,
    )
    # It has no option for another login server than Microsoft's: this is its MSAL client.
    account.con._msal_client = emulator.client(token_cache=account.con.token_backend)
    sign_in(emulator, account)
    yield account
    account.con.session.close()


def sign_in(emulator, account):
    url, flow = account.con.get_authorization_url(list(MAIL), redirect_uri=CALLBACK)
    answer = emulator.choose(url, DESK)
    query = "&".join(f"{name}={value}" for name, value in answer.items())
    assert account.con.request_token(f"{CALLBACK}?{query}", flow=flow)
    account.con.session = account.con.get_session()


def message(account, **fields):
    made = account.mailbox().new_message()
    made.to.add("ann@example.org")
    made.subject = fields.get("subject", "Hello")
    made.body = "<p>Hi</p>"
    return made


def test_it_sends(emulator, account):
    assert message(account).send()
    [sent] = emulator.messages()
    assert (sent["api"], sent["recipients"]) == ("graph-sendmail", ["ann@example.org"])


def test_it_does_not_save_a_copy_when_told_so(emulator, account):
    assert message(account).send(save_to_sent_folder=False)
    assert list(account.mailbox().sent_folder().get_messages()) == []


def test_it_saves_changes_and_sends_a_draft(emulator, account):
    draft = message(account)
    assert draft.save_draft()
    draft.subject = "Changed"
    assert draft.save_draft()
    assert draft.send()
    [sent] = emulator.messages()
    assert (sent["subject"], sent["api"]) == ("Changed", "graph-send")


def test_it_uploads_a_large_attachment(emulator, account, tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(LARGE)
    draft = message(account)
    assert draft.save_draft()
    draft.attachments.add(str(path))
    assert draft.save_draft()
    assert draft.send()
    stats = emulator.control("GET", "stats").json()["requests"]
    assert any("AttachmentSessions" in path for path in stats)
    assert b'filename="large.bin"' in emulator.mime(1)


def test_it_lists_and_searches(emulator, account):
    for number in range(3):
        message(account, subject=f"Number {number}").send()
    sent = account.mailbox().sent_folder()
    assert len(list(sent.get_messages(limit=2))) == 2
    query = account.mailbox().new_query().equals("subject", "Number 1")
    [found] = sent.get_messages(query=query)
    assert found.subject == "Number 1"
    assert found.delete()
    assert len(list(sent.get_messages())) == 2


def test_it_sees_errors(emulator, account):
    made = message(account)
    made.sender = "ceo@contoso.example"
    with pytest.raises(requests.HTTPError) as caught:
        made.send()
    assert caught.value.response.status_code == 403
    assert caught.value.response.json()["error"]["code"] == "ErrorSendAsDenied"
