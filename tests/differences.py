"""The parts of a message that did not arrive as they were meant.

This knows nothing of the code that composes: it reads MIME with Python's email package.
"""

import re
import unicodedata
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from notifications.message.message import MailMessage

# Headers that Exchange may drop on its own account.
_DROPPED_BY_EXCHANGE = ("auto-submitted",)


def differences(message: MailMessage, mime: bytes) -> list[str]:
    """Return a line for each difference, except Bcc and what mail systems add."""
    found = message_from_bytes(mime)
    inline_expected = bool(message.html) and not message.plain_text_only
    leaves = list(_leaves(found))
    bodies, files = [], []
    for part in leaves:
        (files if _is_file(part) else bodies).append(part)
    texts = {part.get_content_subtype(): part for part in bodies}
    checks = [
        ("Subject", message.subject, _text(found["Subject"])),
        ("Message-ID", message.message_id, str(found["Message-ID"]).strip()),
        ("From", [_pair(message.from_)], _mailboxes(found, "From")),
        ("To", list(map(_pair, message.to)), _mailboxes(found, "To")),
        ("Cc", list(map(_pair, message.cc)), _mailboxes(found, "Cc")),
        ("Reply-To", list(map(_pair, message.reply_to)), _mailboxes(found, "Reply-To")),
        ("importance", message.importance.value, (found["Importance"] or "normal").lower()),
        ("has a date", True, found["Date"] is not None),
        ("has HTML", inline_expected, "html" in texts),
        ("number of bodies", 1 + inline_expected, len(bodies)),
        ("HTML", _lines(message.html) if inline_expected else "", _body(texts.get("html"))),
        (
            "files",
            sorted(_meant_file(file, message.html * inline_expected) for file in message.files),
            sorted(map(_found_file, files)),
        ),
    ]
    if message.text.strip() or not message.html:
        checks.append(("text", _lines(message.text), _body(texts.get("plain"))))
    checks += [
        (f"header {name}", " ".join(value.split()), " ".join(_text(found[name]).split()))
        for name, value in message.headers
        if name.lower() not in _DROPPED_BY_EXCHANGE or name in found
    ]
    return [
        f"{field}: meant {_short(meant)}, arrived {_short(arrived)}"
        for field, meant, arrived in checks
        if _normal(meant) != _normal(arrived)
    ]


def _leaves(message: Message):
    inside = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(inside, list):
        for part in inside:
            yield from _leaves(part)
    else:
        yield message


def _is_file(part):
    return part.get_content_maintype() != "text" or part.get_filename() is not None


def _text(value):
    """Decode a header; it is unfolded first, because encoded words may be on several lines."""
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", str(value or ""))
    if "=?" not in unfolded:
        return unfolded
    return "".join(
        piece.decode(charset or "ascii") if isinstance(piece, bytes) else piece
        for piece, charset in decode_header(unfolded)
    )


def _pair(address):
    return (address.name, address.address)


def _mailboxes(message, name):
    values = [re.sub(r"\r?\n(?=[ \t])", "", str(value)) for value in message.get_all(name, [])]
    return [(_text(shown), address) for shown, address in getaddresses(values)]


def _lines(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def _body(part):
    if part is None:
        return ""
    charset = part.get_content_charset()
    # Python has no codec of this name; the "-i" says in which order the letters are stored.
    codec = "iso-8859-8" if charset == "iso-8859-8-i" else charset
    return _lines(part.get_payload(decode=True).decode(codec))


def _meant_file(file, html):
    content = file.read()
    name = file.name
    if file.content_type == "message/rfc822" and not name.endswith(".eml"):
        name += ".eml"
    is_named = file.content_id and f"cid:{file.content_id}" in html
    return (name, len(content), hash(content), file.content_id if is_named else "")


def _found_file(part):
    content = part.get_payload(decode=True) or b""
    content_id = str(part["Content-ID"] or "").strip().strip("<>")
    return (_file_name(part), len(content), hash(content), content_id)


def _file_name(part):
    """Return the file name; RFC 2231's form has no encoded words, so a name may look like one."""
    is_extended = isinstance(part.get_param("filename", header="content-disposition"), tuple)
    return part.get_filename() if is_extended else _text(part.get_filename())


def _normal(value):
    """Normalize text, because Windows-1258 writes tone marks on their own."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_normal(each) for each in value]
    return value


def _short(value):
    text = repr(value)
    return text if len(text) < 300 else f"{text[:300]}… ({len(text)} characters)"
