"""Answer POST /EWS/Exchange.asmx, however the path is capitalised."""

from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

from starlette.requests import Request
from starlette.responses import Response

from exchange_emulator.ews import (
    access,
    attachments,
    changing,
    creating,
    finding,
    folders,
    names,
    reading,
    soap,
    validation,
)
from exchange_emulator.ews.access import Call, UnauthorizedError
from exchange_emulator.ews.grammar import VERSIONS
from exchange_emulator.ews.text import escape
from exchange_emulator.ews.validation import SchemaError
from exchange_emulator.mail.errors import MailError

# Only a restriction made to break something is nested more deeply.
DEEPEST = 60
OPERATION: dict[str, Callable[[Call, Element], str]] = {
    "CreateItem": creating.create_item,
    "SendItem": creating.send_item,
    "GetItem": reading.get_item,
    "FindItem": finding.find_item,
    "DeleteItem": changing.delete_item,
    "MoveItem": changing.move_item,
    "UpdateItem": changing.update_item,
    "CreateAttachment": attachments.create_attachment,
    "GetAttachment": attachments.get_attachment,
    "DeleteAttachment": attachments.delete_attachment,
    "GetFolder": folders.get_folder,
    "FindFolder": folders.find_folder,
    "ResolveNames": names.resolve_names,
    "ConvertId": names.convert_id,
}


async def exchange(request: Request) -> Response:
    try:
        call = access.admit(request)
    except UnauthorizedError as error:
        return access.unauthorized(error)
    made = _refused(call) or await _carry_out(call)
    given = request.headers
    if given.get("return-client-request-id", "").lower() == "true" and "client-request-id" in given:
        made.headers["client-request-id"] = given["client-request-id"]
    return made


async def _carry_out(call: Call) -> Response:
    request = call.request
    try:
        operation = _operation(await request.body())
        name = validation.name_of(operation).removeprefix("m:")
        request.scope["state"]["operation"] = name
        validation.check(operation)
    except SchemaError as error:
        return _violation(str(error))
    except MailError as error:
        return soap.fault(error.code, error.text)
    try:
        return soap.answer(OPERATION[name](call, operation), operation=name)
    except MailError as error:
        return soap.fault(error.code, error.text)


def _refused(call: Call) -> Response | None:
    """Refuse what never gets as far as its body: blocked tenants, too many calls at once."""
    if call.request.method != "POST":
        return Response(status_code=405, headers=soap.headers())
    tenant = call.world.directory.tenant(call.account.tenant_id)
    if tenant and not tenant.ews_enabled:
        return soap.blocked()
    try:
        call.world.faults.check_enabled(call.account.address)
    except MailError:
        error = access.no_mailbox()
        return soap.fault(error.code, error.text)
    if call.request.scope["state"].get("is_over_concurrency"):
        return soap.connection_count(call.world.limits.values["ews_concurrency"] or 0)
    return None


def _operation(body: bytes) -> Element:
    """Return the first child of the SOAP body."""
    envelope = _parsed(body)
    found = envelope.find(f"{{{soap.SOAP}}}Body")
    if envelope.tag != f"{{{soap.SOAP}}}Envelope" or found is None or not len(found):
        raise SchemaError("The element 'Envelope' has incomplete content.")
    _check_version(envelope)
    operation = found[0]
    name = validation.name_of(operation)
    if name.removeprefix("m:") not in OPERATION or not name.startswith("m:"):
        raise SchemaError(f"The element 'Body' has invalid child element '{name}'.")
    return operation


def _parsed(body: bytes) -> Element:
    try:
        # Expat limits entity expansion by itself, and the sender is a test.
        envelope = ElementTree.fromstring(body)  # noqa: S314
    except (ParseError, LookupError, ValueError) as error:
        # An unknown encoding raises the last two.
        text = f"The request is not well-formed XML: {error}"
        raise MailError("ErrorInvalidRequest", text) from error
    level, depth = list(envelope), 0
    while level:
        level, depth = [each for parent in level for each in parent], depth + 1
    if depth > DEEPEST:
        raise MailError("ErrorInvalidRequest", "The request is nested too deeply.")
    return envelope


def _check_version(envelope: Element) -> None:
    """Refuse an unknown version; clients may leave the header out, as DavMail does."""
    wanted = envelope.find(f"{{{soap.SOAP}}}Header/{{{soap.TYPES}}}RequestServerVersion")
    if wanted is not None and wanted.get("Version", VERSIONS[0]) not in VERSIONS:
        raise MailError("ErrorInvalidServerVersion", "The specified server version is invalid.")


def _violation(text: str) -> Response:
    return soap.fault(
        "ErrorSchemaValidation",
        f"The request failed schema validation: {text}",
        short="The request failed schema validation.",
        message_xml="<t:LineNumber>1</t:LineNumber><t:LinePosition>1</t:LinePosition>"
        f"<t:Violation>{escape(text)}</t:Violation>",
    )
