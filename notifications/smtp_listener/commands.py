"""Reading MAIL and RCPT as old devices write them. Pure."""

import re
from dataclasses import dataclass, field

_PATH = r"(?:<\s*([^<>\r\n]*?)\s*>|([^\s<>]+))"
_ROUTE = re.compile(r"^@[^:]*:")
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Path:
    """`address` is what stands in the command, which may be no address; `parameters` by name."""

    address: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The size that the client says the message has; 0 where it says none."""
        text = self.parameters.get("SIZE", "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004


def read_path(keyword: str, argument: str | None) -> Path | None:
    """Read `FROM:<address> parameters`. Brackets may be missing, spaces may be anywhere; parameters
    that nobody knows count for nothing."""
    if not argument or len(argument) > _LONGEST:
        return None
    found = re.match(rf"\s*{keyword}\s*:?\s*{_PATH}(?:\s+(.*))?$", argument, re.IGNORECASE)
    if found is None:
        return None
    address = found[1] if found[1] is not None else found[2]
    words = (found[3] or "").split()
    parameters = {name.upper(): value for name, _is, value in (w.partition("=") for w in words)}
    return Path(_ROUTE.sub("", address), parameters)
