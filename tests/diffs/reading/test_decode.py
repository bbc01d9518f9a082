"""Where the head of a page ends that leaves its `<body>` tag out, and that no page makes that dear."""

import random
import re

import pytest

from diffs.errors import ExtractionError
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


UNDECLARED = {
    "ja": ("出品者は注文から二日以内に出荷しなければなりません。", ("cp932", "euc_jp", "iso2022_jp")),
    "zh-CN": ("卖家必须在收到订单后两天内发货。", ("gb18030",)),
    "zh-Hant-TW": ("賣家必須在收到訂單後兩天內出貨。", ("big5",)),
    "ko-KR": ("판매자는 주문 후 이틀 이내에 발송해야 합니다.", ("euc_kr",)),
    "ru": ("Продавцы должны отправить заказ в течение двух дней.", ("cp1251",)),
    "pl": ("Sprzedawcy muszą wysłać zamówienie, wskaźnik opóźnień.", ("cp1250",)),
    "el": ("Οι πωλητές πρέπει να αποστείλουν την παραγγελία.", ("cp1253",)),
    "th": ("ผู้ขายต้องจัดส่งสินค้าภายในสองวัน", ("cp874",)),
    "ar": ("يجب على البائعين شحن الطلب خلال يومين", ("cp1256",)),
    "de": ("Verkäufer müssen die Gebühr von 5 € zahlen.", ("cp1252", "utf_16_le", "utf_16_be")),
}
CASES = [(tag, text, name) for tag, (text, names) in UNDECLARED.items() for name in names]


@pytest.mark.parametrize(("tag", "text", "name"), CASES, ids=[f"{tag} {name}" for tag, _, name in CASES])
def test_a_page_that_declares_its_language_and_no_encoding_is_read_as_usual_there(tag, text, name) -> None:
    page = f"<html lang='{tag}'><head><title>Rules</title></head><body><p>{text}</p></body></html>"

    assert text in decode(page.encode(name))


def test_a_few_broken_bytes_make_no_other_encoding_of_a_text() -> None:
    page = f"<html lang=ja><body><p>{UNDECLARED['ja'][0] * 9}</p></body></html>".encode()

    assert UNDECLARED["ja"][0] in decode(page[:-40] + b"\xff\xfe" + page[-40:])


def test_zeros_without_a_tag_are_no_text() -> None:
    with pytest.raises(ExtractionError):
        decode(b"a\0b\0c\0d\0" * 40)
