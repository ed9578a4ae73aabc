"""msgraph-sdk, Microsoft's own, as it comes from PyPI, with azure-identity's sign-in."""

import asyncio
import base64
import ssl
from contextlib import asynccontextmanager

import httpx
import pytest
from azure.identity import AuthorizationCodeCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.attachment_item import AttachmentItem
from msgraph.generated.models.attachment_type import AttachmentType
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.file_attachment import FileAttachment
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.messages.item.attachments.create_upload_session.create_upload_session_post_request_body import (  # noqa: E501 - the generator's own name
    CreateUploadSessionPostRequestBody,
)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import (
    SendMailPostRequestBody,
)
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory

from tests.exchange_emulator.emulator import CALLBACK, CLIENT, DESK, SECRET, TENANT
from tests.exchange_emulator.test_tokens import get_code

# The SDK's own generated code uses what its own base library deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SCOPES = ["Mail.Send", "Mail.Send.Shared", "Mail.ReadWrite", "User.Read"]


@asynccontextmanager
async def graph(emulator):
    """A client of the SDK; only addresses and the certificate authority are ours."""
    code = get_code(emulator, scope=" ".join([*SCOPES, "offline_access", "openid", "profile"]))
    credential = AuthorizationCodeCredential(
        TENANT,
        CLIENT,
        code,
        CALLBACK,
        client_secret=SECRET,
        authority=emulator.https,
        disable_instance_discovery=True,
        connection_verify=emulator.ca,
    )
    host = emulator.https.removeprefix("https://").partition(":")[0]
    provider = AzureIdentityAuthenticationProvider(credential, scopes=SCOPES, allowed_hosts=[host])
    # The server closes: asyncio would leave the end of TLS to a loop that is gone by then.
    transport = httpx.AsyncClient(
        base_url=f"{emulator.https}/v1.0",
        verify=ssl.create_default_context(cafile=emulator.ca),
        headers={"Connection": "close"},
    )
    async with transport:
        client = GraphClientFactory.create_with_default_middleware(
            client=transport, options=options
        )
        # httpx ends its base URL with a slash, so every address of the SDK has two there.
        yield GraphServiceClient(request_adapter=GraphRequestAdapter(provider, client))
    credential.close()


def run(emulator, work):
    async def with_client():
        async with graph(emulator) as client:
            return await work(client)

    return asyncio.run(with_client())


def recipient(address):
    return Recipient(email_address=EmailAddress(address=address))


def message(**fields):
    return Message(
        subject="Hello",
        body=ItemBody(content_type=BodyType.Html, content="<p>Hi</p>"),
        to_recipients=[recipient("ann@example.org")],
        **fields,
    )


def test_it_reads_the_account(emulator):
    me = run(emulator, lambda client: client.me.get())
    assert me.user_principal_name == DESK


def test_it_sends(emulator):
    body = SendMailPostRequestBody(message=message(), save_to_sent_items=False)
    run(emulator, lambda client: client.me.send_mail.post(body))
    [sent] = emulator.messages()
    assert (sent["subject"], sent["recipients"]) == ("Hello", ["ann@example.org"])


def test_it_sends_through_the_users_address(emulator):
    body = SendMailPostRequestBody(message=message())
    run(emulator, lambda client: client.users.by_user_id(DESK).send_mail.post(body))
    assert len(emulator.messages()) == 1


def test_it_makes_attaches_sends_and_finds_a_draft(emulator):
    async def work(client):
        draft = await client.me.messages.post(message())
        one = client.me.messages.by_message_id(draft.id)
        file = FileAttachment(
            odata_type="#microsoft.graph.fileAttachment",
            name="a.txt",
            content_type="text/plain",
            content_bytes=base64.b64encode(b"hello"),
        )
        await one.attachments.post(file)
        await one.patch(Message(subject="Changed"))
        await one.send.post()
        sent = client.me.mail_folders.by_mail_folder_id("sentitems").messages
        # Here, because the module warns when it is imported, and warnings are errors.
        from msgraph.generated.users.item.mail_folders.item.messages import (
            messages_request_builder as builders,
        )

        parameters = builders.MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(
            filter=f"internetMessageId eq '{draft.internet_message_id}'", select=["subject"]
        )
        found = await sent.get(RequestConfiguration(query_parameters=parameters))
        return draft, found.value

    draft, [found] = run(emulator, work)
    assert draft.is_draft is True
    assert found.subject == "Changed"
    assert b"a.txt" in emulator.mime(1)


def test_it_raises_microsofts_error(emulator):
    body = SendMailPostRequestBody(message=message(from_=recipient("ceo@contoso.example")))
    with pytest.raises(ODataError) as caught:
        run(emulator, lambda client: client.me.send_mail.post(body))
    assert caught.value.response_status_code == 403
    assert caught.value.error.code == "ErrorSendAsDenied"
    assert caught.value.error.inner_error.request_id


def test_it_opens_a_session_for_a_large_attachment(emulator):
    """The SDK's LargeFileUploadTask wants range ends that Outlook does not send: PUT by hand."""
    data = bytes(range(256)) * (16 * 1024)
    half = len(data) // 2

    async def work(client):
        draft = await client.me.messages.post(message())
        one = client.me.messages.by_message_id(draft.id)
        item = AttachmentItem(attachment_type=AttachmentType.File, name="big.bin", size=len(data))
        body = CreateUploadSessionPostRequestBody(attachment_item=item)
        session = await one.attachments.create_upload_session.post(body)
        for first in (0, half):
            headers = {"Content-Range": f"bytes {first}-{first + half - 1}/{len(data)}"}
            part = data[first : first + half]
            emulator.session.put(session.upload_url, data=part, headers=headers).raise_for_status()
        await one.send.post()
        return session

    session = run(emulator, work)
    assert session.next_expected_ranges == ["0-"]
    assert base64.b64encode(data[:30]) in emulator.mime(1)
