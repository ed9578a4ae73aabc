"""What of style attributes a reader of text needs to know. Pure."""

import re

from .html_tokens import Tag

Style = dict[str, str]

_WITH_ATTRIBUTES = frozenset("a area img li menu ol".split())
_MATTERS = re.compile(r"hidden|display|visibility|mso-hide|white-space|list-style", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_NAMES = frozenset("display visibility mso-hide white-space list-style list-style-type".split())


def matters(tag: Tag) -> bool:
    """Tell whether the tag's attributes say anything to a reader of text."""
    return tag.name in _WITH_ATTRIBUTES or bool(_MATTERS.search(tag.source))


def style_of(attributes: dict[str, str]) -> Style:
    """Return the declarations that count, in lower case: the last of a name, important ones first
    (CSS Cascading and Inheritance)."""
    found: Style = {}
    if "style" not in attributes:
        return found
    important: set[str] = set()
    for declaration in _COMMENT.sub("", attributes.get("style", "")).lower().split(";"):
        name, _colon, value = (part.strip() for part in declaration.partition(":"))
        value, mark, _rest = value.partition("!")
        if name in _NAMES and (mark or name not in important):
            found[name] = value.strip()
            important.update([name] if mark else [])
    return found


def hides(attributes: dict[str, str], style: Style) -> bool:
    """Tell whether nobody sees the element and what it holds."""
    return (
        "hidden" in attributes
        or style.get("display") == "none"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("mso-hide") == "all"
    )
