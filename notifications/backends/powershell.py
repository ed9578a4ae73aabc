"""Texts as PowerShell reads them. Pure."""

import re

_COMMAND = re.compile(r"[A-Z][a-z]+-[A-Z][A-Za-z0-9]+ .*-[A-Z][A-Za-z]+ ")
_SINGLE_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")


def quoted(text: str) -> str:
    """The text in single quotes, which PowerShell ends at any of Unicode's single quotes."""
    return "'" + _SINGLE_QUOTES.sub(r"\1\1", text) + "'"


def is_command(line: str) -> bool:
    """Tell a line that is one command, such as `Set-Mailbox -Identity …`, from a sentence."""
    return _COMMAND.match(line) is not None
