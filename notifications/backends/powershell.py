"""Texts as PowerShell reads them. Pure."""

import re

_SINGLE_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")


def quoted(text: str) -> str:
    """The text in single quotes, which PowerShell ends at any of Unicode's single quotes."""
    return "'" + _SINGLE_QUOTES.sub(r"\1\1", text) + "'"
