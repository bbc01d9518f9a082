"""What stands in attributes, icons and fields is read where it says something, and once."""

import pytest
from lxml.html import fromstring

from diffs.reading.elements.spoken import _shows_text
from diffs.reading.elements.tree import beginnings
from diffs.reading.extract import extract
from diffs.values import Capture, Selection


def read(inside: str) -> list[str]:
    page = f"<html><body><div id=x><h1>Rules</h1>{inside}</div></body></html>"
    document = extract(Capture(url="https://shop.example/rules", body=page.encode()), Selection(("#x",))).document
    return [block.numbered for block in document.blocks[1:]]


def cell(inside: str) -> str:
    """What a cell behind "Used batteries" says."""
    rows = f"<tr><th>Goods</th><th>Allowed</th></tr><tr><td>Used batteries</td>{inside}</tr>"
    return read(f"<table>{rows}</table>")[-1].removeprefix("Used batteries | ")


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<td><span role=img aria-label=Yes></span></td>", "Yes"),
        ("<td><svg role=img><title>Prohibited</title><path d='M0'/></svg></td>", "Prohibited"),
        ("<td><svg aria-label=Allowed></svg></td>", "Allowed"),
        ("<td><img src=a.png alt='Not allowed'></td>", "Not allowed"),
        ("<td><img src=/i/check.svg alt=''></td>", "✓"),
        ("<td><i class='fa fa-times'></i></td>", "✗"),
        ("<td><i class='icon icon-check'></i></td>", "✓"),
        ("<td><i class='fas fa-check-circle text-green'></i></td>", "✓"),
        ("<td><svg><use href='#icon-xmark'/></svg></td>", "✗"),
        ("<td><span class='icon-half-moon'></span></td>", "[half-moon]"),
        ("<td><i class='material-icons' aria-hidden=true>check</i><span class=sr-only>Yes</span></td>", "Yes"),
        ("<td><span class=sr-only>No</span></td>", "No"),
        ("<td aria-label=Yes></td>", "Yes"),
        ("<td title='Only in the EU'></td>", "Only in the EU"),
        ("<td><span aria-hidden=true>✓</span></td>", "✓"),
        ("<td><span aria-hidden=true>✓</span><span class=visually-hidden>Yes</span></td>", "Yes"),
        ("<td><i title='Only with a report of the test'></i></td>", "Only with a report of the test"),
        ("<td><input type=checkbox disabled checked></td>", "☑"),
        ("<td><input type=checkbox disabled></td>", "☐"),
        ("<td><a href=/x><img src=a.png alt=Yes></a></td>", "Yes"),
        ("<td>4% <svg><title>Only in the EU</title></svg></td>", "4% Only in the EU"),
        ("<td><i class='css-1x2y3'></i></td>", ""),
    ],
)
def test_a_cell_without_words_says_what_its_icon_says(inside: str, said: str) -> None:
    assert cell(inside) == said


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<p><img src=a.png alt=Prohibited> Used batteries</p>", "Prohibited Used batteries"),
        ("<p><i class='fa fa-times'></i> Used batteries</p>", "✗ Used batteries"),
        ("<p>Used batteries <i class=info title='Only with a report'></i></p>", "Used batteries Only with a report"),
        ("<p>Used <svg><title>icon</title></svg> batteries</p>", "Used batteries"),
        ("<p>Allowed <svg aria-label=Allowed></svg></p>", "Allowed"),
        ("<p>Read <a href=/x>the rule <svg><title>Outside</title></svg></a></p>", "Read the rule"),
        ("<p>Read it <button><i class='fa fa-close'></i> all</button></p>", "Read it all"),
        ("<p>A <i>fine</i> <span title='Late shipment rate'>LSR</span></p>", "A fine LSR"),
        (
            "<p>Costs <span class=sr-only>$39.99</span><span aria-hidden=true><b>$</b>39<sup>99</sup></span>.</p>",
            "Costs $39.99.",
        ),
        ("<p>Costs <span class=sr-only>$39.99</span><span aria-hidden=true>$49.99</span>.</p>", "Costs $39.99 $49.99."),
        ("<p>In <span aria-hidden=true>48 h</span><span class=sr-only>48 hours</span> of it</p>", "In 48 hours of it"),
        ("<p>In <span aria-hidden=true>48 h</span> of it</p>", "In 48 h of it"),
        ("<p>In <i aria-hidden=true>•</i> of it<span class=sr-only>, read out</span></p>", "In of it"),
        ("<p><a href=/x>More <i aria-hidden=true>go</i><span class=sr-only>opens a window</span></a></p>", "More"),
    ],
)
def test_an_icon_beside_a_text_says_what_the_text_does_not(inside: str, said: str) -> None:
    assert read(inside) == [said]


def test_a_picture_alone_is_a_picture() -> None:
    assert read("<p>One.</p><p><img src=a.jpg alt='Two people at a desk'></p>") == ["One."]
    assert read("<p><img src=a.jpg alt='Two people at a desk with a lot of very old papers'> One.</p>") == ["One."]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("<select disabled><option>24 hours<option selected>48 hours</select>", "48 hours"),
        ("<select disabled><option>24 hours<option>48 hours</select>", "24 hours"),
        ("<select><option>24 hours<option selected>48 hours</select>", "48 hours"),
        ("<select><option>24 hours<option>48 hours</select>", ""),
        ("<select multiple><option>24 hours<option>48 hours</select>", "24 hours, 48 hours"),
        ("<input readonly value='48 hours'>", "48 hours"),
        ("<input disabled value=Never>", "Never"),
        ("<input aria-readonly=true value=Never>", "Never"),
        ("<input value='48 hours'>", "48 hours"),
        ("<input value='https://shop.example/share/12'>", ""),
        ("<input type=hidden value='48 hours'>", ""),
        ("<input type=submit value='Send 2 mails'>", ""),
        ("<textarea readonly>Within 48 hours.</textarea>", "Within 48 hours."),
        ("<textarea>Your text</textarea>", ""),
        ("<meter value=4 max=100>4%</meter>", "4%"),
        ("<progress value=4 max=100></progress>", "4"),
        ("<output>4%</output>", "4%"),
        ("<form role=search><input value='48 hours'></form>", ""),
        ("<form><input type=password><select><option selected>48 hours</select></form>", ""),
        ("<form><input type=email><input value='48 hours'></form>", ""),
    ],
)
def test_a_field_that_states_a_rule_is_read(field: str, said: str) -> None:
    assert " ".join(read(f"<div>Reply within {field}</div>")) == f"Reply within {said}".strip()


def test_a_long_list_of_choices_says_nothing() -> None:
    options = "".join(f"<option>Country {number}" for number in range(20))

    assert read(f"<p>Sell in <select><option selected>Peru{options}</select></p>") == ["Sell in"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("<p><label for=a>VAT number</label><input id=a required></p>", "VAT number (required)"),
        ("<p><label>VAT number <input aria-required=true></label></p>", "VAT number (required)"),
        ("<p><label for=a>VAT number *</label><input id=a required></p>", "VAT number *"),
        ("<p><label for=a>VAT number</label><input id=a></p>", "VAT number"),
        ("<p>VAT number <input required></p>", "VAT number"),
        ("<form><p><label>Find <input type=search required></label></p></form>", "Find"),
    ],
)
def test_that_a_field_is_required_is_said_at_its_label(form: str, said: str) -> None:
    assert read(form) == [said]
    assert extract(Capture(url="", body=form.encode()), Selection()).document.shown == f"{said}\n"


@pytest.mark.parametrize(
    ("component", "said"),
    [
        (
            "<kat-alert header='Reply in time' description='Reply within 48 hours.'></kat-alert>",
            ["Reply in time. Reply within 48 hours"],
        ),
        ("<kat-alert header='Reply in time'>Now.</kat-alert>", ["Now."]),
        ("<kat-icon label=open></kat-icon><p>Now.</p>", ["Now."]),
        ("<x-data content='{\"a\": 1}'></x-data><p>Now.</p>", ["Now."]),
        ("<kat-row><kat-cell>Late rate</kat-cell><kat-cell>4%</kat-cell></kat-row>", ["Late rate 4%"]),
        ("<kat-box>Reply in time.</kat-box><kat-box>Ship in time.</kat-box>", ["Reply in time.", "Ship in time."]),
        ("<kat-box>Reply in time.</kat-box>\n<kat-box>Ship in time.</kat-box>", ["Reply in time.", "Ship in time."]),
        ("<p>The rate of <x-figure>4%</x-figure>, no more.</p>", ["The rate of 4%, no more."]),
    ],
)
def test_components_keep_their_words_apart(component: str, said: list[str]) -> None:
    assert read(component) == said


@pytest.mark.parametrize(
    "struck",
    [
        "<s>4%</s>",
        "<del>4%</del>",
        "<strike>4%</strike>",
        "<span style='text-decoration: line-through'>4%</span>",
        "<span style='color:red;text-decoration-line:underline line-through'>4%</span>",
        "<span class='line-through'>4%</span>",
        "<style>p .no{color:red} .old, b.x {text-decoration: line-through}</style><span class=old>4%</span>",
    ],
)
def test_what_is_struck_out_is_no_longer_in_force(struck: str) -> None:
    assert read(f"<p>Keep it under {struck}<ins>3%</ins> always.</p>") == ["Keep it under 3% always."]
    assert read(f"<p>Keep it under 5{struck}3 always.</p>") == ["Keep it under 5 3 always."]


def test_an_icon_with_an_address_that_is_none_says_nothing() -> None:
    assert cell("<td><img src='//[check' alt=''></td>") != "✓"
    assert cell("<td><img src='//host/check.svg' alt=''></td>") == "✓"


def test_a_cell_in_a_cell_says_its_icon_once() -> None:
    inner = '<table><tr><td><img src="/check.svg" alt=""></td></tr></table>'

    said = " ".join(read(f"<table><tr><td>{inner}</td></tr></table><p>The seller ships in time.</p>"))

    assert said.count("✓") == 1


def test_a_hidden_cell_in_a_cell_shows_nothing() -> None:
    inner = '<table><tr><td style="display:none">Refunds</td></tr></table>'

    assert any("✓" in line for line in read(f'<table><tr><td>{inner}<i class="icon-check"></i></td></tr></table>'))


def test_a_list_in_a_list_ends_it() -> None:
    nested = "<select multiple><option>Standard<select multiple><option>Express</select></select>"

    assert "Standard" in " ".join(read(f"<p>Shipping {nested}</p>"))


def test_what_stands_behind_a_comment_in_a_title_belongs_to_it() -> None:
    """The parser of a page leaves comments out; a tree that has some is read like one that has none."""
    plain = fromstring("<div><h2>Fees <b>and</b> \n  costs</h2></div>")
    with_comment = fromstring("<div><h2>Fees <!-- 7 --><b>and<!-- 8 --></b> \n  costs</h2></div>")

    assert [*beginnings(with_comment, ("h2",)).values()] == [*beginnings(plain, ("h2",)).values()] == ["Fees and costs"]


def test_a_title_in_a_title_is_read_once_and_both_say_it() -> None:
    nested = fromstring("<div><h2>Fees<h3>of sale</h3> and more</h2></div>")

    assert [*beginnings(nested, ("h3", "h2")).values()] == ["of sale", "Feesof sale and more"]


def test_a_style_sheet_with_a_bracket_too_many_still_strikes_out() -> None:
    sheet = "<style>} .old { text-decoration: line-through }</style>"

    assert read(f'{sheet}<p>The fee is <span class="old">15%</span> 12%.</p>') == ["The fee is 12%."]


def test_a_cell_around_one_that_shows_nothing_shows_nothing_itself() -> None:
    table = fromstring("<table><tr><td><table><tr><td><b aria-hidden=true>Yes</b></td></tr></table></td></tr></table>")
    outer, inner = table.iter("td")

    assert not _shows_text(outer, {inner: False})
    assert _shows_text(outer, {inner: True})


def test_a_cell_of_hundreds_of_nodes_is_taken_to_show_its_words() -> None:
    (cell_of_many,) = fromstring(f"<table><tr><td>{'<b></b>' * 400}Yes</td></tr></table>").iter("td")

    assert _shows_text(cell_of_many, {})


def test_a_cell_with_a_label_is_read_by_it_whatever_is_drawn_in_it() -> None:
    assert cell("<td aria-label=Yes><span></span><b></b></td>") == "Yes"


def test_what_is_said_to_screen_readers_without_a_word_has_no_twin() -> None:
    assert read("<p>Rate <span aria-hidden=true>4%</span><span class=sr-only>, </span> of orders</p>") == [
        "Rate 4% of orders"
    ]
