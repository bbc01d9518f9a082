"""A name proves little: what is called like furniture and reads like a rule is a rule."""

import pytest

from diffs.reading.extract import extract
from diffs.reading.furniture_lines import is_notice
from diffs.values import Capture, Selection
from tests.diffs.phrasing import policy

ABOUT = "".join(
    f"<p>This page states the rules that sellers follow, and part {number} of it says which steps apply to whom.</p>"
    for number in range(6)
)


def read(inside: str, *select: str) -> str:
    page = f"<html><body><main><h1>Rules</h1>{ABOUT}{inside}</main></body></html>"
    return extract(Capture(url="https://shop.example/rules", body=page.encode()), Selection(select)).document.shown


@pytest.mark.parametrize(
    "inside",
    [
        "<aside class=note><p>{}</p></aside>",
        "<aside><h3>Note</h3><p>{} <a href=/x>More</a></p></aside>",
        "<div role=complementary><p>{}</p></div>",
        "<div class=banner><p>{}</p></div>",
        "<div class='policy-banner'><p>{} <a href=/x>More</a></p></div>",
        "<div class=search-ads><p>{}</p></div>",
        "<div class='modal fade' id=limits><div class=modal-body>{}</div></div>",
        "<div class=modal role=dialog><p>{}</p><button class=close>×</button></div>",
        "<div class=buyer-comments><h3>Comments</h3><p>{}</p></div>",
        "<div class=share-of-fees><p>{}</p></div>",
        "<div id=feedback><p>{}</p></div>",
        "<section class=promo><p>{}</p></section>",
        "<div class=related><p>{}</p></div>",
        "<article><p>One.</p><footer><p>{}</p></footer></article>",
        "<article><header><p>{}</p></header><p>One.</p></article>",
    ],
)
@pytest.mark.parametrize(
    "rule",
    [
        "The late rate must stay under 4%.",
        "Sellers answer every buyer within two days.",
        "卖家应当遵守本规则，按时发货。",
    ],
)
def test_a_sentence_in_a_block_named_like_furniture_is_read(inside: str, rule: str) -> None:
    assert rule in read(inside.format(rule))


@pytest.mark.parametrize(
    "inside",
    [
        "<aside><ul><li><a href=/a>gone</a></li></ul></aside>",
        "<aside><p>Write to us, gone, within 2 days.</p><form><input name=mail><button>Send</button></form></aside>",
        "<aside class=sidebar><p>You are gone from here now.</p></aside>",
        "<div class=banner><p>We use gone cookies to know you better.</p><button>Accept</button></div>",
        "<div class=banner><a href=/a>Save 20% on gone fees this month.</a></div>",
        "<div class=promo><p>Save 20% on gone fees this month. <a href=/a>Join now</a></p></div>",
        "<div class=share>gone <button>Share</button></div>",
        "<div class=feedback><p>Was this gone page of help to you?</p></div>",
        "<div class=feedback><p>12 of 30 people gone</p></div>",
        "<div id=comments><p>A gone policy, I like it.</p><time>3 days ago</time></div>",
        "<div class=cookie-banner><p>This gone site keeps cookies for its own use.</p></div>",
        "<div class=newsletter><p>We write to gone you.</p><input type=email></div>",
        "<nav><p>The gone late rate must stay under 4%. <a href=/a>More</a></p></nav>",
        "<div role=search><p>The gone words must have under 40 letters.</p><input name=q></div>",
        "<article><footer><p>© 2026 gone Ltd. All rights reserved.</p></footer></article>",
        "<footer><p>By gone us on 3 March. <a href=/x>Imprint</a></p></footer>",
    ],
)
def test_links_labels_forms_and_calls_stay_furniture(inside: str) -> None:
    assert "gone" not in read(inside)


@pytest.mark.parametrize(
    "place",
    [
        "nav",
        "div role=navigation",
        "div role=contentinfo",
        "div class=footer-note",
        "div class=menu",
        "div class=pagination",
    ],
)
def test_a_sentence_with_an_amount_and_no_link_is_no_menu(place: str) -> None:
    stated = "The late rate must stay under 4% of all orders."

    assert stated in read(f"<{place}><p>{stated}</p></{place.split(maxsplit=1)[0]}>")
    assert stated not in read(f"<{place}><p>{stated} <a href=/a>All rules</a></p></{place.split(maxsplit=1)[0]}>")


def test_in_a_chosen_container_only_sure_furniture_goes() -> None:
    kept = "<aside><a href=/a>kept</a></aside><div class=banner>kept</div>"

    assert read(f"{kept}<div class=share><a href=/s>gone</a></div>", "main").count("kept") == 2
    assert "gone" not in read(f"{kept}<div class=share><a href=/s>gone</a></div>", "main")


def test_a_rule_for_an_outage_is_no_notice_of_one() -> None:
    notice, rule = policy(
        "Our service is unavailable today.", "Where the service is unavailable, late fees count all the same."
    ).blocks

    assert is_notice("outage", notice)
    assert not is_notice("outage", rule)


def test_a_long_text_without_links_is_read_whatever_its_place_is_called() -> None:
    said = "Parcels are handed over on the day that was promised to the buyer. " * 60

    assert said.strip() in " ".join(read(f"<div class=sidebar><div>{said}</div><p>{said}</p></div>").split())
    assert said.strip() in " ".join(read(f"<div class=banner>{said}</div>").split())
