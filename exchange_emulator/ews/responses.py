"""The elements around every answer: one response message for each thing asked for."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from xml.sax.saxutils import escape

from exchange_emulator.mail.errors import MailError

Asked = TypeVar("Asked")


def each(
    operation: str,
    asked: Iterable[Asked],
    answer: Callable[[Asked], str],
    *,
    empty: str = "",
) -> str:
    """Success or error for each of `asked`; `empty` is what an error still has to contain."""
    messages = "".join(_message(operation, one, answer, empty) for one in asked)
    return wrapped(operation, messages)


def _message(operation: str, asked: Asked, answer: Callable[[Asked], str], empty: str) -> str:
    try:
        content = answer(asked)
    except MailError as error:
        return (
            f'<m:{operation}ResponseMessage ResponseClass="Error"><m:MessageText>'
            f"{escape(error.text)}</m:MessageText><m:ResponseCode>{error.code}</m:ResponseCode>"
            f"<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{empty}"
            f"</m:{operation}ResponseMessage>"
        )
    return success(operation, content)


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
