"""Attachments that do not fit into the request that makes the draft.

Sources: "Attach large files to Outlook messages as attachments", "attachment:
createUploadSession". Unlike OneDrive, Outlook has no rule on multiples of 320 KiB.
"""

import base64
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import requests

from notifications.backends.errors import SendError, TransientError
from notifications.backends.microsoft.answers import json_object
from notifications.message.file_names import safe_file_name
from notifications.message.message import File

from .answers import UPLOAD_REFUSED, read, read_id, unreadable
from .http import GraphHttp
from .sizes import SMALLEST_UPLOAD

# Outlook takes ranges of up to 4 MB; this also bounds the memory.
CHUNK = 3 * 1024 * 1024
# A broken range is resumed so many times before the message is left for a later attempt.
MOST_RESUMPTIONS = 5
_TOO_LARGE, _TOO_SMALL = 413, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?/", re.IGNORECASE)
_RANGE = re.compile(r"\d{1,12}")


def complete(http: GraphHttp, path: str, files: Sequence[File], *, done: int) -> None:
    """Give the draft at `path` the files that it lacks, which are all but the first `done`: files
    are given in order, and an upload makes an attachment only at its end."""
    for file in files[done:]:
        is_small = file.size < SMALLEST_UPLOAD
        way, other = (_post, _upload) if is_small else (_upload, _post)
        try:
            way(http, path, file)
        except SendError as error:
            # The two limits are said in words only, and something on the way may have its own.
            if not (error.answer.status == _TOO_LARGE and is_small) and (
                error.answer.code != _TOO_SMALL
            ):
                raise
            other(http, path, file)


def count(http: GraphHttp, path: str) -> int:
    """Count the draft's attachments. Names and sizes prove nothing: Exchange may change a name, and
    counts more than the file itself."""
    found = http.call("GET", f"{path}/attachments?$select=id", expect=(200,))
    return len(read(found, "value", list))


def _post(http: GraphHttp, path: str, file: File) -> None:
    body = _described(file) | {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "contentBytes": base64.b64encode(file.read()).decode("ascii"),
    }
    http.call("POST", f"{path}/attachments", fields=body, expect=(201,))


def _described(file: File) -> dict[str, Any]:
    described: dict[str, Any] = {"name": _name(file), "contentType": file.content_type}
    if file.content_id:
        described |= {"isInline": True, "contentId": file.content_id}
    return described


def _name(file: File) -> str:
    return safe_file_name(file.name)


def _upload(http: GraphHttp, path: str, file: File) -> None:
    item = _described(file) | {"attachmentType": "file", "size": file.size}
    session = http.call(
        "POST",
        f"{path}/attachments/createUploadSession",
        fields={"AttachmentItem": item},
        expect=(201,),
    )
    # The URL carries a token of its own, so it is a secret like any other.
    url = read_id(session, "uploadUrl")
    if not _ADDRESS.match(url):
        raise unreadable(session)
    resumptions, start = 0, 0
    with file.open() as content:
        while start < file.size:
            content.seek(start)
            try:
                response = http.put_range(url, content.read(CHUNK), start, file.size)
                start = _next(response, start + 1, file.size)
            except TransientError as error:
                resumptions += 1
                if resumptions > MOST_RESUMPTIONS or error.answer.code == UPLOAD_REFUSED:
                    raise
                start = _resume(http, url, start, file.size)


def _next(response: requests.Response, least: int, size: int) -> int:
    """Return the start of the next range. Outlook names it, without the dash that OneDrive has, and
    names the attachment after the last one."""
    if response.status_code == 201 and "Location" in response.headers:  # noqa: PLR2004 - Created
        return size
    answer = {key.lower(): value for key, value in json_object(response).items()}
    ranges = answer.get("nextexpectedranges")
    named = _RANGE.match(str(ranges[0])) if isinstance(ranges, list) and ranges else None
    if named is None or not least <= int(named[0]) < size:
        raise unreadable(response)
    return int(named[0])


def _resume(http: GraphHttp, url: str, start: int, size: int) -> int:
    """Ask the session how far it has come; repeat the same range if it does not say."""
    with suppress(SendError):
        return _next(http.get_progress(url), 0, size)
    return start
