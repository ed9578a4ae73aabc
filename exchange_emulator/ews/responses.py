"""Make the elements around every answer: one response message for each thing asked for."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from starlette.responses import Response

from exchange_emulator.ews import soap
from exchange_emulator.ews.text import escape
from exchange_emulator.mail.errors import MailError

Asked = TypeVar("Asked")

# Each operation maps to the element that its errors still have to contain.
OPERATIONS = {
    "CreateItem": "<m:Items/>",
    "SendItem": "",
    "GetItem": "<m:Items/>",
    "FindItem": "",
    "DeleteItem": "",
    "MoveItem": "<m:Items/>",
    "UpdateItem": "<m:Items/>",
    "CreateAttachment": "<m:Attachments/>",
    "GetAttachment": "<m:Attachments/>",
    "DeleteAttachment": "",
    "GetFolder": "<m:Folders/>",
    "FindFolder": "",
    "ResolveNames": "",
    "ConvertId": "",
}


def each(operation: str, asked: Iterable[Asked], answer: Callable[[Asked], str]) -> str:
    """Answer each of `asked` with success or an error."""
    return wrapped(operation, "".join(_message(operation, one, answer) for one in asked))


def _message(operation: str, asked: Asked, answer: Callable[[Asked], str]) -> str:
    try:
        content = answer(asked)
    except MailError as error:
        return _error(operation, error.code, error.text)
    return success(operation, content)


def _error(operation: str, code: str, text: str, message_xml: str = "") -> str:
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Error"><m:MessageText>{escape(text)}'
        f"</m:MessageText><m:ResponseCode>{escape(code)}</m:ResponseCode>"
        f"<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{message_xml}{OPERATIONS[operation]}"
        f"</m:{operation}ResponseMessage>"
    )


def error(operation: str, code: str, text: str, *, message_xml: str = "") -> Response:
    """Return a whole answer: HTTP 200 with one error inside."""
    message = _error(operation, code, text, message_xml)
    return soap.answer(wrapped(operation, message), operation=operation)


def success(operation: str, content: str) -> str:
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Success">'
        f"<m:ResponseCode>NoError</m:ResponseCode>{content}</m:{operation}ResponseMessage>"
    )


def wrapped(operation: str, messages: str) -> str:
    return (
        f"<m:{operation}Response><m:ResponseMessages>{messages}</m:ResponseMessages>"
        f"</m:{operation}Response>"
    )
