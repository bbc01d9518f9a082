"""Text from outside is made safe for markup and links."""

import pytest

from notifier.rendering.escaping import no_tags, web_link


def test_what_may_be_a_tag_is_none() -> None:
    assert no_tags("<b>bold</b> <!-- x --> a < b <1 %") == "‹b>bold‹/b> ‹!-- x --> a < b <1 %"


def test_what_may_be_a_character_reference_is_none() -> None:
    assert no_tags("&lt;b&gt; &#65; &#x41; Q&A; R&D &") == "＆lt;b＆gt; ＆#65; ＆#x41; Q&A; R&D &"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "https://",
        "https://h/a b",
        "https://h/\n",
        "http://[",
        f"https://h/{'x' * 3000}",
        "ftp://h/x",
        "java\tscript:x",
        "https://h/\u202e",
    ],
)
def test_only_addresses_of_the_web_are_linked(url: str) -> None:
    assert web_link(url) == ""


def test_a_web_address_stays_as_it_is() -> None:
    assert web_link("https://market.example/help?id=1&b=%20#x") == "https://market.example/help?id=1&b=%20#x"
