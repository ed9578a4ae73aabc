"""HTML and the text that a reader gets of it, by the kinds of what can go wrong."""

# ruff: noqa: RUF001 - letters that look like others, and the marks of browsers

KINDS = {
    "a quote encloses a value right after = only": [
        ('<p class="a"">One</p><p class="b"">Two</p><p>Three</p>', "One\n\nTwo\n\nThree"),
        (
            '<td style="color:red"">Total: 5</td><td>7" TFT</td><p>Thanks</p>',
            'Total: 5 | 7" TFT\n\nThanks',
        ),
        ("<p title=Don't>Hello there</p><p>It's fine</p>", "Hello there\n\nIt's fine"),
        ("<p a='\"' b=\"'\">x</p>y", "x\n\ny"),
        ("<p \">x</p><p '>y", "x\n\ny"),
        ('<p =a">x</p>y', "x\n\ny"),
        ('<p/a=">"/b>x', "x"),
    ],
    "references": [
        (
            '<a href="https://x.example/t?id=7&copy=1&region=eu">Open</a>',
            "Open <https://x.example/t?id=7&copy=1&region=eu>",
        ),
        ('<a href="https://x.example/&copy;&amp;&lt">Open</a>', "Open <https://x.example/©&<>"),
        (
            '<a href="https://x.example/?a&#61;1&notit;&ampx">Open</a>',
            "Open <https://x.example/?a=1&notit;&ampx>",
        ),
        ("&copy 2026 &notit;", "© 2026 ¬it;"),
    ],
    "comments and declarations": [
        ("before<!-- x --!>after", "beforeafter"),
        ("a<!-->b<!--->c<!---->d", "abcd"),
        ("a<!-- > -- > <p> -->b", "ab"),
        ("a<?php echo ?>b</ p>c<!x>d<![CDATA[e]]>f</>g", "abcdfg"),
        ("a<svg><text><![CDATA[<b>]]></text></svg>c", "a<b>c"),
    ],
    "raw text": [
        ("a<xmp><b></xmp>", "a\n\n<b>"),
        ("a<textarea><p>&lt;</textarea>b", "a<p><b"),
        ("a<iframe><p>no</iframe><style>p</b></style >b<noscript>c</noscript>", "abc"),
        ("a<svg><style/><title>t</title></svg>b<plaintext><p>", "ab<p>"),
    ],
    "what nobody sees": [
        (
            '<div style="display:none;max-height:0">Teaser&#847;&zwnj;&nbsp;</div><p>Hello</p>',
            "Hello",
        ),
        ('<div style="DISPLAY : none !important; display:block">T<p>t</div>H', "H"),
        ('<div style="display:none; display:block">T</div>', "T"),
        ('<span style="visibility:hidden">T<b>t</b></span>H', "H"),
        ("<span style='mso-hide:all'>T</span>H", "H"),
        ("<p hidden>T<p>H", "H"),
        ("<ul><li hidden>T<li>H</ul>", "- H"),
        ('<table><tr><td style="display:none">T<td>H<tr hidden><td>T<tr><td>I</table>', "H\nI"),
        ("<div hidden><div>T</div>T</div>H", "H"),
        ('<div data-hidden="" style="overflow:hidden">H</div>', "H"),
        ("Hi" + "&#847;&zwnj;&nbsp;&#8199;&#65279;&shy;&#8203;" * 100 + "<p>Hello", "Hi\n\nHello"),
        ("می\u200cخواهم 👩\u200d👧 a\u034fb", "می\u200cخواهم 👩\u200d👧 a\u034fb"),
        ("می\u200c<b>خواهم</b>", "می\u200cخواهم"),
    ],
    "an address on its own": [
        (
            '<a href="https://x.example/fb"><img src="f.png"></a>Follow us',
            "https://x.example/fb Follow us",
        ),
        (
            '<a href="https://x.example/fb"><img></a><a href="https://x.example/tw"><img></a>',
            "https://x.example/fb https://x.example/tw",
        ),
        (
            'see<a href="https://x.example/a">https://x.example/a</a>now',
            "see https://x.example/a now",
        ),
        ('see<a href="https://x.example/a">x.example/a</a><b>now</b>', "see x.example/a now"),
        ('(<a href="https://x.example/a">https://x.example/a</a>).', "(https://x.example/a)."),
        (
            '<a href="https://x.example/a">https://x.example/a</a>.<b>now</b>',
            "https://x.example/a. now",
        ),
        (
            '<p>Hi</p><a href="https://x.example/">https://x.example/</a>',
            "Hi\n\nhttps://x.example/",
        ),
        (
            "<a href=https://x.example/><table><tr><td><a href=https://x.example/>Go</a></table></a>y",
            "Go <https://x.example/>\n\ny",
        ),
        ('<a href="mailto:a%2Bb@x.example">mail</a>', "mail <a+b@x.example>"),
        (
            '<a href="//host/path">p</a> <a href="sms:+49">s</a>',
            "p <https://host/path> s <sms:+49>",
        ),
        ('<area href="https://x.example/m" alt="Map">', "[Map] <https://x.example/m>"),
        ('<a href="#top">t</a><a href="x.html">r</a><a href="javascript:x">j</a>', "trj"),
    ],
    "blocks": [
        (f"<{name}>One</{name}>Two", "One\nTwo")
        for name in (
            *("button", "caption", "center", "details", "dialog", "hgroup"),
            *("legend", "option", "search", "summary"),
        )
    ]
    + [(f"<{name}><li>One</li></{name}>Two", "- One\n\nTwo") for name in ("menu", "dir")]
    + [
        ("<button>Accept</button><button>Reject</button>", "Accept\nReject"),
        ('<span style="display:block">Line one</span>Line two', "Line one\nLine two"),
        ('<p style="display:inline">a</p>b', "ab"),
    ],
    "lists": [
        ('<ol><li value="7">Restart</li><li>Log in</li></ol>', "7. Restart\n8. Log in"),
        ("<ol start=-1><li>a<li>b<li>c</ol>", "-1. a\n0. b\n1. c"),
        ("<ol reversed><li>a<li>b<ul><li>n</ul></ol>", "2. a\n1. b\n   - n"),
        ("<ol reversed start=9><li>a<li>b</ol>", "9. a\n8. b"),
        ("<ol type=a start=26><li>a<li>b</ol>", "z. a\naa. b"),
        ("<ol type=A><li>a</ol><ol type=i start=4><li>b</ol>", "A. a\n\niv. b"),
        ('<ol style="list-style-type: upper-roman" start=1999><li>a</ol>', "MCMXCIX. a"),
        ("<ol type=i start=0><li>a</ol><ol start=x><li>b</ol>", "0. a\n\n1. b"),
        (
            "<ol><li>a</li><li><ul><li>x</li><li>y</ul></li><li>c</li></ol>",
            "1. a\n2. - x\n   - y\n3. c",
        ),
        ("<ul><li>a<ul></li>b</ul><li>c</ul>", "- a\n    b\n- c"),
    ],
    "white space": [
        (
            '<div style="white-space:pre-wrap">Trace:\n  File…\n\n\n\nEnd</div>',
            "Trace:\n  File…\n\n\n\nEnd",
        ),
        ('<div style="white-space:pre-line">a   b\n c</div>', "a b\nc"),
        ('<pre>a<span style="white-space:normal"> b\n c</span></pre>', "a b c"),
        ("<pre>\na\n\n\n\nb</pre>", "a\n\n\n\nb"),
        ("<pre>a\rb\r\nc</pre>", "a\nb\nc"),
        ("<p>a</p><p>&nbsp;</p><p>\u2007</p><p>b</p>", "a\n\nb"),
    ],
    "marks that have a meaning": [
        ("10<sup>6</sup> e<sup>x+1</sup> H<sub>2</sub>O", "10^6 e^(x+1) H_2O"),
        ("1<sup>st</sup> Word<sup>®</sup> a<sup>[1]</sup> b<sup></sup>", "1st Word® a^[1] b"),
        (
            "Price <del>100</del> <ins>80</ins> <s>x</s> <q>hi</q>",
            'Price ~~100~~ ++80++ ~~x~~ "hi"',
        ),
        ("a<del></del><q> </q>b", "a b"),
    ],
    "tables": [
        ("<table><tr><td>&nbsp;<td>Hi there<td>&nbsp;</table>", "Hi there"),
        ("<table><tr><td>A<td><td>C</table>", "A |  | C"),
        ("<table><tr><td>Name<br>Title<td>Phone<br>Mail</table>", "Name\nTitle\nPhone\nMail"),
        (
            "<table><tr><td>L<td><table><tr><td>1<td>2<tr><td>3</table><td>z</table>",
            "L | 1 | 2\n3\nz",
        ),
    ],
    "pictures only": [
        (
            '<img src="https://x.example/y/banner%20a.png?x=1"><img src="cid:logo@x">',
            "[banner a.png]\n[logo]",
        ),
        (
            '<p><img title="Our shop"></p><img src="data:image/png;base64,AA">',
            "[Our shop]\n[image]",
        ),
        ('<p>a<img src="b.png"></p>', "a"),
    ],
    "what ends where": [
        ("<b><p>a</b>b</p>c", "ab\n\nc"),
        ("<table><tr><td><div>a</td><td></div>b</p>c</table>d", "a | b\n\nc\n\nd"),
        ("<p>a<table><tr><td>b</table>c", "a\n\nb\n\nc"),
        ("<select><optgroup><option>a<option>b</select>", "a\nb"),
        ("</p>a</br>b</div>", "a\nb"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "a\nb\nc"),
    ],
}
