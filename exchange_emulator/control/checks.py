"""Check the types of a fault's fields; a wrong one would break every later request."""

import re
from collections.abc import Callable
from typing import Any

from exchange_emulator.entra.errors import KINDS as AADSTS

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_HEADER_VALUE = re.compile(r"[\t -~\xa0-\xff]*\Z")
_NUMBER = re.compile(r"\d+\Z", re.ASCII)


def _is_text(value: Any) -> bool:
    """Say whether the value is text; no answer could contain half a surrogate pair."""
    return isinstance(value, str) and value.encode("utf-8", "replace").decode() == value


def is_whole(value: Any, *, least: int = 0, most: int = 2**31) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_number(value: Any, *, least: float = 0, most: float = 1e9) -> bool:
    """Say whether the value is a number in the range; NaN is not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_header_value(value: Any) -> bool:
    return isinstance(value, str) and _HEADER_VALUE.match(value) is not None


def _are_headers(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _HEADER_NAME.match(name) and _is_header_value(each) for name, each in value.items()
    )


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "count": lambda value: value is None or is_whole(value),
    "skip": is_whole,
    "probability": lambda value: is_number(value, most=1),
    "status": lambda value: value == 0 or is_whole(value, least=200, most=599),
    "body": lambda value: value is None or isinstance(value, dict | list) or _is_text(value),
    "headers": _are_headers,
    "retry_after": lambda value: value is None or is_number(value) or _is_header_value(value),
    "latency_ms": is_number,
    "when": lambda value: value in ("before", "after"),
    "drop": lambda value: value in ("", "before", "after"),
    "back_off_ms": is_whole,
    "code": lambda value: value in (70008, 700082),
    "hits": is_whole,
}


def check_fields(given: dict[str, Any]) -> None:
    """Raise ValueError for the first field that is not what docs/emulator.md says."""
    for name, value in given.items():
        if not _CHECKS.get(name, _is_text)(value):
            raise ValueError(f"the field {name} cannot be {value!r}")
    number = given["error_code"]
    if given["path"].lower().endswith("/token") and number and not is_aadsts(number):
        raise ValueError(f"the token endpoint has no error {number!r}")


def is_aadsts(text: str) -> bool:
    return _NUMBER.match(text) is not None and len(text) < 10 and int(text) in AADSTS  # noqa: PLR2004
