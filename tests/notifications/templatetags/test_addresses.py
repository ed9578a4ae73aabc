"""Addresses that a browser never breaks within a word."""

import pytest

from notifications.templatetags.addresses import address, breakable


@pytest.mark.parametrize(
    ("given", "marked"),
    [
        ("alex@contoso.example", "alex@<wbr>contoso<wbr>.example"),
        ("anna.v@x.de", "anna.v@<wbr>x<wbr>.de"),
        ("<b>@x.example", "&lt;b&gt;@<wbr>x<wbr>.example"),
        ("", ""),
    ],
)
def test_a_line_may_end_after_the_at_and_before_a_dot(given, marked):
    assert breakable(given) == marked


def test_the_bare_address_is_shown_and_the_name_is_its_tooltip():
    shown = address("Alex Wilber <alex@contoso.example>")

    assert 'title="Alex Wilber &lt;alex@contoso.example&gt;"' in shown
    assert ">alex@<wbr>contoso<wbr>.example<" in shown
