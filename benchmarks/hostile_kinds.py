"""The kinds of hostile pages that `hostile.py` measures: what each is made of, at any size."""

from collections.abc import Callable

#: Makes about that many characters of hostile text; the second time something in its middle is edited.
Kind = Callable[[int, bool], str]


def repeat(piece: str, edited: str = "", *, around: tuple[str, str] = ("<p>", "</p>")) -> Kind:
    """A kind that repeats one piece in one element; when edited, one piece in the middle is another."""

    def make(size: int, is_edited: bool) -> str:
        count = max(2, size // len(piece))
        pieces = [piece] * count
        if is_edited:
            pieces[count // 2] = edited or f"{piece}x"
        return around[0] + "".join(pieces) + around[1]

    return make


def numbered(piece: str, *, around: tuple[str, str] = ("", ""), other: bool = False) -> Kind:
    """A kind that repeats a piece with a new number (`{0}`) and its word (`{name}`); when edited, one or all differ."""

    def make(size: int, is_edited: bool) -> str:
        count = max(2, size // len(piece))
        shift = [count * (is_edited and (other or at == count // 2)) for at in range(count)]
        pieces = (piece.format(at + shift[at], name=_name(at + shift[at])) for at in range(count))
        return around[0] + "".join(pieces) + around[1]

    return make


def _name(number: int) -> str:
    letters = ""
    while True:
        number, rest = divmod(number, 20)
        letters = "bcdfghjklmnpqrstvwxz"[rest] + "aeiou"[rest % 5] + letters
        if not number:
            return letters.capitalize()


ROWS = ("<table>", "</table>")
LIST = ("<ul>", "</ul>")

KINDS: dict[str, Kind] = {
    # markup
    "open comments": repeat("<!-- >", around=("", "")),
    "open tags": repeat("<p ", around=("", "")),
    "open quotes": repeat('<a href="', around=("", "")),
    "open scripts": repeat("<script ", around=("", "")),
    "lone brackets": repeat("< ", around=("", "")),
    "deep divs": repeat("<div>", "<div>x", around=("", "")),
    "deep bold": repeat("<b>", "<b>x", around=("", "")),
    "deep lists": repeat("<ul><li>a", "<ul><li>b", around=("", "")),
    "nested tables": repeat("<table><tr><td>a", "<table><tr><td>b", around=("", "")),
    "nested summaries": repeat("<details><summary>a", "<details><summary>b", around=("", "")),
    "asides in asides": repeat("<div class=share>a", "<div class=share>b", around=("", "")),
    "hidden in hidden": repeat("<div aria-hidden=true>a", "<div aria-hidden=true>b", around=("", "")),
    "entities": repeat("&amp;", "&lt;"),
    "entities of entities": repeat("&amp;amp;amp;lt;"),
    "breaks": repeat("a<br>", "b<br>"),
    "many attributes": repeat(" a=b", around=("<p", ">x</p>")),
    "tiny headings": numbered("<h2>{name}</h2>"),
    "headings in depth": numbered("<h2>{name}</h2><h3>{name}</h3><h4>{name}</h4><p>x</p>"),
    "equal blocks": repeat("<p>You must pay the fee.</p>", "<p>You must not pay.</p>", around=("", "")),
    "two blocks in turn": repeat("<p>Fees rise.</p><p>Fees fall.</p>", "<p>Fees fall.</p>", around=("", "")),
    "rows": numbered("<tr><td>Fee {name}</td><td>{0}.50 EUR</td><td>{0}%</td></tr>", around=ROWS),
    "rows all other": numbered("<tr><td>Fee {name}</td><td>{0}.50 EUR</td><td>{0}%</td></tr>", around=ROWS, other=True),
    "one row": numbered("<td>{0}%</td>", around=("<table><tr>", "</tr></table>")),
    "bars": repeat("a | ", "b | "),
    "links": numbered('<li><a href="/help/{0}">Rule {name}</a></li>', around=LIST),
    "links retargeted": numbered('<p><a href="/help/{0}">The rule</a></p>', other=True),
    "links in one line": numbered('<a href="/help/{0}">a</a> ', around=("<p>", "</p>"), other=True),
    # one line
    "words": numbered("you must pay {name} ", around=("<p>", "</p>")),
    "two words": repeat("pay now ", "pay later "),
    "one word": repeat("fee ", "fees "),
    "no blanks": repeat("a", "b"),
    "no blanks, many letters": numbered("{name}", around=("<p>", "</p>")),
    "long words": repeat("abcdefghij" * 40 + " ", "abcdefghik" * 40 + " "),
    "capitals": repeat("Aa ", "Ab "),
    "capitals with of": repeat("Aa of ", "Ab of "),
    "capitals without blanks": repeat("A-", "B-"),
    "dotted letters": repeat("A.", "B."),
    "kanji": repeat("販売者は手数料を", "販売者は料金を"),
    "kanji with figures": repeat("手数料4%以下", "手数料5%以下"),
    "dots": repeat("."),
    "dots and blanks": repeat(". ", ".. "),
    "quotes": repeat("'", '"'),
    "brackets": repeat("(", "["),
    "dashes": repeat("-", "+"),
    "bullets": repeat("* ", "- "),
    "underscores": repeat("_", "-"),
    "at signs": repeat("a@", "b@"),
    "mail addresses": repeat("a@b.c.", "a@b.d."),
    "question marks": repeat("a? ", "b? "),
    "broken signs": repeat("a\ufffd", "b\ufffd"),
    "twice encoded": repeat("Ã©", "Ã¨"),
    "marks on letters": repeat("\u0301", "\u0300"),
    "white space": repeat("\u00a0 ", "x \u00a0"),
    "invisible": repeat("\u200b", "x\u200b"),
    "short for": repeat("e.g. ", "i.e. "),
    "duty words": repeat("must not ", "may not "),
    "long sentences": numbered("you must pay the {name} fee of " * 80 + ". ", around=("<p>", "</p>")),
    "short sentences": repeat("Pay. ", "Go. "),
    "new lines": repeat("Pay\n", "Go\n", around=("<pre>", "</pre>")),
    # figures
    "digits": repeat("1", "2"),
    "digits with blanks": repeat("1 ", "2 "),
    "digits with dots": repeat("1.", "2."),
    "digits with commas": repeat("1,", "2,"),
    "thousands": repeat("111,", "222,"),
    "thousands with blanks": repeat("111 ", "222 "),
    "digits with dashes": repeat("1-", "2-"),
    "ranges": repeat("1-2 ", "1-3 "),
    "ranges in words": repeat("between 1 and 2 ", "between 1 and 3 "),
    "number words": repeat("one ", "two "),
    "numbers twice": repeat("one (1) ", "two (2) "),
    "percent signs": repeat("%", "$"),
    "percent signs and blanks": repeat("% ", "$ "),
    "percentages": repeat("1% ", "2% "),
    "percentages without blanks": repeat("1%", "2%"),
    "limits": repeat("under 4% ", "under 3% "),
    "prices": repeat("$1 ", "$2 "),
    "currency signs": repeat("$ ", "€ "),
    "currency codes": repeat("EUR ", "USD "),
    "periods": repeat("30 days ", "14 days "),
    "business": repeat("5 business ", "5 calendar "),
    "dates": numbered("1 May 20{0} ", around=("<p>", "</p>")),
    "dates in numbers": repeat("1/2/2027 ", "1/3/2027 "),
    "months": repeat("May ", "June "),
    "last updated lines": numbered("<p>Last updated: 1 May 2026, no. {0}</p>", other=True),
    "effective lines": numbered("<p>Effective 1 May 2027 the fee {name} applies.</p>"),
    "metrics": numbered("<p>Keep your order defect rate under 1%. Rule {name}.</p>"),
    "unknown metrics": numbered("<li>Your {name} rate must be under {0}%.</li>", around=LIST),
    "metric after metric": repeat("order defect rate ", "late shipment rate "),
    "rate after rate": repeat("rate ", "score "),
    # names
    "names": numbered("<p>{name} Services GmbH sells in {name}.</p>"),
    "names all other": numbered("<p>We sell to {name} Services and {name} Europe.</p>", other=True),
    "names in one line": numbered("the {name} Programme and ", around=("<p>", "</p>")),
    "renames": numbered("<p>The {name} Agreement holds for Xyz{name} Europe.</p>", other=True),
    "definitions": numbered('<p>"{name}" means the thing {name}.</p>'),
    "domains": numbered("{name}.example.com ", around=("<p>", "</p>")),
    "addresses": numbered("https://example.com/{name} ", around=("<p>", "</p>")),
    "addresses without end": repeat("https://", "http://"),
}

_PLAIN = "".join(
    f"<h2>{n}. {title}</h2><p>{text}</p>"
    for n, (title, text) in enumerate(
        (
            ("Fees", "You pay a referral fee of 15% for each order. We may change fees with 30 days of notice."),
            ("Performance", "You must keep your order defect rate under 1%. We may suspend your account above that."),
            ("Termination", "Either of us may end this agreement at any time, with notice of 60 days in writing."),
        ),
        1,
    )
)


def page(hostile: str) -> bytes:
    """An ordinary policy with a hostile part before its last section."""
    at = _PLAIN.rfind("<h2>")
    head = "<!doctype html><html lang=en><head><title>Policy</title></head><body><main><h1>Policy</h1>"
    return f"{head}{_PLAIN[:at]}{hostile}{_PLAIN[at:]}</main></body></html>".encode()


def bare(hostile: str) -> bytes:
    """The same without the tags that HTML lets authors leave out."""
    return f"{hostile}{_PLAIN}".encode()
