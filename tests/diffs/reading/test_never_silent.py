"""What carries a rule is read, in whatever element, attribute or sign it stands: its edit never passes for noise.

Each pair is two looks at one page, in our own words; the kinds are those that other trackers lost.
"""

import base64

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.facts import facts
from diffs.meaning.significance import judge
from diffs.reading.policy_text import clean, extraction_of
from diffs.values import Capture, Document, Selection

AROUND = (
    "<p>This page states the rules that sellers follow when they offer goods, and says which steps apply to whom.</p>"
    "<p>Please read the whole page before you list an offer, because each part builds on the one before it.</p>"
    "<p>Every seller keeps the records of the last year in good order and shows them when we ask for them.</p>"
)
RULE = "<p>The late shipment rate must stay below {} per cent.</p>"


def read(body: str, behind: str = "") -> Document:
    page = f"<html lang=en><head><title>Rules</title></head><body><main><h1>Rules</h1>{AROUND}{body}</main>{behind}</body></html>"
    capture = Capture(url="https://shop.example/rules", final_url="https://shop.example/rules", body=page.encode())
    return clean(extraction_of(capture, Selection())).document


def significance(old: Document, new: Document) -> str:
    """What becomes of the step from one look to the next: "noise" where both read the same."""
    if old.fingerprint == new.fingerprint:
        return "noise"
    comparison = compare(old, new)
    return judge(comparison, facts(comparison, old, new), (), old, new).significance


SIGNS = {
    "struck by role": (
        "<p>You may ship <span>from abroad</span>.</p>",
        "<p>You may ship <span role=deletion>from abroad</span>.</p>",
    ),
    "struck by the page's own style": (
        "<style>.o{color:red}</style><p class=o>You may ship from abroad.</p>",
        "<style>.o{text-decoration:line-through}</style><p class=o>You may ship from abroad.</p>",
    ),
    "struck letter by letter": ("<p>Free for books.</p>", "<p>F\u0336r\u0336e\u0336e\u0336 for books.</p>"),
    "traffic light": ("<p>🟢 Lithium cells</p>", "<p>🔴 Lithium cells</p>"),
    "thumb": ("<p>👍 Verkauf gebrauchter Bücher</p>", "<p>👎 Verkauf gebrauchter Bücher</p>"),
    "medal": ("<p>🥇 Sellers with this badge come first</p>", "<p>🥈 Sellers with this badge come first</p>"),
    "arrow": ("<p>Fee ↗</p>", "<p>Fee ↘</p>"),
    "plus and minus": (
        "<table><tr><td>Books</td><td>➕</td></tr></table>",
        "<table><tr><td>Books</td><td>➖</td></tr></table>",
    ),
    "lock": ("<ul><li>🔓 Cameras</li></ul>", "<ul><li>🔒 Cameras</li></ul>"),
    "flag": ("<p>Free shipping to 🇩🇪 🇫🇷</p>", "<p>Free shipping to 🇩🇪 🇮🇹</p>"),
    "circle and cross": (
        "<table><tr><td>電池</td><td>○</td></tr></table>",
        "<table><tr><td>電池</td><td>×</td></tr></table>",
    ),
}
ICONS = {
    "named in an attribute": ("<svg data-icon=check><path d=M1 /></svg>", "<svg data-icon=xmark><path d=M2 /></svg>"),
    "named for tests": ("<svg data-testid=CheckCircleIcon></svg>", "<svg data-testid=CancelIcon></svg>"),
    "a component": (
        "<lightning-icon icon-name='utility:check'></lightning-icon>",
        "<lightning-icon icon-name='utility:close'></lightning-icon>",
    ),
    "another component": ("<ion-icon name=checkmark-outline></ion-icon>", "<ion-icon name=close-outline></ion-icon>"),
    "named by another element": (
        "<b id=y hidden>Allowed</b><b id=n hidden>Banned</b><i aria-labelledby=y></i>",
        "<b id=y hidden>Allowed</b><b id=n hidden>Banned</b><i aria-labelledby='n'></i>",
    ),
    "a ligature": ("<span class=material-icons>check</span>", "<span class=material-icons>close</span>"),
    "a file": ("<img src=/i/tick-green.svg>", "<img src=/i/cross-red.svg>"),
}
STARS = {
    "by class": (
        "<i class='fa fa-star'></i><i class='fa fa-star-o'></i>",
        "<i class='fa fa-star'></i><i class='fa fa-star'></i>",
    ),
    "of another set": (
        "<i class='bi bi-star-fill'></i><i class='bi bi-star'></i>",
        "<i class='bi bi-star-fill'></i><i class='bi bi-star-fill'></i>",
    ),
    "with a comment between": (
        "<i class='fa fa-star'></i><i class='fa fa-star-o'></i><!-- of 5 -->",
        "<i class='fa fa-star'></i><i class='fa fa-star'></i><!-- of 5 -->",
    ),
    "as a drawing": (
        "<svg data-testid=StarIcon></svg><svg data-testid=StarBorderIcon></svg>",
        "<svg data-testid=StarIcon></svg><svg data-testid=StarIcon></svg>",
    ),
    "as a scale": (
        "<span role=meter aria-valuenow=3 aria-valuemax=5></span>",
        "<span role=meter aria-valuenow=4 aria-valuemax=5></span>",
    ),
    "as a scale without an end": (
        "<span role=meter aria-valuenow=3></span>",
        "<span role=meter aria-valuenow=4></span>",
    ),
    "as a scale in words": (
        "<span role=slider aria-valuetext='3 stars'></span>",
        "<span role=slider aria-valuetext='4 stars'></span>",
    ),
    "as a component": (
        "<ui5-rating-indicator value=3></ui5-rating-indicator>",
        "<ui5-rating-indicator value=4></ui5-rating-indicator>",
    ),
}


@pytest.mark.parametrize(("was", "now"), SIGNS.values(), ids=SIGNS)
def test_a_sign_that_carries_a_rule_is_read(was: str, now: str) -> None:
    assert significance(read(was), read(now)) == "material"


@pytest.mark.parametrize(("was", "now"), ICONS.values(), ids=ICONS)
@pytest.mark.parametrize("cell", ["<table><tr><td>Knives</td><td>{}</td></tr></table>", "<ul><li>{} Knives</li></ul>"])
def test_an_icon_that_says_yes_or_no_is_read(was: str, now: str, cell: str) -> None:
    assert significance(read(cell.format(was)), read(cell.format(now))) == "material"


@pytest.mark.parametrize(("was", "now"), STARS.values(), ids=STARS)
def test_a_row_of_stars_is_a_figure(was: str, now: str) -> None:
    old, new = (read(f"<p>Rating that sellers need: {stars}</p>") for stars in (was, now))

    assert significance(old, new) == "material"


FOLDED = {
    "a template for a place": "<div id=p1></div>|<template data-for=p1>{}</template>",
    "a stream for a place": "<div id=p1></div>|<turbo-stream action=append target=p1><template>{}</template></turbo-stream>",
    "a template under a condition": "<div x-data=1><template x-if=open><div>{}</div></template></div>",
    "what a word is described by": "<p>Late shipments <b aria-describedby=t1>count</b></p><div id=t1 role=tooltip hidden>{}</div>",
    "a dialog behind a button": "<button popovertarget=d1>Rule</button><div popover id=d1>{}</div>",
    "a panel of a help centre": "<div class=expand-container><div class=expand-control>Late</div><div class=expand-content style='display:none'>{}</div></div>",
    "a panel of an app": "<h3><button aria-controls=':r1:' data-state=closed>Late</button></h3><div id=':r1:' role=region hidden>{}</div>",
}


@pytest.mark.parametrize("page", FOLDED.values(), ids=FOLDED)
def test_what_waits_for_a_script_or_a_click_is_read(page: str) -> None:
    was, now = (read(*page.replace("{}", RULE.format(rate)).split("|")) for rate in (4, 3))

    assert significance(was, now) == "material"


@pytest.mark.parametrize(
    "silent",
    [
        f"<template id=t>{RULE}</template>",
        "<template x-for='o in orders'><p>Order {{{{o}}}} is {} days late today.</p></template>",
        "<template x-if=late><p>Order {{{{o}}}} is {} days late today.</p></template>",
        "<p>Edited <span title='Monday, January {}, 2026 at 10:02'>recently</span> by us.</p>",
        "<p>Rating <button><i class='fa fa-star'></i></button> of this page</p><div class=sidebar><a href=/x>Save {}%</a></div>",
    ],
)
def test_what_no_reader_is_told_stays_out(silent: str) -> None:
    assert significance(read(silent.format(4)), read(silent.format(5))) == "noise"


def test_a_star_alone_is_no_rating() -> None:
    hollow, full = (read(f"<p>Save <i class='fa {star}'></i> this page.</p>") for star in ("fa-star-o", "fa-star"))

    assert significance(hollow, full) == "noise"


DRAWN = {
    "letters of a drawing": "<svg viewBox='0 0 9 9'><text x=1>Late shipment rate</text><text x=2>below {}%</text></svg>",
    "a picture with a rule": "<figure><img src=g.png alt='Keep your late shipment rate below {}% of all orders'></figure>",
    "a frame with its own text": "<iframe src='data:text/html,<p>Ship within {} days of the order.</p>'></iframe>",
    "a figure of the style sheet": "<style>.limit::after{{content:'{}%'}}</style><p class=limit>Late shipment rate: below</p>",
    "a figure of an attribute": "<style>.v::after{{content: attr( data-v ) ' or less'}}</style><p>Rate: <b class=v data-v='{}%'></b></p>",
    "a text in a drawing": "<svg><foreignObject><p>Ship within {} days.</p></foreignObject></svg>",
    "what a drawing is described by": "<table><tr><td>Limit</td><td><svg><desc>{} days</desc><path d=M1 /></svg></td></tr></table>",
    "a figure of a nested rule": '<style>@media all{{.a .b:after{{content:"{}%"}}}}</style><p class=a><b class=b>is the <i>most</i></b></p>',
}


@pytest.mark.parametrize("page", DRAWN.values(), ids=DRAWN)
def test_a_rule_that_is_drawn_is_read(page: str) -> None:
    assert significance(read(page.format(4)), read(page.format(3))) == "material"


def test_a_frame_with_a_packed_text_is_read() -> None:
    packed = (base64.b64encode(f"<p>Ship within {days} days.</p>".encode()).decode() for days in (4, 3))
    was, now = (read(f"<iframe src='data:text/html;charset=utf-8;base64,{one}'></iframe>") for one in packed)

    assert significance(was, now) == "material"


@pytest.mark.parametrize("address", ["data:text/html;base64,%%%", "data:image/png;base64,aGk=", "/frame.html", ""])
def test_a_frame_without_a_text_of_its_own_says_nothing(address: str) -> None:
    assert read(f"<iframe src='{address}'></iframe>").fingerprint == read("").fingerprint


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (
            "<li class=allowed>Knives</li><li class=not-allowed>Fuel</li>",
            "<li class=allowed>Knives</li><li class=allowed>Fuel</li>",
        ),
        (
            "<li class=tick-item>Knives</li><li class=x-mark-item>Fuel</li>",
            "<li class=x-mark-item>Knives</li><li class=tick-item>Fuel</li>",
        ),
    ],
)
def test_a_bullet_that_says_yes_or_no_is_read(was: str, now: str) -> None:
    both = "<ul class=dos><li>Pack well</li></ul><ul class=donts><li>Pack wet</li></ul>"

    assert significance(read(f"<ul>{was}</ul>{both}"), read(f"<ul>{now}</ul>{both}")) == "material"


def test_a_mark_of_the_style_sheet_says_yes_or_no() -> None:
    page = (
        "<style>.y::before{{content:'\\2713'}} .n::before{{content:'\\2717 '}}</style><ul><li class={}>Knives</li></ul>"
    )

    assert significance(read(page.format("y")), read(page.format("n"))) == "material"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("<svg><text>Shop</text></svg>", "<svg><text>Shop 2</text></svg>"),
        (
            "<svg aria-hidden=true><text>Seen by 4 people</text></svg>",
            "<svg aria-hidden=true><text>Seen by 5 people</text></svg>",
        ),
        (
            "<img src=a.png alt='A seller who packs a box in a bright room'>",
            "<img src=b.png alt='Two sellers who pack boxes in a hall'>",
        ),
        (
            "<style>.a::after{content:'\\e001'}</style><p class=a>Rule</p>",
            "<style>.a::after{content:'\\d800'}</style><p class=a>Rule</p>",
        ),
        ("<style>a::after{content:' (' attr(href) ')'}</style>", "<style>a::after{content:' 4 ' attr(href)}</style>"),
        ("<style>:::after{content:'4%'} p[::before{content:'4%'}</style>", ""),
        (
            "<style>td::before{content:attr(data-label)}</style><table><tr><td data-label='Fee of 4%'>9</td></tr></table>",
            "<style>td::before{content:attr(data-label)}</style><table><tr><td data-label='Fee of 5%'>9</td></tr></table>",
        ),
        (
            "<style>.n::after{content:attr(data-n)}</style><p class=n data-n=12>Likes</p>",
            "<style>.n::after{content:attr(data-n)}</style><p class=n data-n=13>Likes</p>",
        ),
        ("<ul><li class=check>Pack well</li></ul>", "<ul><li class=check-list>Pack well</li></ul>"),
        (
            "<ul><li class=yes>✓ Pack well</li><li class=no>✗ Fuel</li></ul>",
            "<ul><li>✓ Pack well</li><li>✗ Fuel</li></ul>",
        ),
    ],
)
def test_what_is_drawn_for_its_looks_stays_out(was: str, now: str) -> None:
    assert significance(read(was), read(now)) == "noise"


def test_a_picture_is_not_read_beside_the_same_words() -> None:
    rule = "Keep your late shipment rate below 4% of all orders"

    assert read(f"<div>{rule} <img src=a.png alt='{rule}'></div>").shown.count(rule) == 1


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (
            "<dl><dt>Combined orders allowed</dt><dd>Yes</dd></dl>",
            "<dl><dt>Combined orders allowed</dt><dd>No</dd></dl>",
        ),
        ("<div>Gebrauchte Ware zulässig</div><div>Ja</div>", "<div>Gebrauchte Ware zulässig</div><div>Nein</div>"),
        ("<p>Gold sellers pay their fees monthly</p>", "<p>Gold sellers pay their fees weekly</p>"),
    ],
)
def test_a_short_line_at_the_end_that_states_a_rule_is_read(was: str, now: str) -> None:
    assert significance(read(was), read(now)) == "material"


def test_a_yes_beside_a_no_is_a_button() -> None:
    asked = "<div>Was this page helpful?</div><div>Yes</div><div>No</div>"

    assert read(asked).fingerprint == read("<div>Yes</div><div>No</div>").fingerprint == read("").fingerprint


TICKS = "<table><tr><th>Item</th><th>Allowed</th><th>Banned</th></tr><tr><td>Knives</td>{}</tr></table>"
LIGHTS = "<table><tr><td>Knives</td><td {}></td></tr><tr><td>Fuel</td><td class=red></td></tr></table>"
STATED = {
    "a tick in another column": (TICKS.format("<td>x</td><td></td>"), TICKS.format("<td></td><td>x</td>")),
    "a light by its style": (
        LIGHTS.format("style='background:green'"),
        LIGHTS.format("style='color:red;background:red'"),
    ),
    "a light by its figures": (LIGHTS.format("bgcolor='#0a0'"), LIGHTS.format("style='background-color:#ff9900'")),
    "a light by its class": (LIGHTS.format("class='cell green'"), LIGHTS.format("class='cell amber'")),
    "a fixed switch": (
        "<div role=switch aria-readonly=true aria-checked=true aria-label='Automatic renewal'></div>",
        "<div role=switch aria-readonly=true aria-checked=false aria-label='Automatic renewal'></div>",
    ),
    "a fixed box before its words": (
        "<div role=checkbox aria-disabled=true aria-checked=true>Insurance</div>",
        "<div role=checkbox aria-disabled=true aria-checked=false>Insurance</div>",
    ),
    "a value without words": ("<p>Limit: <data value=4></data></p>", "<p>Limit: <data value=3></data></p>"),
    "a day without words": (
        "<p>Applies from <time datetime=2026-01-01></time>.</p>",
        "<p>Applies from <time datetime=2026-03-01></time>.</p>",
    ),
    "a component with a figure": (
        "<p>Limit: <x-figure value='4%'></x-figure></p>",
        "<p>Limit: <x-figure value='3%'></x-figure></p>",
    ),
    "another document in the page": (
        "<embed src=/docs/fees-2025.pdf type=application/pdf>",
        "<embed src=/docs/fees-2026.pdf type=application/pdf>",
    ),
    "another document in a frame": (
        "<iframe src='/docs/fees-2025.pdf#page=1' title='Fees'></iframe>",
        "<iframe src='/docs/fees-2026.pdf#page=1' title='Fees'></iframe>",
    ),
    "another document as an object": (
        "<object data=/docs/fees-2025.pdf><p>Your browser shows no documents.</p></object>",
        "<object data=/docs/fees-2026.pdf><p>Your browser cannot show it.</p></object>",
    ),
    "what letters stand for": (
        "<p>The <abbr title='late shipment rate'>LSR</abbr> counts.</p>",
        "<p>The <abbr title='order defect rate'>LSR</abbr> counts.</p>",
    ),
    "a country in small letters": (
        "<p><small>Not valid in Spain</small></p>",
        "<p><small>Not valid in France</small></p>",
    ),
}


@pytest.mark.parametrize(("was", "now"), STATED.values(), ids=STATED)
def test_what_states_a_rule_without_words_of_its_own_is_read(was: str, now: str) -> None:
    assert significance(read(was), read(now)) == "material"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (LIGHTS.format("style='background:#eee'"), LIGHTS.format("style='background:#123456'")),
        (LIGHTS.format("bgcolor='#12'"), LIGHTS.format("bgcolor=white")),
        ("<div role=checkbox aria-checked=true>Show all</div>", "<div role=checkbox aria-checked=false>Show all</div>"),
        ("<div role=checkbox aria-disabled=true aria-checked=true>☑ Paid</div>", "<div>☑ Paid</div>"),
        (
            "<table><tr><td>Toys</td><td></td><td>8%</td></tr></table>",
            "<table><tr><td>Toys</td><td>8%</td></tr></table>",
        ),
    ],
)
def test_a_mere_look_of_a_page_is_no_rule(was: str, now: str) -> None:
    assert significance(read(was), read(now)) == "noise"


def test_a_film_or_a_map_in_a_frame_is_no_document() -> None:
    frame = "<iframe src=https://films.example/embed/{}></iframe><object data=/film-{}.mp4></object>"

    assert significance(read(frame.format(1, 1)), read(frame.format(2, 2))) == "noise"


HINTS = {
    "an abbreviation": "<p>Late shipments have a <abbr title='It must stay below {}% of all orders'>limit</abbr></p>",
    "a tooltip": "<p>Late shipments have a <span data-tooltip='Answer within {} days of the message'>limit</span></p>",
    "a cell": "<table><tr><td>Toys</td><td title='The fee is ${}.00 a piece'>fee</td></tr></table>",
}


@pytest.mark.parametrize("page", HINTS.values(), ids=HINTS)
def test_a_rule_in_a_tooltip_is_read(page: str) -> None:
    assert significance(read(page.format(4)), read(page.format(3))) == "material"


TABLES = {
    "of spans": "<div role=table><div role=row><span role=cell>Toys</span><span role=cell>{}%</span></div></div>",
    "with groups and heads": (
        "<div role=grid><div role=rowgroup><div role=row><div role=columnheader>Item</div><div role=columnheader>Fee</div></div></div>"
        "<div role=rowgroup><div role=row><div role=gridcell>Toys</div><div role=gridcell>{}%</div></div></div></div>"
    ),
    "of a list": "<section role=table><ul role=row><li role=rowheader>Toys</li><li role=cell>{}%</li></ul></section>",
}


@pytest.mark.parametrize("page", TABLES.values(), ids=TABLES)
def test_a_table_made_of_roles_is_a_table(page: str) -> None:
    assert "Toys | 4%" in read(page.format(4)).shown


def test_a_role_without_cells_makes_no_table() -> None:
    shown = read("<div role=table><p>No rows yet.</p></div><table role=table><tr><td>Toys</td></tr></table>").shown

    assert "No rows yet." in shown
    assert "Toys" in shown


@pytest.mark.parametrize(
    "page",
    [
        "<div class='callout sidebar-note'>{}</div>".replace("{}", RULE),
        "<div class=sidebar><h3>Key figures</h3><ul><li>Late shipment rate: below {} %</li><li>Reply: 24 h</li></ul></div>",
        "<aside class=sidebar><p>Antworten Sie binnen {} Stunden.</p></aside>",
    ],
)
def test_key_figures_beside_the_text_are_read(page: str) -> None:
    assert significance(read(page.format(4)), read(page.format(3))) == "material"


@pytest.mark.parametrize("line", ["<p>{}. Abmahnung führt zur Sperrung des Kontos.</p>", "<p>{}. Verstoß: Sperre</p>"])
def test_an_ordinal_at_the_beginning_of_a_line_is_no_number_of_a_list(line: str) -> None:
    assert significance(read(line.format(2)), read(line.format(3))) == "material"


def test_the_numbers_of_a_list_stay_numbers() -> None:
    was = "<p>1. Pack the goods.</p><p>2. Ship the goods.</p>"
    now = "<p>2. Pack the goods.</p><p>3. Ship the goods.</p>"

    assert significance(read(was), read(now)) == "noise"
