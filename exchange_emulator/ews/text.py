"""Escape any text for XML."""

import re
from xml.sax import saxutils

# XML 1.0 section 2.2 allows none of these, not even escaped.
_NO_CHARACTERS = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """Escape text for content and for attributes in double quotes."""
    return saxutils.escape(_NO_CHARACTERS.sub("\ufffd", text), {'"': "&quot;"})
