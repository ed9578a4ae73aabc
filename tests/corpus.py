"""Awkward messages: MESSAGES is a plain list of pairs (name, message).

`differences(message, mime)` tells which parts of a message did not arrive.
"""

# ruff: noqa: RUF001 - letters that look like others are the point here

import io

from notifications.message.addresses import Address
from notifications.message.charsets import COMMON, MORE
from notifications.message.message import File, Importance, MailMessage
from tests.differences import differences
from tests.sentences import SENTENCES

ACCOUNT = Address("servicedesk@contoso.com", "Service Desk")
ANNA = Address("anna@contoso.com", "Anna Berg")
__all__ = ["MESSAGES", "differences"]


def _message(subject="Ticket 4711 has been updated", **changes):
    values = {
        "message_id": f"<{abs(hash(subject))}.corpus@contoso.com>",
        "sender": ACCOUNT,
        "from_": ACCOUNT,
        "to": (ANNA,),
        "subject": subject,
        "text": "Hello Anna,\n\nyour ticket has been updated.\n",
    }
    return MailMessage(**{**values, **changes})


def _file(name, content=b"content", content_type="application/octet-stream", content_id=""):
    return File(name, content_type, len(content), lambda: io.BytesIO(content), content_id)


def _large_file(name, size, content_id=""):
    """Make a file whose content exists only while it is read."""

    def content():
        return io.BytesIO(bytes(range(256)) * (size // 256))

    return File(name, "application/pdf", size, content, content_id)


_PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
_NESTED = (
    b"From: eve@example.org\r\nTo: bob@example.org\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9fe\nbare line feed\r\n"
)
_INLINE_HTML = '<p>Logo: <img src="cid:logo@contoso.com" alt="logo"> and <img src="cid:i2"></p>'
_INLINE = (
    _file("logo.png", _PIXEL, "image/png", "logo@contoso.com"),
    _file("zweites Bild ü.png", _PIXEL, "image/png", "i2"),
)
_TABLE = (
    '<html><head><meta charset="utf-8"><style>td { color: red }</style></head><body>'
    "<h1>Überschrift</h1><table><tr><th>Name<th>Wert<tr><td>a<td>1</table>"
    '<ul><li>eins<li>zwei</ul><blockquote>Zitat</blockquote><a href="https://contoso.com/?a=1'
    '&amp;b=2">Link</a></body></html>'
)


def _addresses(count):
    return tuple(Address(f"user{n}@example.com", f"Müller {n}, Jörg") for n in range(count))


def _named(*names):
    return tuple(Address(f"n{n}@example.com", name) for n, name in enumerate(names))


MESSAGES = [
    *(
        (
            f"charset {charset.name}",
            _message(
                f"{charset.name}: {SENTENCES[charset.name]}",
                charset=charset.name,
                to=(Address("anna@contoso.com", SENTENCES[charset.name]),),
                text=SENTENCES[charset.name] * 30 + "\n",
                html=f"<p>{SENTENCES[charset.name]}</p>",
            ),
        )
        for charset in (*COMMON, *MORE)
    ),
    ("a character that the set lacks", _message("Preis: 5 €", charset="iso-8859-1", text="5 €")),
    ("a look-alike in Shift_JIS", _message("¥100", charset="shift_jis", text="¥100 ~ \\")),
    ("emoji", _message("👩‍👩‍👧‍👦 🏳️‍🌈 😀", text="🚀" * 500)),
    ("right to left", _message("שלום, مرحبا 123 (abc)", text="שלום\nمرحبا")),
    ("CJK", _message("漢字かな交じり文" * 20, text="漢字" * 400)),
    ("combining marks", _message("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢ e\u0301", text="e\u0301 n\u0303 ก็")),
    ("empty subject", _message("")),
    ("blank subject", _message("   ")),
    ("spaces in the subject", _message(" two  spaces\tand a tab ")),
    ("subject of 998 letters", _message("x" * 998)),
    ("subject of 998 characters in words", _message(("long word " * 100)[:998])),
    ("subject of 998 umlauts", _message("ü" * 998)),
    ("subject of 998 emoji", _message("😀" * 998)),
    ("subject like an encoded word", _message("=?utf-8?Q?not_encoded?= and =?x")),
    ("subject of one long word after short ones", _message("RE: " + "https://x.example/" * 9)),
    ("subject with an umlaut at a fold", _message("a" * 60 + " ü " + "b" * 60 + " ü")),
    ("200 recipients", _message("200", to=_addresses(100), cc=_addresses(50), bcc=_addresses(50))),
    ("only Bcc", _message("Bcc", to=(), bcc=(ANNA,))),
    (
        "names with commas and quotes",
        _message(
            "names",
            to=_named("Doe, John", 'Jo "JJ" Doe', "back\\slash", "O'Neil (IT)", "a@b.c", "x; y"),
        ),
    ),
    (
        "names in scripts",
        _message("names 2", to=_named("Jörg Müller", "李小龍", "Иван", "محمد", "😀", "e\u0301")),
    ),
    (
        "odd names",
        _message(
            "names 3",
            to=_named("=?utf-8?Q?x?=", "ü" * 120, "n" * 200, "two  spaces", "a.b.", "-", "“q”"),
        ),
    ),
    ("IDN domain", _message("IDN", to=(Address("info@xn--mller-kva.example", "Müller"),))),
    (
        "Reply-To, Cc and another From",
        _message(
            "who",
            from_=Address("helpdesk@contoso.com", "Hilfe, schnell & gut"),
            cc=_named("Über, Haupt"),
            reply_to=_named("Antwort, bitte", "Two"),
        ),
    ),
    (
        "attachment names in five scripts",
        _message(
            "names of files",
            files=tuple(
                _file(name, name.encode())
                for name in (
                    "Übergröße.pdf",
                    "отчёт.docx",
                    "報告書.xlsx",
                    "تقرير.txt",
                    "दस्तावेज़.csv",
                )
            ),
        ),
    ),
    (
        "awkward attachment names",
        _message(
            "awkward names of files",
            files=tuple(
                _file(name)
                for name in (
                    'quote".txt',
                    "semi;colon=x.txt",
                    "per%20cent.txt",
                    "a  b.txt",
                    "'single'.txt",
                    "=?utf-8?Q?x?=.txt",
                    "x" * 200 + ".txt",
                    "語" * 120 + ".txt",
                    "😀.png",
                    ".env",
                    "no extension",
                    "comma, (paren).txt",
                )
            ),
        ),
    ),
    (
        "the same attachment name twice",
        _message("twice", files=(_file("a.txt", b"1"), _file("a.txt", b"2"))),
    ),
    (
        "a nested message",
        _message("nested", files=(_file("forwarded", _NESTED, "message/rfc822"),)),
    ),
    (
        "a nested message and an .eml",
        _message("nested 2", files=(_file("Grüße.eml", _NESTED, "message/rfc822"),)),
    ),
    (
        "a delivery report",
        _message("dsn", files=(_file("r.txt", b"x", "message/delivery-status"),)),
    ),
    ("an empty file", _message("0 bytes", files=(_file("empty.txt", b"", "text/plain"),))),
    (
        "a text file with odd line ends",
        _message("crlf", files=(_file("a.txt", b"\n\r\r\n\x00\xff"),)),
    ),
    ("a file of each octet", _message("octets", files=(_file("b.bin", bytes(range(256)) * 9),))),
    ("a content type that is none", _message("type", files=(_file("x", b"x", "what; ever\n"),))),
    ("25 MB", _message("25 MB", files=(_large_file("large.pdf", 25 * 1024 * 1024),))),
    ("40 MB", _message("40 MB", files=(_large_file("larger.pdf", 40 * 1024 * 1024),))),
    ("text only", _message("text only", text="just text")),
    ("no body", _message("no body", text="")),
    ("HTML only", _message("HTML only", text="", html=_TABLE)),
    ("text and HTML", _message("both", text="als Text: ü", html=_TABLE)),
    (
        "long lines",
        _message("long", text="x" * 5000 + "\n" + "word " * 1000, html="<p>" + "y" * 9000),
    ),
    (
        "lines that MIME minds",
        _message(
            "lines",
            text=".\n..\nFrom me\n--=_x--\n-- \ntrailing \t\n=20 = =\n\n\n> q\n\x0b\x0c\x85\u2028",
        ),
    ),
    ("bare carriage returns", _message("cr", text="a\rb\r\nc\nd")),
    ("inline images", _message("inline", text="", html=_INLINE_HTML, files=_INLINE)),
    (
        "inline images and an attachment",
        _message("inline +", html=_INLINE_HTML, files=(*_INLINE, _file("a.pdf"))),
    ),
    (
        "content ids that the HTML does not name",
        _message(
            "reports",
            html=_INLINE_HTML,
            files=(*_INLINE, _file("report.pdf", content_id="5FD1@contoso.com")),
        ),
    ),
    (
        "large files with content ids, of which the HTML names one",
        _message(
            "large",
            html='<p><img src="cid:large1">',
            files=tuple(_large_file(f"{n}.pdf", 4 * 1024 * 1024, f"large{n}") for n in (1, 2)),
        ),
    ),
    (
        "headers",
        _message(
            "headers",
            headers=(
                ("X-Ticket", "4711"),
                ("X-Umlaut", "Grüße, 你好"),
                ("X-Long", "word " * 100 + "end"),
                ("X-Token", "t" * 700),
                (
                    "List-Unsubscribe",
                    "<mailto:u@contoso.com?subject=x>, <https://contoso.com/u?a=1>",
                ),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                ("Auto-Submitted", "auto-generated"),
            ),
        ),
    ),
    (
        "a long conversation",
        _message(
            "RE: thread",
            headers=(
                ("In-Reply-To", "<first@contoso.com>"),
                (
                    "References",
                    " ".join(f"<message-{n}.{'x' * 40}@contoso.com>" for n in range(40)),
                ),
            ),
        ),
    ),
    ("high importance", _message("urgent", importance=Importance.HIGH)),
    ("low importance", _message("whenever", importance=Importance.LOW)),
    ("plain-text mode", _message("plain", text="", html=_TABLE, plain_text_only=True)),
    (
        "plain-text mode with inline images",
        _message("plain 2", text="", html=_INLINE_HTML, files=_INLINE, plain_text_only=True),
    ),
]
