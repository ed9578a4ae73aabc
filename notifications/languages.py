"""Language codes, as in BCP 47: `de`, `pt-br`. Pure."""

import re
from collections.abc import Collection

LONGEST = 20  # characters
_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")


def normal(code: str) -> str:
    """Return the code as it is kept: `pt_BR` becomes `pt-br`."""
    return code.strip().replace("_", "-").lower()


def is_language(code: str) -> bool:
    """Tell whether a normal code can be one of a language."""
    return len(code) <= LONGEST and bool(_CODE.fullmatch(code))


def best(wanted: str, available: Collection[str]) -> str:
    """Return the available language that suits best: `de-at`, else `de`; "" if there is none."""
    code = normal(wanted)
    while code:
        if code in available:
            return code
        code = code.rpartition("-")[0]
    return ""
