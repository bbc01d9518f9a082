"""What a page folds away and one click shows is read; what nobody is shown is not."""

import pytest

from diffs.reading.extract import extract
from diffs.values import Capture, Selection

ABOUT = "".join(
    f"<p>This page states the rules that sellers follow, and part {number} of it says which steps apply to whom.</p>"
    for number in range(6)
)
RULE = "The late rate must stay under 4%."


def read(page: str, *select: str, remove: tuple[str, ...] = (), **more: str) -> str:
    capture = Capture(url="https://shop.example/rules", body=page.encode(), **more)
    return extract(capture, Selection(select, remove)).document.shown


def of_page(inside: str, **more: str) -> str:
    return read(f"<html><body><main><h1>Rules</h1>{ABOUT}{inside}</main></body></html>", **more)


FOLDED = [
    "<h3><button aria-expanded=false aria-controls=p1>Late</button></h3><div id=p1 hidden><p>{}</p></div>",
    "<a data-toggle=collapse href=#p1>Late</a><div id=p1 style='display:none'><p>{}</p></div>",
    "<button data-bs-target='#p1'>Late</button><p>Between.</p><div id=p1 style='color:red;display: none'><p>{}</p></div>",
    "<a href=# onclick=\"show('p1')\">Late</a><p>Between.</p><div id=p1 style='display:none !important'><p>{}</p></div>",
    "<button popovertarget=p1>Late</button><p>Between.</p><div id=p1 hidden><p>{}</p></div>",
    "<div role=tablist><button role=tab>UK</button></div><p>Between.</p><div role=tabpanel hidden><p>{}</p></div>",
    "<div class='accordion-panel' style='display:none'><p>{}</p></div>",
    "<div class='tab-pane' style='visibility:hidden'><p>{}</p></div>",
    "<h3>Late</h3><div style='display:none'><p>{}</p></div>",
    "<dl><dt>Late</dt><dd style='display:none'>{}</dd></dl>",
    "<div class=head><h4>Late</h4></div><div class=body><div hidden><p>{}</p></div></div>",
    "<details><summary>Late</summary><p>{}</p></details>",
    "<ul><li><a href='#'>Late</a><div style='display:none'><p>{}</p></div></li></ul>",
    "<a href='javascript:void(0)'>Late</a><div hidden><p>{}</p></div>",
    "<div class=title>Late</div><div class=text style='display:none'><p>{}</p></div>",
    "<input type=checkbox id=c><label for=c>Late</label><div style='display:none'><p>{}</p></div>",
    "<table><tr><td>Between.</td></tr><tr style='display:none'><td>{}</td></tr></table>",
    "<ol><li>Between.</li><li hidden>{}</li></ol>",
    "<p>Between.</p><p class=all style='display:none'>{}</p><a href=#>Show all</a>",
    "<p>Between.</p><p hidden>{}</p><button>More</button>",
    "<div class=country><p>Between.</p></div><div class=country style='display:none'><p>{}</p></div>",
    "<div hidden=until-found><p>{}</p></div>",
    "<policy-text><template shadowrootmode=open><style>p{{}}</style><p>{}</p></template></policy-text>",
    "<policy-text><template shadowrootmode=closed><slot></slot></template><p>{}</p></policy-text>",
    "<policy-text><template shadowrootmode=open><slot name=r>No rule.</slot></template><p slot=r>{}</p></policy-text>",
    "<iframe srcdoc='<p>{}</p>'></iframe>",
    "<iframe srcdoc='&lt;iframe srcdoc=&quot;&lt;p&gt;{}&lt;/p&gt;&quot;&gt;&lt;/iframe&gt;'></iframe>",
    "<noscript><p>{}</p></noscript>",
    "<div hidden id='S:0'><p>{}</p></div><script>$RC('B:0','S:0')</script>",
    '<template id=B:0></template><div hidden id=S:0><p>{}</p></div><p>Between.</p><script>$RC("B:0","S:0")</script>',
    "<template id=t-1><p>{}</p></template><script>$df('t-1')</script>",
]


@pytest.mark.parametrize("folded", FOLDED)
def test_what_a_click_a_frame_or_the_pages_own_script_shows_is_read(folded: str) -> None:
    assert of_page(folded.format(RULE)).count(RULE) == 1


@pytest.mark.parametrize(
    "hidden",
    [
        f"<p>Between.</p><div hidden><p>{RULE}</p></div><p>Behind.</p>",
        f"<p class=a>Between.</p><p hidden class=b>{RULE}</p><a href=/all>All rules</a>",
        f"<p class=a>Between.</p><p hidden class=b>{RULE}</p>Text.<button>More</button>",
        f"<p>Between.</p><p hidden>{RULE}</p>",
        f"<h3>Late</h3>Text.<div hidden><p>{RULE}</p></div>",
        "<h3>Late</h3><div hidden><p>The late rate must</p><p>stay under four</p></div>",
        f"<template id=t><p>{RULE}</p></template>",
        f"<button aria-controls=m>Menu</button><ul id=m hidden><li><a href=/a>{RULE}</a></li></ul>",
        f"<button aria-controls=m>Menu</button><nav id=m hidden><a href=/a>{RULE}</a></nav>",
        f"<button aria-controls=c>Cookies</button><div id=c hidden><p>{RULE}</p><button>Accept all</button></div>",
        f"<button aria-controls=s>Sign in</button><div id=s hidden><p>{RULE}</p><input type=password></div>",
        "<noscript><p>Please enable JavaScript to read 4 rules of this page.</p></noscript>",
        "<noscript><img src=x.gif></noscript>",
        "<iframe srcdoc=''></iframe><iframe src=/elsewhere></iframe>",
    ],
)
def test_what_nobody_is_shown_stays_out(hidden: str) -> None:
    shown = of_page(hidden)

    assert RULE not in shown
    assert "rules of this page" not in shown
    assert "stay under four" not in shown


def test_a_hidden_second_copy_is_not_read_again() -> None:
    copy = f"<p>{RULE}</p><h3>Late</h3><div hidden><p>{RULE}</p></div><noscript><p>{RULE}</p></noscript>"

    assert of_page(copy).count(RULE) == 1


def test_a_browser_shows_no_text_for_readers_without_scripts() -> None:
    assert RULE not in of_page(f"<noscript><p>{RULE}</p></noscript>", fetched_by="browser")


def test_a_streamed_piece_is_read_in_its_place() -> None:
    late = f"<div hidden id=S:0><p>{RULE}</p></div><script>$RC('B:0','S:0')</script>"
    page = f"<html><body><main><h1>Rules</h1><template id=B:0></template><p>The end.</p></main>{late}</body></html>"

    assert read(page, "main").split("\n\n")[-1] == f"{RULE}\nThe end.\n"


def test_a_text_that_waits_for_a_script_is_read_when_nothing_else_is_there() -> None:
    waiting = f"<div style='visibility:hidden'><h1>Rules</h1>{ABOUT}<p>{RULE}</p></div>"

    assert RULE in read(f"<html><body><p>Loading…</p>{waiting}</body></html>")
    assert RULE not in read(f"<html><body>{ABOUT}{waiting}</body></html>")


def test_the_owners_cut_of_hidden_parts_leaves_what_a_click_shows() -> None:
    page = FOLDED[0].format(RULE)

    assert RULE in of_page_cut(page)
    assert RULE not in of_page_cut(f"<p>Between.</p><div hidden>{RULE}</div>")


def of_page_cut(inside: str) -> str:
    return read(f"<html><body><main><h1>Rules</h1>{ABOUT}{inside}</main></body></html>", "main", remove=("[hidden]",))


def test_what_fills_a_slot_takes_the_place_of_what_was_there() -> None:
    shown = of_page(
        f"<policy-text><template shadowrootmode=open><slot><b>No rule.</b></slot></template><p>{RULE}</p></policy-text>"
    )

    assert RULE in shown
    assert "No rule." not in shown


def test_what_a_shadow_root_has_no_slot_for_is_shown_to_nobody() -> None:
    shown = of_page(
        f"<policy-text><template shadowrootmode=open><p>{RULE}</p></template><p>Never shown.</p></policy-text>"
    )

    assert RULE in shown
    assert "Never shown." not in shown


@pytest.mark.parametrize(
    "beside",
    [
        "<iframe srcdoc=' '></iframe>",
        "<script src=/late.js></script><div hidden id=waits>Wait.</div>",
        "<!-- a note --><div hidden><p>Wait.</p></div>",
        "<iframe srcdoc='<!-- <body> -->'></iframe>",
    ],
)
def test_what_holds_no_text_takes_none_away(beside: str) -> None:
    assert of_page(f"{beside}<p>{RULE}</p>").count(RULE) == 1


@pytest.mark.parametrize("control", ["role=tab", "role=button", "aria-expanded=false"])
def test_a_link_that_opens_a_panel_is_known_by_what_it_says_it_is(control: str) -> None:
    inside = f"<a {control} href=#p1>Late</a><p>Between.</p><div id=p1 hidden><p>{RULE}</p></div>"

    assert of_page(inside).count(RULE) == 1


def test_a_hidden_part_at_the_head_of_the_page_has_nothing_that_opens_it() -> None:
    page = f"<html><body><main><div><div hidden><p>{RULE}</p></div></div>{ABOUT}</main></body></html>"

    assert RULE not in read(page)


def test_what_the_head_says_to_readers_without_scripts_is_no_text_of_the_page() -> None:
    page = (
        f"<html><head><noscript><p>{RULE}</p></noscript></head><body><main><h1>Rules</h1>{ABOUT}</main></body></html>"
    )

    assert RULE not in read(page)
