"""Where the head of a page ends that leaves its `<body>` tag out, and that no page makes that dear."""

import random
import re

import pytest

from diffs.reading.decode import _end_of_head, decode, parse

HEAD = '<!doctype html><!-- a --><html lang="en"><head><title>Rules</title><script>if (a < b) {}</script>'

#: What the head of a page is, as one pattern: right, and quadratic where comments or scripts are never closed.
WHOLE_HEAD = re.compile(
    r"(?:\s+|<!--.*?-->|<[!?][^>]*>|</?(?:html|head|meta|link|base)\b[^>]*>"
    r"|<(title|script|style|noscript|template)\b.*?</\1\s*>)*",
    re.IGNORECASE | re.DOTALL,
)
PIECES = """
    <!-- --> <!--> <!doctype|html> <?xml?> <? <html> </head> <meta|a> <meta <title> </title> </TITLE|> <script>x
    </script> <style </style> <p> x <link> <base <! > <templateX> <template> </template> <metal> |
""".split()


def test_the_body_begins_where_no_head_can_go_on() -> None:
    for body in ("<main><p>Pay.</p></main>", "Pay.", "<header>Pay.</header>"):
        root = parse(f"{HEAD} \n{body}")

        assert root.find(".//head/title").text == "Rules"
        assert root.find("body").text_content() == "Pay."


@pytest.mark.parametrize("unclosed", ["<!-- >", "<!-- x", "<script>", "<style ", "<title>", "<meta ", "<?", "<!"])
def test_what_is_never_closed_is_searched_once(unclosed) -> None:
    """The text is asked for its closing by `find`: a page of unclosed comments asks once, not at each of them."""

    class Asked(str):
        __slots__ = ()
        asked = 0

        def find(self, *where) -> int:
            Asked.asked += 1
            return str.find(self, *where)

    _end_of_head(Asked(unclosed * 5_000))

    # A declaration of its own ends at each ">".
    assert Asked.asked <= 5_002


def test_the_head_ends_where_the_whole_pattern_says() -> None:
    chance = random.Random("heads")
    for _ in range(3_000):
        page = "".join(chance.choice(PIECES) for _ in range(chance.randint(0, 9))).replace("|", " ")

        assert _end_of_head(page) == WHOLE_HEAD.match(page).end(), page


JAPANESE = "遅延出荷率は4%未満です。"


@pytest.mark.parametrize("declared", ["iso-2022-jp", "ISO-2022-JP", "iso-2022-jp-2004"])
def test_a_text_of_seven_bits_is_read_as_it_declares_itself(declared) -> None:
    meta = f"<meta http-equiv=content-type content='text/html; charset={declared}'>"
    page, bare = f"{meta}<p>{JAPANESE}".encode("iso-2022-jp"), f"<p>{JAPANESE}".encode("iso-2022-jp")

    assert JAPANESE in decode(page)
    assert JAPANESE in decode(bare, f"text/html; charset={declared}")
    assert JAPANESE not in decode(bare)


def test_a_declaration_without_an_escape_sequence_changes_no_plain_text() -> None:
    page = f"<meta charset=iso-2022-jp><p>Under 4%. {JAPANESE}"

    assert decode(page.encode()) == page
    assert "\ufffd" in decode(f"<meta charset=iso-2022-jp><p>{JAPANESE}".encode("iso-2022-jp") + b"\x1b$B\x7f")
