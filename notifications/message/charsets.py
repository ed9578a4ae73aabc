"""The character sets that a message can be sent in: the list of the settings page.

`name` is what stands in the MIME header (IANA's preferred MIME name), `codec` the
Python codec that writes it.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """`label` is a storable sentence: notes in the log name the set by it."""

    name: str
    label: str
    codec: str

    def __post_init__(self) -> None:
        storable(self.label)

    @property
    def word_name(self) -> str:
        """The character set for encoded words: UTF-8 if readers know this set only in bodies."""
        return "utf-8" if self.name == "iso-8859-8-i" else self.name

    @property
    def word_codec(self) -> str:
        return "utf-8" if self.name == "iso-8859-8-i" else self.codec

    def representable(self, text: str) -> str:
        """Return the text as this set can write it, the same or canonically equivalent (Unicode).
        It raises NotInCharacterSet."""
        if self.name == "windows-1258":
            text = "".join(map(_vietnamese, text))
        for written, read in ((self.codec, self.codec), *_READ_BY_MICROSOFT.get(self.name, ())):
            try:
                same = text.encode(written).decode(read, "replace")
            except UnicodeEncodeError as error:
                raise NotInCharacterSet(text[error.start]) from error
            if same != text:
                # A look-alike is lost: "¥" in Shift_JIS comes back as a backslash.
                pairs = zip(text, same, strict=False)
                raise NotInCharacterSet(next((a for a, b in pairs if a != b), text[-1]))
        return text


# Exchange, Outlook and browsers read these sets by Microsoft's tables, in which some characters
# differ: "¢" and "〜" become their wide forms. A character on which the tables differ counts as
# missing. For Japanese Python has Microsoft's table of Shift_JIS only.
_JAPANESE = (("shift_jis", "cp932"),)
_READ_BY_MICROSOFT = {
    "shift_jis": _JAPANESE,
    "euc-jp": _JAPANESE,
    "iso-2022-jp": _JAPANESE,
    "gb2312": (("gb2312", "gbk"),),
    "big5": (("big5", "cp950"),),
    "euc-kr": (("euc_kr", "cp949"),),
}


class NotInCharacterSet(ValueError):  # noqa: N818 - reads as what it is
    """str() is the first character that the set does not have."""


@lru_cache(maxsize=512)
def _vietnamese(character: str) -> str:
    """Write a Vietnamese letter as Windows-1258 does: the tone mark follows its letter, which keeps
    its other mark. “ế” is “ê” and an acute there."""
    decomposed = unicodedata.normalize("NFD", character)
    if len(decomposed) < 2 or _is_in_windows_1258(character):  # noqa: PLR2004 - letter and mark
        return character
    # In NFD the dot below precedes the letter's own mark, and the other tones follow it.
    for tone in decomposed[1:]:
        letter = unicodedata.normalize("NFC", decomposed.replace(tone, "", 1))
        if len(letter) == 1 and _is_in_windows_1258(letter + tone):
            return letter + tone
    return character


def _is_in_windows_1258(text: str) -> bool:
    try:
        text.encode("cp1258")
    except UnicodeEncodeError:
        return False
    return True


UTF_8 = CharacterSet("utf-8", "Unicode (UTF-8)", "utf-8")

COMMON = (
    UTF_8,
    CharacterSet("us-ascii", "US-ASCII", "ascii"),
    CharacterSet("iso-8859-1", _("Western European (ISO-8859-1)"), "iso8859-1"),
    CharacterSet("iso-8859-15", _("Western European (ISO-8859-15)"), "iso8859-15"),
    CharacterSet("windows-1252", _("Western European (Windows-1252)"), "cp1252"),
)

MORE = (
    CharacterSet("iso-8859-2", _("Central European (ISO-8859-2)"), "iso8859-2"),
    CharacterSet("iso-8859-4", _("Baltic (ISO-8859-4)"), "iso8859-4"),
    CharacterSet("iso-8859-5", _("Cyrillic (ISO-8859-5)"), "iso8859-5"),
    CharacterSet("iso-8859-6", _("Arabic (ISO-8859-6)"), "iso8859-6"),
    CharacterSet("iso-8859-7", _("Greek (ISO-8859-7)"), "iso8859-7"),
    # The suffix "-I" means logical order, which is also what Python's codec writes.
    CharacterSet("iso-8859-8-i", _("Hebrew (ISO-8859-8-I)"), "iso8859-8"),
    CharacterSet("iso-8859-9", _("Turkish (ISO-8859-9)"), "iso8859-9"),
    CharacterSet("iso-8859-13", _("Baltic (ISO-8859-13)"), "iso8859-13"),
    CharacterSet("windows-1250", _("Central European (Windows-1250)"), "cp1250"),
    CharacterSet("windows-1251", _("Cyrillic (Windows-1251)"), "cp1251"),
    CharacterSet("windows-1253", _("Greek (Windows-1253)"), "cp1253"),
    CharacterSet("windows-1254", _("Turkish (Windows-1254)"), "cp1254"),
    CharacterSet("windows-1255", _("Hebrew (Windows-1255)"), "cp1255"),
    CharacterSet("windows-1256", _("Arabic (Windows-1256)"), "cp1256"),
    CharacterSet("windows-1257", _("Baltic (Windows-1257)"), "cp1257"),
    CharacterSet("windows-1258", _("Vietnamese (Windows-1258)"), "cp1258"),
    CharacterSet("koi8-r", _("Cyrillic (KOI8-R)"), "koi8-r"),
    CharacterSet("koi8-u", _("Ukrainian (KOI8-U)"), "koi8-u"),
    CharacterSet("iso-2022-jp", _("Japanese (ISO-2022-JP)"), "iso2022_jp"),
    CharacterSet("shift_jis", _("Japanese (Shift_JIS)"), "shift_jis"),
    CharacterSet("euc-jp", _("Japanese (EUC-JP)"), "euc_jp"),
    CharacterSet("gb18030", _("Chinese Simplified (GB18030)"), "gb18030"),
    CharacterSet("gb2312", _("Chinese Simplified (GB2312)"), "gb2312"),
    CharacterSet("big5", _("Chinese Traditional (Big5)"), "big5"),
    CharacterSet("euc-kr", _("Korean (EUC-KR)"), "euc_kr"),
    CharacterSet("tis-620", _("Thai (TIS-620)"), "tis_620"),
)

BY_NAME = {charset.name: charset for charset in COMMON + MORE}
