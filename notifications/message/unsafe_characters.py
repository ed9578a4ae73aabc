"""Characters that have no place in a message, or that nobody sees. Pure."""

import re

# Control characters, what some software takes for a line break, and halves of characters (lone
# surrogates). Also the signs that turn the direction of writing: they make one address look like
# another, and hide the extension of a file.
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# NUL and halves of characters: no character set has them.
UNSENDABLE = re.compile(r"[\x00\ud800-\udfff]")
# What nobody sees of an address: spaces but the usual one, controls, marks of the direction of
# writing, fillers, and what joins or parts characters.
INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e"
    r"\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
# Nobody sees these. The second ones matter between two letters or signs: in Persian and Hindi
# words, and in emoji that are made of several.
_NEVER_SEEN = "\u00ad\u180e\u200b\u2060-\u2064\ufeff"
_JOINING = "\u034f\u200c\u200d"
_PADDING = re.compile(rf"[ \u00a0\u2007{_JOINING}{_NEVER_SEEN}]{{2,}}|[{_JOINING}{_NEVER_SEEN}]")


def showable(text: str) -> str:
    """Return the text as a page can be encoded with it."""
    return UNSENDABLE.sub("?", text)


def stripped(text: str) -> str:
    """Return the text without spaces and invisible characters at its ends."""
    start, end = 0, len(text)
    while start < end and (text[start] == " " or INVISIBLE.match(text[start])):
        start += 1
    while end > start and (text[end - 1] == " " or INVISIBLE.match(text[end - 1])):
        end -= 1
    return text[start:end]


def without_padding(text: str) -> str:
    """Return the text without invisible characters, and without the runs of them and of spaces that
    newsletters put behind their first words."""
    return _PADDING.sub(_without_padding, text)


def _without_padding(found: re.Match[str]) -> str:
    run = found[0]
    if not run.strip(" \u00a0\u2007"):
        return run  # spaces alone
    if any(character in run for character in " \u00a0\u2007"):
        return " "
    start, end, text = found.start(), found.end(), found.string
    ends = (text[start - 1 : start], text[end : end + 1])
    joining = re.sub(f"[{_NEVER_SEEN}]", "", run)
    return joining if len(joining) == 1 and all(each.strip() for each in ends) else ""
