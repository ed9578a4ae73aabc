import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.message.html_to_text import html_to_text
from tests.notifications.message.growth import is_linear
from tests.notifications.message.html_kinds import KINDS


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>Hello <b>Anna</b>,<br>bye</p><p>B</p>", "Hello Anna,\nbye\n\nB"),
        ("a &amp; b &lt;c&gt; &nbsp;d &#8364;", "a & b <c>  d €"),
        ('<a href="https://x.example/1">ticket</a>.', "ticket <https://x.example/1>."),
        ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@b.c?subject=x">Anna</a>', "Anna <a@b.c>"),
        ('<a href="mailto:a@b.c">a@b.c</a>', "a@b.c"),
        ('<a href="javascript:alert(1)">x</a> <a name="y">z</a>', "x z"),
        ('<a href="https://x.example/?a=1&amp;b=2"></a>', "https://x.example/?a=1&b=2"),
        (
            '<a href="https://x.example"><table><tr><td>Go</table></a>',
            "Go <https://x.example>",
        ),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ul><li><p>a</p></li></ul>", "- a"),
        ("<ol start=9><li>a<li>b<br>c</ol>", "9. a\n10. b\n    c"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "A | B\n1 | 2"),
        ("<table><tr><td><p>1</p></td><td><p>2</p></td></tr></table>", "1 | 2"),
        ("<table><tr><td><table><tr><td>x</table></table>y", "x\n\ny"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
        ("<pre>  a\n    b</pre>", "  a\n    b"),
        ('<img src="cid:x" alt="our logo"><img alt="">', "[our logo]"),
        ("a<hr>b", f"a\n\n{'-' * 40}\nb"),
        ("<head><title>T</title><style>p{}</style><body>text", "text"),
        ("<script>if (a<b) x()</script>a<!-- <p>no --><![if mso]>b<![endif]>", "ab"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ('<p title="a > b">c', "c"),
        ("soft\u00adhyphen", "softhyphen"),
        ("&#" + "9" * 5000 + ";x", "\ufffdx"),
        ("a<", "a<"),
        ("a<b", "a"),
    ],
)
def test_html_becomes_readable_text(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param(*each, id=f"{kind} {n}")
        for kind, some in KINDS.items()
        for n, each in enumerate(some)
    ],
)
def test_html_is_read_as_browsers_read_it(html, text):
    assert html_to_text(html) == text


pieces = st.sampled_from(
    "<p> </p> <ul> <ol> <li> </ul> <td> <tr> <table> </table> <a> </a> <blockquote> </blockquote> "
    "<pre> </pre> <br> <!-- --> <![CDATA[ ]]> <script> </script> & &# &#x < > \" ' = <a\thref= "
    "<a\thref=http://x text".split(" ")
)


@settings(max_examples=100)
@given(st.lists(pieces | st.text(max_size=9), max_size=60).map("".join))
def test_it_never_raises_and_leaves_no_more_than_one_empty_line(html):
    text = html_to_text(html)
    assert "\n\n\n" not in text or "<pre" in html
    assert text == text.strip("\n") or "<pre" in html


NAMES = (
    "p div b span ul ol li table tr td th a h1 pre blockquote center button dl dd dt del q sup "
    "section option caption font o:p x-y"
).split()
ATTRIBUTES = [
    "",
    ' class="a"',
    " title='b>'",
    " a=b'",
    ' href="https://x.example/"',
    ' "',
    " style=color:red",
]
opened = st.builds("<{}{}>".format, st.sampled_from(NAMES), st.sampled_from(ATTRIBUTES))
closed = st.sampled_from(NAMES).map("</{}>".format)
other = st.sampled_from(
    ["<br>", "<hr/>", "<!-- c -->", "<!---->", "<img>", "&nbsp;", "\n", " ", "<?x>"]
)


@settings(max_examples=300)
@given(st.lists(opened | closed | other | st.just("word"), max_size=80))
def test_no_text_is_lost_and_it_comes_in_its_order(pieces):
    words = [f"word{n}," if piece == "word" else "" for n, piece in enumerate(pieces)]
    html = "".join(word or piece for word, piece in zip(words, pieces, strict=True))

    found = re.findall(r"word\d+,", html_to_text(html))

    assert found == [word for word in words if word]


@pytest.mark.parametrize(
    "piece",
    [
        "<p><b>x", "<b><i></b>", "<div></span>", "<a href=http://x><table><tr><td>x", "<q>",
        "2<sup>2</sup>", "<table><tr><td>x", "<ol reversed><li>", "<p style='/*'>x", "</p>",
        "<del>", "&nbsp;&zwnj;", "<dd>x", "<select><option>", "<pre>\n", "<svg><![CDATA[",
        "<a href=http://x></a>",
        "<", "<a ", "<a '>", "<a '>'", "<!--", "<div>", "<blockquote>x", "<ul><li>x", "<b>a</b>",
        "&", "<a href=http://x>", "<script>", "<td>x", "<br>", "<img a= ", "a\u00a0", "</", "<?",
    ],
)  # fmt: skip
def test_its_time_grows_with_the_length_only(piece):
    assert is_linear(html_to_text, piece)
