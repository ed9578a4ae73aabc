"""Characters that have no place in a message, as patterns. Pure."""

import re

# Control characters, what some software takes for a line break, and halves of characters (lone
# surrogates). Also the signs that turn the direction of writing: they make one address look like
# another, and hide the extension of a file.
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# NUL and halves of characters: no character set has them.
UNSENDABLE = re.compile(r"[\x00\ud800-\udfff]")
