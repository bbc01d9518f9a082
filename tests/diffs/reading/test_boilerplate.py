"""Whatever is not policy text leaves the comparison; every sentence of the policy stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.language import vocabulary
from diffs.language.normalise import fold
from diffs.reading.boilerplate import NOISE, clean
from diffs.values import Block, BlockKind, Document
from tests.diffs.phrasing import heading, item, paragraph, row
from tests.diffs.scopes import SCOPES

RULES = [
    "Sellers must confirm every shipment within two days of the order.",
    "We may suspend an account whose late shipment rate is above 4%.",
    "The referral fee for books is 15% of the total sales price.",
    "You agree not to contact buyers for marketing purposes.",
    "Appeals are answered within 30 days.",
    "We use cookies to recognise your account; our privacy notice says which of them we need and why we keep them.",
    "Contact us at legal@shop.example with any question about this policy.",
    "Sign in to Seller Central to see your rate, search for orders and print your labels.",
]
PARTS = [paragraph(text) for text in RULES]
TARGETS = [item(f"Category {number} is closed to new sellers.") for number in range(12)]


def page(*before, middle=(), after=(), title="Shipping policy"):
    """A policy with lines before its title, in its middle and at its end."""
    return Document(
        title,
        (*before, heading(title, 1), *PARTS[:4], *TARGETS, *middle, heading("Fees"), *PARTS[4:], *TARGETS, *after),
    )


PLAIN = clean(page()).document


def linked(text, kind=BlockKind.PARAGRAPH):
    return Block(kind, text, fold(text), links=("https://shop.example/x",))


def rules_of(document):
    return {block.shown: rule for block, rule in clean(document).removed}


def test_a_policy_without_furniture_stays_whole():
    assert clean(page()).document == page()
    assert clean(page()).removed == ()


@pytest.mark.parametrize(
    "line",
    [
        *SCOPES,
        "Sell on Amazon Sign in",
        "Was this article helpful?",
        "Was this helpful? Yes No",
        "War diese Seite hilfreich?",
        "Thank you for your feedback!",
        "1,234 people found this helpful",
        "Views: 12,345",
        "This page was viewed 1,234 times",
        "★★★★☆ (132)",
        "12 comments",
        "1,523 sellers online",
        "5 min read",
        "Updated 3 days ago",
        "vor 2 Stunden",
        "Session ID: 133-1234567-1234567",
        "Ray ID: 8c1d2e3f4a5b6c7d",
        "Page generated at 2026-03-04 12:00:01",
        "You last visited this page on March 3, 2026",
        "© 1999-2026, Shop, Inc. or its affiliates",
        "Skip to main content",
        "Back to top",
        "Loading...",
        "Accept all cookies",
    ],
)
def test_furniture_is_removed_wherever_it_is(line):
    for noisy in (
        page(paragraph(line)),
        page(middle=[paragraph(line)]),
        page(after=[paragraph(line)]),
        page(paragraph(line), paragraph(line), after=[paragraph(line)]),
    ):
        assert clean(noisy).document.fingerprint == PLAIN.fingerprint


@pytest.mark.parametrize(
    "line",
    [
        "Top",
        "Sign in",
        "English Deutsch Français",
        "Language: English",
        "We use cookies to improve your experience. Accept",
        "Nous utilisons des cookies pour améliorer votre expérience.",
        "We're having some issues and are working to fix them. Some features may be slow.",
        "We are currently experiencing intermittent outages and delays.",
        "Geplante Wartungsarbeiten am Sonntag.",
        "Your browser is not supported.",
        "This overview was generated with AI from the text below.",
        "Popular searches: returns, fees, shipping",
        "Learn more about the Shipping policy",
        " ".join(["We use cookies and similar tools on this site to provide services to you and to show you ads."] * 3),
    ],
)
def test_banners_and_short_words_go_at_the_edges_of_a_page_only(line):
    assert clean(page(paragraph(line))).document.fingerprint == PLAIN.fingerprint
    assert clean(page(after=[paragraph(line)])).document.fingerprint == PLAIN.fingerprint
    assert clean(page(middle=[paragraph(line)])).document.fingerprint != PLAIN.fingerprint


@pytest.mark.parametrize(
    "trail", ["Home > Help > Shipping", "Seller Central › Shipping", "Hilfe / Versand", "You are here: Help"]
)
def test_the_way_through_the_site_is_no_policy(trail):
    assert rules_of(page(paragraph(trail))) == {trail: "breadcrumb"}


def test_linked_steps_before_the_title_are_the_way_through_the_site():
    steps = (linked("Home", BlockKind.ITEM), linked("Policies", BlockKind.ITEM), item("Shipping policy"))

    assert set(rules_of(page(*steps)).values()) == {"breadcrumb"}
    assert rules_of(page(linked("Version 4 of 2025"), linked("Version 3 of 2024"))) == {}
    assert rules_of(page(linked("Home"), paragraph(RULES[0]))) == {"Home": "edge"}


def test_related_articles_go_with_their_links():
    related = [heading("Related articles", 4), linked("Returns"), linked("Refunds")]

    assert clean(page(after=related)).document.fingerprint == PLAIN.fingerprint
    assert clean(page(middle=related)).document.fingerprint == PLAIN.fingerprint
    assert clean(page(middle=[heading("Related articles", 4), paragraph(RULES[0])])).removed == ()


def test_a_list_of_linked_policies_is_policy():
    index = [heading("Our policies"), *[linked(f"Policy {number}", BlockKind.ITEM) for number in range(9)]]

    assert clean(page(middle=index)).removed == ()


def test_a_footer_goes_with_its_copyright_line():
    footer = [
        paragraph("Company info"),
        *[linked(f"About {name}", BlockKind.ITEM) for name in ("us", "jobs", "press")],
        paragraph("© 2025 Shop Inc. All rights reserved."),
        linked("Terms"),
    ]
    other = [*footer[:3], paragraph("© 2026 Shop Inc. All rights reserved."), linked("Privacy")]

    assert clean(page(after=footer)).document.fingerprint == PLAIN.fingerprint
    assert clean(page(after=other[2:])).document.fingerprint != PLAIN.fingerprint
    assert clean(page(after=[*footer, heading("Part two"), *PARTS])).document.blocks[-9].shown == "Part two"


def test_a_copyright_line_after_the_last_list_takes_the_line_only():
    closed = [item("Weapons"), item("Drugs"), row("a", "b"), paragraph("© 2026 Shop Inc.")]

    assert list(rules_of(page(after=closed)).values()) == ["copyright"]


def test_a_feedback_form_ends_the_page():
    form = [paragraph("Was this article helpful?"), paragraph("Tell us more"), paragraph("Cancel"), paragraph("500")]

    assert clean(page(after=form)).document.fingerprint == PLAIN.fingerprint
    assert len(clean(page(after=[*form[:1], *PARTS])).removed) == 1


def test_furniture_run_into_the_first_and_last_lines_is_cut_off():
    noisy = page(
        paragraph(
            "See all alerts (alert-count more) Learn more about the Shipping policy. Version two of these terms applies"
        ),
        after=[paragraph("Appeals end here. Find more solutions")],
    )

    cleaned = clean(noisy).document

    assert cleaned.blocks[0].shown == "Version two of these terms applies"
    assert cleaned.blocks[-1].shown == "Appeals end here."
    assert rules_of(noisy)["Find more solutions"] == "navigation"


def test_a_line_that_ran_together_from_furniture_alone_goes_whole():
    noisy = page(after=[paragraph("Find more solutions. Learn more about the Shipping policy.")])

    assert clean(noisy).document.fingerprint == PLAIN.fingerprint


def test_policies_own_short_words_stay():
    stays = page(after=[heading("Contact us"), row("Returns", "No"), item("Search"), item("Yes")])

    assert clean(stays).removed == ()


@pytest.mark.parametrize(
    "line",
    [
        "Valid tracking rate > 95%",
        "On-Time Shipment Rate >99%",
        "Fee > 10 EUR",
        "Orders > Returns > Settings",
        "Orders placed during planned maintenance count as late after 12 hours.",
        "Scheduled maintenance does not count towards your dispatch time of 2 days.",
        "Sellers must ship in time, also during scheduled maintenance on Sundays.",
        "Les problèmes techniques ;",
        "Bei technischen Störungen am Montag gilt die Frist als gewahrt.",
        "We use cookies on our website to keep your session, and we delete them after 13 months.",
        "Our partners use cookies of their own on our site.",
        "You may publish AI-generated content when you tell us so before.",
        "Language: listings in English only",
        "Time limit for same-day dispatch: 14:00",
        "Access hours: drop-off until 18:00 on weekdays",
        "Time: 14:00",
        "Loaded on pallets of 10 boxes",
        "Served in 24 hours at the latest",
        "Version: 2.1",
        "Rating: 4.5 out of 5 or higher",
        "Rating: 4.5 / 5",
        "★★★★☆ or more from buyers",
        "15 minutes",
    ],
)
def test_a_rule_that_sounds_like_furniture_stays_wherever_it_is(line):
    for stays in (page(middle=[paragraph(line)]), page(after=[paragraph(line)])):
        assert clean(stays).removed == ()
    rules = Document("Rules", (heading("Rules", 1), paragraph(line), *PARTS))

    assert clean(rules).removed == ()


@pytest.mark.parametrize(
    "line",
    [
        "Server time: 14:00",
        "Time: 14:00:23",
        "Page loaded on 4 March 2026 at 14:00",
        "Served by web-12.shop",
        "Build: 3f2a9c1",
        "Rating: 4.5 out of 5 (132 votes)",
        "★★★★☆ 4.5 (132)",
    ],
)
def test_clocks_hosts_and_votes_go(line):
    assert clean(page(middle=[paragraph(line)])).document.fingerprint == PLAIN.fingerprint


@pytest.mark.parametrize(
    "lines",
    [
        [heading("May I sell used batteries?", 3), paragraph("Yes.")],
        [paragraph("May I sell used batteries?"), paragraph("No")],
        [heading("Late returns", 3), paragraph("Reject")],
        [paragraph("Average rating needed:"), paragraph("(4.5)")],
        [heading("Reviews needed", 3), paragraph("100 reviews")],
        [heading("Cut-off", 3), paragraph("Time: 14:00:00")],
    ],
)
def test_a_short_answer_is_no_furniture(lines):
    assert clean(page(after=lines)).removed == ()


def test_a_figure_in_a_list_of_rules_is_one_of_them():
    assert clean(page(after=[item("100 reviews"), item("No open claims")])).removed == ()
    assert len(clean(page(after=[heading("Seen"), item("100 reviews"), item("12 likes")])).removed) == 2


def test_a_page_on_cookies_keeps_its_sentences_whatever_its_title():
    about = [paragraph(f"We use cookies to improve your experience of part {number}.") for number in range(2)]
    told = [paragraph("A cookie is a small file."), paragraph("Cookies of others are named below.")]
    banner = paragraph("By continuing you agree to our cookies.")

    assert clean(page(after=[*told, *about])).removed == ()
    assert len(clean(page(banner, after=told)).removed) == 1
    assert len(clean(page(after=[*told, *about[:1], paragraph("Accept all cookies")])).removed) == 2


def test_a_policy_about_cookies_keeps_its_sentences():
    about = Document("Cookie policy", (paragraph("We use cookies to keep you signed in."), *PARTS))

    assert clean(about).removed == ()


def test_a_very_short_page_is_not_cleaned_away():
    sign_in = Document(
        "Sign in", (paragraph("Sign in"), paragraph("Next"), paragraph("Help"), paragraph("Continue here"))
    )

    assert clean(sign_in).document == sign_in


def test_a_very_long_line_is_no_furniture():
    assert clean(page(paragraph("x" * 5000))).removed == ()


def test_the_countries_of_a_scope_line_are_kept_apart():
    found = clean(page(paragraph("This article applies to selling in: Germany, France and Italy")))

    assert found.marketplaces == ("Germany", "France", "Italy")
    assert clean(page()).marketplaces == ()


@pytest.mark.parametrize(
    "line",
    [
        "Last updated: August 5, 2026",
        "Zuletzt aktualisiert: 16. August 2026",
        "Dernière mise à jour : 3 mai 2026",
        "Última actualización: 30/05/18",
        "Stand: 31.07.2026",
        "This policy was last updated on May 1, 2026",
    ],
)
def test_the_pages_own_date_is_read_and_stays(line):
    found = clean(page(paragraph(line)))

    assert found.updated == line
    assert found.removed == ()
    assert clean(page(paragraph("Last updated by our team"))).updated == ""


# --- what came damaged ---


# --- noise of any kind, anywhere ---

LINES = [
    "This article applies to selling in: France",
    "Cet article s'applique à la vente en : France",
    "Was this article helpful?",
    "2,001 people found this helpful",
    "Request ID: 7Z3QK1ABCDEFGH",
    "Skip to main content",
    "Updated 5 minutes ago",
    "Thank you for your feedback",
]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(LINES)), max_size=6))
def test_inserted_noise_leaves_the_fingerprint(inserted):
    blocks = list(page().blocks)
    for at, line in inserted:
        blocks.insert(at, paragraph(line))

    assert clean(Document("Shipping policy", tuple(blocks))).document.fingerprint == PLAIN.fingerprint


@given(st.lists(st.text(max_size=40), max_size=12))
def test_cleaning_twice_is_cleaning_once(lines):
    document = Document("t", tuple(paragraph(fold(line)) for line in lines if fold(line)))

    once = clean(document).document

    assert set(once.blocks) <= set(document.blocks) or once.words <= document.words
    assert NOISE.startswith("policywatch-noise/")


# --- the rules as data ---


def alternatives(pattern):
    """A regular expression's alternatives on its outermost level."""
    depth, taken, inside = 0, [""], False
    for sign in re.findall(r"\\.|.", pattern, re.DOTALL):
        inside = sign == "[" or (inside and sign != "]")
        depth += (sign == "(") - (sign == ")") if not inside else 0
        if sign == "|" and not depth and not inside:
            taken.append("")
        else:
            taken[-1] += sign
    return taken


def test_a_pattern_of_whole_lines_is_one_alternative():
    """They are tried at a line's beginning only, which is right for all of one or for none."""
    for table in ("patterns", "edge_patterns", "breadcrumbs"):
        for pattern in vocabulary.all_words("boilerplate", table):
            assert len(alternatives(pattern)) == 1, pattern


def test_no_pattern_matches_without_the_words_it_is_asked_for():
    listed = vocabulary.table("boilerplate")
    for rule, needed in listed["needed"].items():
        for pattern in [*listed["patterns"].get(rule, ()), *listed["edge_patterns"].get(rule, ())]:
            assert any(word in pattern for word in needed), (rule, pattern)


def test_the_mark_of_a_visit_is_no_text_and_a_long_number_is():
    said = [
        block.compared
        for block in clean(
            Document("Terms", (paragraph("Visit 4f9d2c7b1e3a55, account 123456789012."),))
        ).document.blocks
    ]

    assert said == ["Visit [token], account 123456789012."]
