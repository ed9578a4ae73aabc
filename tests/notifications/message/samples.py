"""Small messages for the tests of composing, and the parts of what was composed."""

import io
from email import message_from_bytes

from notifications.message.message import File, MailMessage
from tests.corpus import ACCOUNT, ANNA


def a_message(**changes):
    values = {
        "message_id": "<1.a@contoso.com>",
        "sender": ACCOUNT,
        "from_": ACCOUNT,
        "to": (ANNA,),
        "subject": "Ticket 4711",
    }
    return MailMessage(**{**values, **changes})


def a_file(name="a.txt", content=b"content", content_type="text/plain", content_id=""):
    return File(name, content_type, len(content), lambda: io.BytesIO(content), content_id)


def parts_of(mime):
    return [part for part in message_from_bytes(mime).walk() if not part.is_multipart()]
