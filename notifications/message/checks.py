"""Checks of headers and texts; each says in a sentence what is wrong."""

import re

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

from .header_fields import LONGEST_LINE, is_field_name, is_structured
from .unsafe_characters import UNSENDABLE

# The connector composes these from the message's own fields, or Exchange decides them.
RESERVED_HEADERS = frozenset(
    "from sender to cc bcc subject date message-id reply-to return-path received mime-version "
    "importance apparently-to dkim-signature".split()
)
# Exchange would take recipients from Resent-Bcc; Content- describes the body, which is ours.
_RESERVED_BEGINNINGS = ("resent-", "content-", "arc-", "x-ms-exchange-organization-")
_ALLOWED_CONTENT = "content-language"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")


def check_header(name: str, value: str) -> str:
    """Say why a header may not be set, or return "" if it may."""
    if not is_field_name(name):
        return Sentence(_("“%(name)s” is not a header name."), name=name)
    lowered = name.lower()
    reserved = lowered.startswith(_RESERVED_BEGINNINGS) and lowered != _ALLOWED_CONTENT
    if reserved or lowered in RESERVED_HEADERS:
        return Sentence(_("Mail Connector sets the header %(name)s itself."), name=name)
    if _CONTROL.search(value):
        return Sentence(
            _("The header %(name)s contains a line break or another control character."), name=name
        )
    if is_structured(name) and not value.isascii():
        return Sentence(_("The header %(name)s may contain ASCII characters only."), name=name)
    longest = max(map(len, value.split()), default=0)
    if is_structured(name) and longest > LONGEST_LINE - len(name) - 2:
        return Sentence(
            _("The header %(name)s contains a word of more than 900 characters."), name=name
        )
    return check_text(Sentence(_("header %(name)s"), name=name), value)


def check_text(field: str, text: str) -> str:
    """Say why a text cannot be sent, or return "". `field` fits into “The body contains …”; it is a
    Sentence if it is to be translated."""
    found = UNSENDABLE.search(text)
    if not found:
        return ""
    if found.group() == "\0":
        text = _("The %(field)s contains a NUL character at position %(position)d.")
    else:
        text = _(
            "The %(field)s contains half a character (a lone surrogate) at position %(position)d."
        )
    return Sentence(text, field=field, position=found.start() + 1)
