"""Sizes that fit into one request to Graph. Pure.

Graph takes about 4 MB in a request, and MIME travels in base64: that leaves 3 MB of MIME, in which
a file is in base64 once more ("user: sendMail"; microsoft-graph-docs issues 85 and 682). Nobody
says whether these are millions of bytes or more, so there is room for both.
"""

from collections.abc import Iterable, Sequence

from notifications.message.message import File, MailMessage

LARGEST_MIME = 3_000_000
# Smaller files are posted to the draft, the others are uploaded in a session ("Attach large files
# to Outlook messages as attachments").
SMALLEST_UPLOAD = 3_000_000
_LINE, _ENCODED_LINE = 57, 78  # octets, and what base64 with its line end makes of them
_PART_HEADERS = 1000
_OF_A_CHARACTER = 30  # octets of a name's character in both of its headers
_MESSAGE_HEADERS = 4000


def encoded_size(size: int) -> int:
    """Return the size of a file of `size` bytes as a part of a MIME message."""
    return -(-size // _LINE) * _ENCODED_LINE + _PART_HEADERS


def mime_size(texts: Iterable[str], sizes: Iterable[int]) -> int:
    """Return a message's largest size; text counts twice, as it may come from the HTML."""
    bodies = sum(2 * len(text.encode(errors="replace")) for text in texts)
    return _MESSAGE_HEADERS + bodies + sum(map(encoded_size, sizes))


def split(message: MailMessage, *, largest: int = LARGEST_MIME) -> tuple[list[File], list[File]]:
    """Return the files that go within the MIME, and those that the draft gets afterwards. The
    smallest go within, so that inline images stay where they belong."""
    room = largest - mime_size((message.text, message.html), ())
    within: list[File] = []
    for file in sorted(message.files, key=lambda each: each.size):
        room -= encoded_size(file.size) + _OF_A_CHARACTER * len(file.name)
        if room < 0:
            break
        within.append(file)
    return _in_order(message.files, within), _in_order(message.files, within, other=True)


def _in_order(files: Sequence[File], chosen: list[File], *, other: bool = False) -> list[File]:
    marks = {id(file) for file in chosen}
    return [file for file in files if (id(file) in marks) != other]
