"""Content types with their parameters, and the extensions that go with them (RFC 2045). Pure."""

import mimetypes
import re
from pathlib import PurePosixPath

_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,62}/[a-z0-9][a-z0-9.+_-]{0,62}", re.IGNORECASE)
# Nothing goes back (++, *+): runs of spaces would else take a time that grows with their cube.
_PARAMETER = re.compile(
    r'\s*+([^\s=;"]++)\s*+=\s*+("(?:[^"\\]|\\.)*+"|[^;"]*+)\s*+(?:;|\Z)', re.DOTALL
)
_TOKEN = re.compile(r"[!#$%&'+.^_`{|}~0-9A-Za-z-]+")
_QUOTABLE = re.compile(r"[ -~]+")
# The name is a parameter of its own, and boundaries are for parts that files are not.
_NOT_KEPT = ("name", "boundary")
UNKNOWN = "application/octet-stream"
# Only what Python itself knows, so that a file has the same name on every machine.
_KNOWN = mimetypes.MimeTypes()
for _extension, _type in {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gz": "application/gzip",
    ".ics": "text/calendar",
    ".md": "text/markdown",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".vcf": "text/vcard",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}.items():
    _KNOWN.add_type(_type, _extension)
_USUAL = {"application/xml": ".xml"}  # Python names another one first


def clean_content_type(text: str, *, longest: int = 200) -> str:
    """Return the type with the parameters that can stand in a header, in their usual form; "" if it
    is none. A parameter that cannot, or that is too much, is left out."""
    kind, _semicolon, rest = text.partition(";")
    clean = kind.strip().lower()
    if not _TYPE.fullmatch(clean) or len(clean) > longest:
        return ""
    at = 0
    while found := _PARAMETER.match(rest, at):
        at = found.end()
        name, value = found[1].lower(), _unquoted(found[2].strip())
        if name not in _NOT_KEPT and _TOKEN.fullmatch(name) and _QUOTABLE.fullmatch(value):
            longer = f"{clean}; {name}={_quoted(value)}"
            clean = longer if len(longer) <= longest and f"; {name}=" not in clean else clean
    return clean


def type_of(name: str) -> str:
    """Return the type that a file of this name usually has."""
    return _KNOWN.guess_type(name)[0] or UNKNOWN


def with_extension(name: str, content_type: str) -> str:
    """Return the name, with the extension of its type if it has none."""
    kind = content_type.partition(";")[0]
    if PurePosixPath(name).suffix or name.startswith(".") or kind == UNKNOWN:
        return name
    return name + (_USUAL.get(kind) or _KNOWN.guess_extension(kind) or "")


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value


def _quoted(value: str) -> str:
    if _TOKEN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
