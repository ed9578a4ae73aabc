"""Whatever is put into a message comes out of it again, and nothing else."""

import html
import io
import re
from email import message_from_bytes

import fast_mail_parser
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.message.addresses import Address, parse_address
from notifications.message.charsets import COMMON, MORE
from notifications.message.compose import compose
from notifications.message.encoded_words import encoded_words
from notifications.message.file_names import safe_file_name
from notifications.message.message import File, Importance, MailMessage
from notifications.message.mime_parts import clean_content_id
from tests.corpus import ACCOUNT, differences

quick = settings(max_examples=60)

# What outbox lets through: no line breaks and half characters in a line, no NUL in a text.
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)
lines = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=200
)
tricky = st.lists(
    st.sampled_from([*'" \\,;:<>@()[]=?_%', "=?utf-8?q?", "?=", "ü", "語", "😀", "e\u0301", "ab "])
).map("".join)
names = (lines | tricky).map(str.strip)
addresses = st.builds(
    Address, st.sampled_from(["a@b.example", "o'neil+x@xn--mller-kva.example"]), names
)
address_lists = st.lists(addresses, max_size=4).map(tuple)
charsets = st.sampled_from([charset.name for charset in COMMON + MORE])


@st.composite
def files(draw):
    name = safe_file_name(draw(lines | tricky))
    content = draw(st.binary(max_size=200))
    content_id = draw(st.sampled_from(["", "", "i1@x", "(i)2"]))
    content_type = draw(st.sampled_from(["text/plain", "image/png", "application/x-y", "?", "é/x"]))
    return File(name, content_type, len(content), lambda: io.BytesIO(content), content_id)


messages = st.builds(
    MailMessage,
    message_id=st.just("<1.a@contoso.com>"),
    sender=st.just(ACCOUNT),
    from_=addresses,
    to=address_lists,
    cc=address_lists,
    bcc=address_lists,
    reply_to=address_lists,
    subject=lines | tricky,
    text=any_text,
    html=any_text.map(lambda text: f"<img src='cid:i1@x'><p>{text}" if text else ""),
    headers=st.lists(st.tuples(st.sampled_from(["X-A", "X-B"]), lines), max_size=1).map(tuple),
    files=st.lists(files(), max_size=3).map(tuple),
    importance=st.sampled_from(Importance),
    charset=charsets,
    plain_text_only=st.booleans(),
)


@quick
@given(message=messages)
def test_every_message_reads_as_it_was_meant(message):
    composed = compose(message)
    assert differences(message, composed.mime) == []
    assert composed.mime.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", composed.mime)
    assert max(map(len, composed.mime.split(b"\r\n"))) <= 998
    assert composed.charset == message.charset or composed.note


@quick
@given(subject=lines | tricky, name=names, charset=charsets)
def test_a_second_parser_reads_the_same_subject_and_name(subject, name, charset):
    to = Address("a@b.example", name)
    message = MailMessage("<1@x>", ACCOUNT, ACCOUNT, (to,), subject, text="x", charset=charset)
    read = fast_mail_parser.parse_email(compose(message).mime)
    assert read.from_ is not None
    assert [address.address for address in read.to] == ["a@b.example"]
    if charset != "windows-1258":  # which has tone marks on their own
        assert read.subject.strip() == subject.strip()
        assert (read.to[0].display_name or "") == name


@quick
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    column=st.integers(0, 40),
)
@example(text="語" * 100, column=9)
def test_encoded_words_are_short_and_hold_whole_characters(text, column):
    for charset in ("utf-8", "gb18030"):
        words = encoded_words(text, charset, charset, column=column).split("\r\n ")
        assert len(words[0]) + column <= 76
        assert all(len(word) <= 75 for word in words)
        for word in words:
            fast_mail_parser.parse_email(f"Subject: {word}\r\n\r\n".encode())
            assert re.fullmatch(rf"=\?{charset}\?[QB]\?[!->@-~]+\?=", word)


@quick
@given(name=st.text(max_size=300))
@example(name="../../etc/passwd")
@example(name="C:\\evil\\..")
@example(name="gpj.exe\u202e")
@example(name="\x01A:")
@example(name="x/ A:")
def test_a_safe_file_name_is_one_name_without_surprises(name):
    safe = safe_file_name(name)
    assert safe
    assert not re.search(r"[/\\\x00-\x1f\x7f\u202e\ud800-\udfff]", safe)
    assert safe_file_name(safe) == safe


@quick
@given(text=st.text(max_size=1000) | tricky)
@example(text="\U0001f600" * 200)
@example(text="\ud800")
@example(text="¡&")
def test_a_kept_content_id_stays_and_can_be_sent_whatever_it_is(text):
    clean = clean_content_id(text)
    assert clean_content_id(clean) == clean
    file = File("a.png", "image/png", 1, lambda: io.BytesIO(b"x"), clean)
    body = f'<img src="cid:{html.escape(clean)}">'
    message = MailMessage("<1@x>", ACCOUNT, ACCOUNT, (ACCOUNT,), "s", html=body, files=(file,))

    mime = compose(message).mime

    assert max(map(len, mime.split(b"\r\n"))) <= 998
    read = message_from_bytes(mime)
    ids = [part["Content-ID"] for part in read.walk() if part["Content-ID"]]
    if clean and len(clean) < 900 and "%" not in clean:
        shown = next(p for p in read.walk() if p.get_content_type() == "text/html")
        assert f'src="cid:{ids[0][1:-1]}"' in html.unescape(shown.get_payload(decode=True).decode())


@quick
@given(name=names, spec=st.sampled_from(["a@b.example", "x.y+z@d.example"]))
def test_an_address_as_text_is_read_back_the_same(name, spec):
    address = Address(spec, name)
    assert parse_address(str(address)) == address
