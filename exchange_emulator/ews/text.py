"""Text of anybody's in XML."""

import re
from xml.sax import saxutils

# XML 1.0 section 2.2: what is no Char, which no escaping makes one.
_NO_CHARACTERS = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """For content and for attributes in double quotes."""
    return saxutils.escape(_NO_CHARACTERS.sub("\ufffd", text), {'"': "&quot;"})
