"""exchangelib, as it comes from PyPI, does its normal work against the emulator's EWS."""

import pytest
from exchangelib import (
    DELEGATE,
    OAUTH2,
    Account,
    Build,
    Configuration,
    FileAttachment,
    HTMLBody,
    Identity,
    Mailbox,
    Message,
    OAuth2AuthorizationCodeCredentials,
    Version,
)
from exchangelib.errors import (
    ErrorItemNotFound,
    ErrorMessageSizeExceeded,
    ErrorSendAsDenied,
    ErrorServerBusy,
    UnauthorizedError,
)
from exchangelib.protocol import BaseProtocol, FailFast
from oauthlib.oauth2 import OAuth2Token
from requests.adapters import HTTPAdapter

from tests.exchange_emulator.emulator import DESK, EWS
from tests.exchange_emulator.test_sending import MIME

ONLINE = Version(build=Build(15, 20))


@pytest.fixture(autouse=True)
def _as_it_comes(monkeypatch):
    """The product gives exchangelib an adapter of its own, for the whole process."""
    monkeypatch.setattr(BaseProtocol, "HTTP_ADAPTER_CLS", HTTPAdapter)


@pytest.fixture
def ews_token(emulator):
    return emulator.sign_in(scopes=[EWS])


def open_account(emulator, token, *, version=ONLINE):
    credentials = OAuth2AuthorizationCodeCredentials(
        access_token=OAuth2Token(dict(token)), identity=Identity(primary_smtp_address=DESK)
    )
    config = Configuration(
        service_endpoint=f"{emulator.https}/EWS/Exchange.asmx",
        credentials=credentials,
        auth_type=OAUTH2,
        version=version,
        retry_policy=FailFast(),
    )
    return Account(DESK, config=config, autodiscover=False, access_type=DELEGATE)


@pytest.fixture
def account(emulator, ews_token):
    BaseProtocol.TIMEOUT = 20
    account = open_account(emulator, ews_token)
    yield account
    account.protocol.close()


def message(account, **fields):
    fields = {
        "subject": "Hello",
        "body": "Text",
        "to_recipients": [Mailbox(email_address="ann@example.org")],
        **fields,
    }
    return Message(account=account, **fields)


def test_a_message_is_sent_without_a_copy(emulator, account):
    message(account).send(save_copy=False)
    [sent] = emulator.messages()
    assert sent["api"] == "ews-createitem"
    assert sent["recipients"] == ["ann@example.org"]
    assert account.sent.total_count == 0


def test_a_copy_is_found_in_sent_items_by_its_message_id(emulator, account):
    message(account, message_id="<two@contoso.example>").send_and_save()
    found = account.sent.get(message_id="<two@contoso.example>")
    assert found.subject == "Hello"
    assert found.is_draft is False
    assert found.author.email_address == DESK


def test_mime_is_sent_as_it_is(emulator, account):
    Message(account=account, mime_content=MIME).send(save_copy=False)
    mime = emulator.mime(1)
    assert mime.endswith(b"\r\n\r\nGr\xfc\xdfe\r\n")
    assert emulator.messages()[0]["message_id"] == "<one@contoso.example>"


def test_a_draft_with_attachments_is_saved_changed_and_sent(emulator, account):
    draft = message(account, folder=account.drafts, body=HTMLBody("<p>Hi</p>"))
    draft.save()
    draft.attach(FileAttachment(name="a.txt", content=b"hello"))
    draft.subject = "Changed"
    draft.save(update_fields=["subject"])
    assert account.drafts.get(subject="Changed").attachments[0].content == b"hello"
    draft.send()
    [sent] = emulator.messages()
    assert (sent["subject"], sent["api"]) == ("Changed", "ews-senditem")
    assert b"aGVsbG8=" in emulator.mime(1)


def test_an_item_that_was_sent_is_no_longer_where_it_was(account):
    draft = message(account, folder=account.drafts)
    draft.save()
    first_id = draft.id, draft.changekey
    draft.send()
    with pytest.raises(ErrorItemNotFound):
        account.drafts.get(id=first_id[0], changekey=first_id[1])


def test_a_deleted_draft_is_gone(account):
    draft = message(account, folder=account.drafts)
    draft.save()
    draft.delete()
    assert account.drafts.all().count() == 0


def test_lists_are_ordered_and_limited(emulator, account):
    for number in range(3):
        message(account, subject=f"Number {number}").send_and_save()
    newest = account.sent.all().order_by("-subject").only("subject")[:2]
    assert [each.subject for each in newest] == ["Number 2", "Number 1"]


@pytest.mark.parametrize(
    ("address", "sender"),
    [("it@contoso.example", "it@contoso.example"), ("facilities@contoso.example", DESK)],
)
def test_the_from_follows_the_rights(emulator, account, address, sender):
    message(account, author=Mailbox(email_address=address)).send(save_copy=False)
    [sent] = emulator.messages()
    assert (sent["from"], sent["sender"]) == (address, sender)


def test_a_foreign_from_raises_send_as_denied(account):
    denied = message(account, author=Mailbox(email_address="ceo@contoso.example"))
    with pytest.raises(ErrorSendAsDenied):
        denied.send(save_copy=False)


def test_a_message_over_the_limit_raises(emulator, account):
    emulator.limits(message_size=100)
    with pytest.raises(ErrorMessageSizeExceeded):
        message(account, body="x" * 200).send(save_copy=False)


def test_a_busy_server_says_for_how_long(emulator, account):
    emulator.fault(kind="server-busy", back_off_ms=5000, path="/EWS/*", count=1)
    with pytest.raises(ErrorServerBusy) as caught:
        message(account).send(save_copy=False)
    assert caught.value.back_off == 5


def test_a_busy_server_may_say_so_inside_a_200(emulator, account):
    emulator.fault(
        kind="server-busy-in-response", operation="CreateItem", path="/EWS/*", back_off_ms=5000
    )
    with pytest.raises(ErrorServerBusy):
        message(account).send(save_copy=False)


def test_a_revoked_token_raises_unauthorized(emulator, account):
    emulator.fault(kind="token-revoked", mailbox=DESK)
    with pytest.raises(UnauthorizedError):
        message(account).send(save_copy=False)


def test_the_version_is_found_without_being_told(emulator, ews_token):
    account = open_account(emulator, ews_token, version=None)
    assert account.version.build >= Build(15, 20)
    account.protocol.close()


def test_it_finds_the_folders_that_every_mailbox_has(account):
    assert account.junk.name == "Junk Email"
    assert account.calendar.name == "Calendar"
