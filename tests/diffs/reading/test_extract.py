"""What is read from a page: everything visible in the container, nothing invisible, block by block."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.errors import ExtractionError
from diffs.reading.blocks import ordinal
from diffs.reading.decode import decode, unmasked
from diffs.reading.elements import main_content
from diffs.reading.extract import EXTRACTOR, extract
from diffs.values import BlockKind, Capture, Selection
from tests.counting import calls

ADDRESS = "https://shop.example/help/fees"
SENTENCE = "Sellers must confirm every shipment within two days of the order."
CHAPTER = "".join(f"<p>{SENTENCE} This is rule number {number} of the list.</p>" for number in range(2, 30))


def read(page, *select, remove=(), media_type="html", **capture):
    body = page if isinstance(page, bytes) else page.encode()
    looked = Capture(url=ADDRESS, body=body, media_type=media_type, **capture)
    return extract(looked, Selection(select=select, remove=tuple(remove)))


def blocks(page, *select, **more):
    return read(page, *select, **more).document.blocks


def texts(page, *select, **more):
    return [block.numbered for block in blocks(page, *select, **more)]


def markdown(text):
    return blocks(text, media_type="markdown")


# --- HTML: what a block is ---


def test_headings_paragraphs_items_and_rows_come_in_reading_order():
    page = """<main><h1>Fees</h1><p>What you pay.</p><ul><li>Books</li><li>Toys</li></ul>
        <table><tr><th>Category</th><th>Fee</th></tr><tr><td>Books</td><td>15&nbsp;%</td></tr></table></main>"""

    assert [(block.kind, block.level, block.shown) for block in blocks(page)] == [
        (BlockKind.HEADING, 1, "Fees"),
        (BlockKind.PARAGRAPH, 0, "What you pay."),
        (BlockKind.ITEM, 1, "Books"),
        (BlockKind.ITEM, 1, "Toys"),
        (BlockKind.ROW, 0, "Category | Fee"),
        (BlockKind.ROW, 0, "Books | 15 %"),
    ]


def test_list_numbers_are_the_ones_a_browser_shows():
    page = """<ol start="3"><li>one<ol type="a"><li>two</li><li value="5">three</li></ol></li><li>four</li></ol>
        <ol type="i"><li>five</li></ol><ol start="x"><li>six</li></ol><li>stray</li>"""

    assert [(block.marker, block.level, block.shown) for block in blocks(page)] == [
        ("3.", 1, "one"),
        ("a.", 2, "two"),
        ("e.", 2, "three"),
        ("4.", 1, "four"),
        ("i.", 1, "five"),
        ("1.", 1, "six"),
        ("•", 1, "stray"),
    ]


@pytest.mark.parametrize(
    ("number", "style", "marker"),
    [(28, "a", "ab."), (4, "I", "IV."), (1999, "i", "mcmxcix."), (0, "a", "0."), (5000, "i", "5000.")],
)
def test_ordinals_are_written_in_the_style_of_their_list(number, style, marker):
    assert ordinal(number, style) == marker


def test_a_second_paragraph_of_an_item_is_a_paragraph():
    page = "<ul><li><p>First.</p><p>Second.</p></li></ul><p>Third.</p>"

    assert [block.kind for block in blocks(page)] == [BlockKind.ITEM, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH]


def test_definitions_survive():
    assert texts("<dl><dt>Order defect rate</dt><dd>Defects per order.</dd></dl>") == [
        "Order defect rate",
        "Defects per order.",
    ]


def test_a_written_marker_wins_over_the_bullet():
    (block,) = blocks("<ul><li>(a) notice</li></ul>")

    assert (block.marker, block.shown) == ("(a)", "notice")


def test_a_marker_on_a_line_of_its_own_belongs_to_the_next_text():
    assert [
        (block.marker, block.shown) for block in blocks("<p>(a)</p><p>notice</p><p>(b)</p><h2>Fees</h2><p>(c)</p>")
    ] == [
        ("(a)", "notice"),
        ("", "(b)"),
        ("", "Fees"),
        ("", "(c)"),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<ul><li>4.2 Average seller rating or higher</li><li>No open claims</li></ul>",
        "<h2>5 Strikes Rule</h2><p>Text.</p>",
        "<p><b>5 Strikes Rule</b></p><p>Text.</p><ol><li>a</li><li>b</li><li>c</li><li>d</li></ol>",
        "<h2>4. Fees</h2><ul><li>7.5 Average seller rating</li></ul>",
    ],
)
def test_a_figure_at_the_beginning_of_a_line_is_part_of_it(page):
    assert [block.shown for block in blocks(page) if block.shown[0].isdigit()]
    assert not [block.marker for block in blocks(page) if block.marker in ("4.2", "5", "7.5")]


@pytest.mark.parametrize(
    ("page", "markers"),
    [
        ("<p>4.1 Fees of ours</p><p>4.2 Average fees</p>", ["4.1", "4.2"]),
        ("<h2>4 Fees</h2><p>4.2 Average fees</p>", ["4", "4.2"]),
        ("<h2>5 Fees</h2><p>One.</p><h2>6 Terms</h2><p>Two.</p>", ["5", "", "6", ""]),
        ("<p>1.1 Fees</p><p>2.1 Terms</p>", ["1.1", "2.1"]),
        ("<p>2.2.4 Terms of it</p>", ["2.2.4"]),
    ],
)
def test_a_number_among_its_like_counts_the_lines(page, markers):
    assert [block.marker for block in blocks(page)] == markers


def test_a_line_break_ends_a_thought_but_not_a_sentence():
    page = "<p>We may<br>suspend you.<br>We tell you why.<br><br>soon<br>(a) by mail<br/>(b) by post</p>"

    assert texts(page) == ["We may suspend you.", "We tell you why.", "soon", "(a) by mail", "(b) by post"]


def test_lines_of_an_item_are_items_below_it_where_they_have_markers():
    page = "<ol><li>Basics<br>a. What sells<br>and what is new.<br>More on this.</li></ol>"

    assert [(block.kind, block.level, block.marker) for block in blocks(page)] == [
        (BlockKind.ITEM, 1, "1."),
        (BlockKind.ITEM, 2, "a."),
        (BlockKind.PARAGRAPH, 0, ""),
    ]


def test_every_block_knows_the_headings_above_it_but_not_the_title():
    page = """<h1>Agreement</h1><p>Zero.</p><h2>3. Term</h2><p>One.</p><h3>(b) Notice</h3><p>Two.</p>
        <h2>4. Fees</h2><p>Three.</p>"""

    places = {block.shown: block.place for block in blocks(page)}

    assert places["Zero."] == ""
    assert places["One."] == "3. Term"
    assert places["Two."] == "3. Term › (b) Notice"
    assert places["Three."] == "4. Fees"


def test_a_sentence_in_large_letters_names_no_section():
    page = f"<h1>Policy</h1><h2>{SENTENCE} {SENTENCE} {SENTENCE}</h2><p>Text.</p>"

    assert blocks(page)[-1].section == ()


def test_bold_lines_act_as_headings():
    page = """<h1>Agreement</h1><h2>Terms</h2><p><b>3. Term</b></p><p>One.</p>
        <p><strong>3.2 Notice</strong></p><p>Two.</p><p style="font-weight: 700">Important words</p>
        <p><span style="font-weight:bold">Your duties</span></p><p>Three.</p>"""

    places = {block.shown: block.place for block in blocks(page)}

    assert places["One."] == "Terms › 3. Term"
    assert places["Two."] == "Terms › 3. Term › 3.2 Notice"
    assert places["Three."] == "Terms › Your duties"


@pytest.mark.parametrize(
    "line",
    [
        "<b>Last updated: August 5, 2026</b>",
        "<b>You must never ask a buyer for a review of any of your products.</b>",
        "<b>***</b>",
        "<b>Important:</b>",
        "<b>1. You must not sell any of these at any time, and you know it.</b>",
        "<b>Fees</b> and more",
        "<b><a href='/fees'>Fees</a></b>",
    ],
)
def test_emphasis_is_no_heading(line):
    assert all(block.kind is not BlockKind.HEADING for block in blocks(f"<p>{line}</p><p>Text.</p>"))


def test_a_bold_numbered_item_before_text_begins_a_chapter():
    page = "<ol><li><b>Term</b><p>One.</p></li><li><b>Fees</b><p>Two.</p></li></ol>"

    assert [block.place for block in blocks(page) if block.shown in ("One.", "Two.")] == ["1. Term", "2. Fees"]


def test_bold_items_among_items_stay_items():
    page = "<ol><li><b>Books</b></li><li><b>Toys</b></li></ol><ul><li><b>Games</b></li></ul>"

    assert {block.kind for block in blocks(page)} == {BlockKind.ITEM}


def test_links_are_kept_apart_from_the_words():
    (block,) = blocks('<p>See <a href="/help/returns?utm_source=x">Returns</a> and <a href="#top">top</a><a>.</a></p>')

    assert block.shown == "See Returns and top."
    assert block.links == ("https://shop.example/help/returns",)


def test_a_masked_address_is_read_as_the_address():
    mask = '<a href="/cdn-cgi/l/email-protection" data-cfemail="422302206c21">[email&#160;protected]</a>'

    assert texts(f"<p>Write to {mask}.</p>") == ["Write to a@b.c."]
    assert texts('<p>Write to <span data-cfemail="zz">us</span></p>') == ["Write to us"]
    assert unmasked("") == ""
    assert unmasked("0041") == ""


def test_preformatted_lines_stay_lines():
    assert texts("<pre>(a) one\n(b) two</pre>") == ["(a) one", "(b) two"]


def test_quotes_footnotes_and_line_breaks_in_headings_read_well():
    assert texts("<h2>Fees<br>and costs</h2><p>Pay <q>5</q> of 50<sup>1</sup> m<sup>2</sup></p>") == [
        "Fees and costs",
        'Pay "5" of 50 1 m2',
    ]


def test_headings_by_role_and_by_fold_count_as_headings():
    page = """<div role="heading" aria-level="3">Fees</div><details><summary>Returns</summary><p>x y z</p></details>
        <details><summary><h4>Terms</h4></summary></details>"""

    found = [(block.shown, block.level) for block in blocks(page) if block.kind is BlockKind.HEADING]

    assert found == [("Fees", 3), ("Returns", 3), ("Terms", 4)]


# --- tables ---


def test_a_cell_holds_its_list_and_its_links():
    page = """<table><caption>Targets</caption><tr><td>Rate<ul><li>under 4 %</li><li>daily</li></ul></td>
        <td><a href="/x">more</a><a>!</a></td></tr></table>"""

    caption, row = blocks(page)

    assert caption.shown == "Targets"
    assert row.cells == ("Rate • under 4 % • daily", "more!")
    assert row.links == ("https://shop.example/x",)
    assert "•" not in row.compared


def test_an_icon_alone_in_a_cell_speaks():
    (row,) = blocks('<table><tr><td>Books</td><td><img alt="allowed"></td><td></td></tr></table>')

    assert row.cells == ("Books", "allowed", "")


def test_an_empty_row_says_nothing():
    assert blocks("<table><tr><td></td><td> </td></tr></table>") == ()


@pytest.mark.parametrize(
    "table",
    [
        f"<table><tr><td><h3>Term</h3><p>{SENTENCE}</p></td><td>x</td></tr></table>",
        f"<table role='presentation'><tr><td>a</td><td>{SENTENCE}</td></tr></table>",
        f"<table><tr><td>{SENTENCE}</td></tr></table>",
        f"<table><tr><td>{SENTENCE * 30}</td><td>x</td></tr></table>",
        f"<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>{SENTENCE}</td></tr></table>",
    ],
)
def test_a_table_that_only_places_things_is_no_table(table):
    assert any(SENTENCE in block.shown and block.kind is BlockKind.PARAGRAPH for block in blocks(table))


def test_a_table_laid_out_anew_states_the_same():
    one = read("<table><tr><td>Books</td><td>15 %</td></tr></table>").document
    other = read("<p>Books 15 %</p>").document

    assert one.fingerprint == other.fingerprint


# --- what is seen and what is not ---


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>secret</script>",
        "<style>secret</style>",
        "<template>secret</template>",
        "<noscript>secret</noscript>",
        "<!-- secret -->",
        "<?secret?>",
        "<span hidden>secret</span>",
        "<span style='color:red; display: none'>secret</span>",
        "<span style='visibility:hidden'>secret</span>",
        "<i aria-hidden='true'>secret</i>",
        "<span class='sr-only'>secret</span>",
        "<textarea>secret</textarea>",
        "<svg><text>secret</text></svg>",
        "<div class='cookie-banner'>secret</div>",
        "<div id='breadcrumb'><a href='/'>secret</a></div>",
    ],
)
def test_nothing_invisible_is_kept(hidden):
    assert texts(f"<article><p>One {hidden}two.</p></article>", "article") == ["One two."] or texts(
        f"<article><p>One two.</p>{hidden}</article>", "article"
    ) == ["One two."]


def test_a_folded_panel_of_text_is_kept():
    folded = f"<div aria-hidden='true'><p>{SENTENCE * 3}</p><i>{SENTENCE}</i></div>"
    page = f"{folded}<div hidden='until-found'><p>{SENTENCE}</p></div>"

    assert texts(page) == [SENTENCE * 3, SENTENCE, SENTENCE]


def test_furniture_by_name_that_holds_policy_is_policy():
    assert SENTENCE in " ".join(texts(f"<div class='share'>{CHAPTER}</div>", "div"))
    assert texts("<div class='feedback'><h2>Feedback</h2></div>") == ["Feedback"]


# --- containers ---


def test_the_selected_containers_are_read_in_page_order():
    page = """<p>no</p><div id=b><p>One</p><p class=x>gone</p></div><p>no</p>
        <div class=a><p>Two</p><div class=a>Three</div></div>"""

    assert texts(page, ".a", "#b", remove=[".x", "div:foo("]) == ["One", "Two", "Three"]
    assert read(page, ".a", "#b").container == ".a, #b"


def test_a_selector_that_matches_nothing_finds_nothing():
    assert read("<p>Text</p>", "#missing").container == ""
    assert read("<p>Text</p>", "not(valid").document.blocks == ()


def test_known_help_containers_come_first_even_when_empty():
    page = "<main><p>Help home</p></main><div id='help-content'></div>"

    found = read(page)

    assert (found.container, found.document.blocks) == ("#help-content", ())


def test_without_a_selector_the_main_part_is_found():
    page = f"""<body><header><a href="/">Shop</a></header><nav>Menu</nav><main class="sidebar-layout">
        <div class="related-links"><a href="/x">Other</a></div><header><h1>Fees</h1></header>{CHAPTER}</main>
        <aside>Ad</aside><footer>Imprint</footer></body>"""

    found = read(page)

    assert found.container == "main"
    assert found.document.blocks[0].shown == "Fees"
    assert not {"Shop", "Menu", "Ad", "Imprint", "Other"} & set(texts(page))


def test_a_small_main_part_is_not_believed():
    page = f"<main><p>Welcome</p></main><div role='search'>Find</div><div>{CHAPTER}</div>"

    found = read(page)

    assert found.container == "body"
    assert "Find" not in texts(page)
    assert len(found.document.blocks) == 29


def test_of_a_page_with_several_policies_the_titled_one_is_read():
    parts = [
        ("Current Terms of Use", "one"),
        ("Privacy Policy", "two"),
        ("Cookie Policy", "three"),
        ("API Terms", "four"),
    ]
    page = "".join(
        f"<section><details><summary>{name}</summary><p>Text {text}.</p></details></section>" for name, text in parts
    )

    found = read(f"<main>{page}</main>", title="Shop Terms of Service")
    privacy = read(f"<main>{page}</main>", title="Privacy notice of Shop")

    assert found.container == "part: Current Terms of Use"
    assert [block.shown for block in found.document.blocks] == ["Current Terms of Use", "Text one."]
    assert privacy.container == "part: Privacy Policy"


@pytest.mark.parametrize("title", ["", "Shop Terms of Service", "Seller Guidelines"])
def test_chapters_of_one_policy_are_not_taken_apart(title):
    names = ("Account", "Fees", "Term and Termination", "Privacy", "Disputes")
    page = "".join(f"<section><h2>{name}</h2>{CHAPTER}</section>" for name in names)

    assert read(f"<main>{page}</main>", title=title).container == "main"


def test_parts_that_all_bear_one_name_are_no_set_of_policies():
    page = "".join(f"<section><h2>Terms</h2>{CHAPTER}</section>" for _ in range(4))

    assert read(page, title="Terms").container == "body"


# --- titles, languages, encodings ---


def test_title_and_language_are_the_documents_own():
    found = read(
        "<html lang='de-DE'><title> Gebühren &amp;\n mehr </title><body><h1>Gebühren</h1><p>x</p></body></html>"
    )

    assert (found.title, found.language, found.document.title) == ("Gebühren & mehr", "de", "Gebühren")
    assert read("<title>Fees</title><p>x</p>").document.title == "Fees"
    assert read("<p>x</p>", title="Fees").document.title == "Fees"
    assert read("<html lang='deutsch'><p>x</p>", language="fr").document.language == "fr"
    assert read("<p><b>1. Kindle</b></p><p>x</p>", title="Terms").document.title == "Terms"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("Größe “é”".encode(), "text/html; charset=iso-8859-1"),
        ("Größe “é”".encode("cp1252"), "text/html; charset=windows-1252"),
        (b'<meta charset="windows-1252">' + "Größe “é”".encode("cp1252"), ""),
        ("Größe “é”".encode("cp1252"), ""),
        ("Größe “é”".encode("utf-8-sig"), ""),
        ("Größe “é”".encode("utf-16"), ""),
        (("Größe “é”" + " " * 100 + "\x00\x0b").encode(), ""),
        ("Größe “é”".encode("utf-16-le"), "text/html; charset=utf-16-le"),
    ],
)
def test_every_encoding_is_read(body, header):
    assert decode(body, header).replace('<meta charset="windows-1252">', "").strip() == "Größe “é”"


def test_a_few_broken_bytes_cost_only_themselves():
    assert decode("Größe äöü ".encode() + b"\xff end") == "Größe äöü \ufffd end"


@pytest.mark.parametrize("body", [b"%PDF-1.7", b"\x89PNG\r\n", b"PK\x03\x04", b"\0" * 100])
def test_bytes_that_are_no_text_are_refused(body):
    with pytest.raises(ExtractionError, match="no text"):
        read(body)


# --- the help interface, plain text ---


def test_an_article_of_the_help_interface_is_read():
    answer = {
        "topic": {"title": "Late shipments", "locale": "en-GB", "content": "<div><p>Keep it under 4 %.</p></div>"}
    }

    found = read(json.dumps(answer), media_type="help-api")

    assert (found.container, found.title, found.language) == ("topic", "Late shipments", "en")
    assert found.document.shown == "# Late shipments\n\nKeep it under 4 %.\n"


def test_the_articles_own_heading_is_not_repeated():
    answer = {"topic": {"title": "Late shipments", "content": "<h1>Late shipments</h1><p>Text.</p>", "locale": None}}

    assert texts(json.dumps(answer)) == ["Late shipments", "Text."]


@pytest.mark.parametrize("answer", ['{"topic": null}', '{"topic": {"title": 1, "content": null}}', '{"topic": []}'])
def test_a_missing_article_is_an_empty_container(answer):
    found = read(answer, media_type="help-api")

    assert (found.container, found.document.blocks) == ("", ())


def test_a_page_instead_of_the_interfaces_answer_is_read_as_a_page():
    assert texts("<p>Sign in</p>", media_type="help-api") == ["Sign in"]
    assert texts('{"other": 1}', media_type="help-api") == ['{"other": 1}']
    assert texts('{"topic": ' + "[" * 100_000, media_type="help-api")


def test_plain_text_has_paragraphs_and_lists():
    found = read("Terms\n\nOne line\nand its end.\n(a) first\n(b) second\n\n\n", media_type="text")

    assert [block.numbered for block in found.document.blocks] == [
        "Terms",
        "One line and its end.",
        "(a) first",
        "(b) second",
    ]
    assert texts("no markup", media_type="other") == ["no markup"]
    assert texts("<p>markup</p>", media_type="other") == ["markup"]


def test_an_empty_page_is_no_error():
    assert read(b"").document.blocks == ()
    assert read("   ", media_type="markdown").container == ""


# --- Markdown ---


def test_markdown_is_read_like_the_page_it_was_made_from():
    text = """Fees
====

Last updated: May 1, 2026

**1\\. What you pay**

You pay *a fee* of 15 %.  \nSee [Returns](https://shop.example/help/returns), ![icon](x.png) and <b>more</b>&nbsp;on.

3.  Books
    1.  Old books
        \n4.  Toys

* one
* two

| Category | Fee |
| --- | --- |
| Books | 15 % |
| Toys | ![yes](y.png) |
"""
    found = markdown(text)

    assert [(block.kind.value, block.level, block.marker, block.shown) for block in found] == [
        ("heading", 1, "", "Fees"),
        ("paragraph", 0, "", "Last updated: May 1, 2026"),
        ("heading", 2, "1.", "What you pay"),
        ("paragraph", 0, "", "You pay a fee of 15 %."),
        ("paragraph", 0, "", "See Returns, and more on."),
        ("item", 1, "3.", "Books"),
        ("item", 2, "1.", "Old books"),
        ("item", 1, "4.", "Toys"),
        ("item", 1, "•", "one"),
        ("item", 1, "•", "two"),
        ("row", 0, "", "Category | Fee"),
        ("row", 0, "", "Books | 15 %"),
        ("row", 0, "", "Toys | yes"),
    ]
    assert found[4].links == ("https://shop.example/help/returns",)
    assert found[3].section == ("1. What you pay",)


def test_markdowns_stray_marks_and_raw_html_leave_the_words():
    found = markdown(
        "**“Services”**means this<br>(a) one\n\n<div>two<br>(b) three</div>\n\n```\nfour\n(c) five\n```\n\n- # Six\n"
    )

    assert [block.numbered for block in found] == [
        "“Services”means this",
        "(a) one",
        "two",
        "(b) three",
        "four",
        "(c) five",
        "• Six",
    ]


def test_a_very_long_line_of_markdown_is_still_read():
    found = markdown("[word](https://shop.example/a) **bold** \\* &amp; <i>x</i> " * 2000)

    assert len(found) == 1
    assert found[0].shown.startswith("word bold * & x word".replace("&", "&amp;"))


@pytest.mark.parametrize(
    "text", ["- " * 2000 + "deep", ">" * 5000 + "deep", "".join("  " * n + "- deep\n" for n in range(200))]
)
def test_nothing_is_lost_however_deep_it_is(text):
    assert "deep" in markdown(text)[-1].shown


# --- hostile pages stay bounded ---


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 20_000 + "<p>deep text</p>" + "</div>" * 20_000,
        "<b>" * 5_000 + "deep text",
        "<x-y>" * 5_000 + "deep text",
        "<ul><li>" * 1_000 + "deep text",
        "<table><tr><td>" * 300 + "deep text",
        "<p>" + "deep text " * 40_000,
        "<p>deep text" + "<br>" * 5_000,
        "deep text" + "<" * 100_000,
        "<p>deep text <!-- " + "x" * 100_000,
    ],
)
def test_a_hostile_page_is_read_in_bounded_time(page):
    assert "deep text" in " ".join(texts(page))


def test_a_very_long_page_is_read_piece_by_piece():
    page = f"<body><div>zero<ol><li>one</li></ol>{CHAPTER * 600}<p>last</p></div></body>"

    found = texts(page, "body")

    assert (found[:2], found[-1], len(found)) == (["zero", "1. one"], "last", 28 * 600 + 3)


def test_the_same_container_gives_the_same_blocks():
    assert blocks(f"<main>{CHAPTER}</main><!-- 1 -->") == blocks(f"<main>{CHAPTER}</main><!-- 2 -->")
    assert EXTRACTOR.startswith("policywatch-extract/")


@given(st.binary(max_size=300), st.sampled_from(["html", "markdown", "text", "help-api", "other"]))
def test_any_bytes_are_read_or_refused(body, media_type):
    try:
        found = read(body, media_type=media_type)
    except ExtractionError:
        return
    assert all(block.shown for block in found.document.blocks)


def test_mutated_pages_are_read(shared):
    chance = random.Random(7)
    pages = [path.read_bytes() for path in sorted((shared / "domain/data/html").glob("*.html"))]

    for _ in range(150):
        page = bytearray(chance.choice(pages))
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(page))
            page[at : at + chance.randint(0, 9)] = chance.choice(
                [b"<", b">", b"<div>", b"\xff", b"&", b"</p>", b'"', b"<table><tr>"]
            )
        try:
            assert read(bytes(page)).document is not None
        except ExtractionError:
            continue


@pytest.mark.parametrize(
    "head", ["<title>Fees</title>", "<head><title>Fees</title><script>if (a<b) {}</script></head>", ""]
)
def test_a_page_whose_body_tag_was_left_out_is_read_all_the_same(head: str) -> None:
    page = f"<!doctype html><html lang=en>{head}<main><h1>Fees</h1><p>The fee is 15% of the price.</p></main>"

    found = extract(Capture(url="https://example.com/fees", body=page.encode()), Selection())

    assert [block.shown for block in found.document.blocks] == ["Fees", "The fee is 15% of the price."]


def test_a_container_that_is_as_before_is_found_and_not_read_again():
    rules = "".join(f"<p>Rule {number}: answer <i class='icon-{number}'></i> at once.</p>" for number in range(200))

    def look(token):
        return f'<html><body><nav><a href="/?session={token}">Home</a></nav><main>{rules}</main></body></html>'

    main_content.forget()
    first = calls(lambda: read(look(1), "main"))

    assert calls(lambda: read(look(2), "main")) < first / 10
    assert read(look(3), "main").document == read(look(1), "main").document


@pytest.mark.parametrize(
    ("head", "around", "shown"),
    [
        ("<style>.late::before { content: 'Not after 3 days: ' }</style>", "<div>", "Not after 3 days: Refunds"),
        ("<style>.late { text-decoration: line-through }</style>", "<div>", ""),
        ("", "<div>", "Refunds"),
    ],
)
def test_the_same_container_says_what_the_page_around_it_makes_of_it(head, around, shown):
    for _ in range(2):
        page = (
            f"<html><head>{head}</head><body>{around}<main><p><span class=late>Refunds</span></p></main></div></body>"
        )

        assert " ".join(texts(page, "main")) == shown


def test_fields_in_a_form_around_the_container_count():
    field = '<main><p>Reply within <input value="24 hours"></p></main>'
    plain, search = f"<form>{field}</form>", f'<form role="search">{field}</form>'

    assert texts(plain, "main") == ["Reply within 24 hours"]
    assert texts(search, "main") == ["Reply within"]


def test_a_page_that_masks_its_addresses_anew_for_each_visitor_is_the_same_page():
    rules = "".join(f"<p>Rule {number}: answer at once.</p>" for number in range(200))

    def look(key):
        code = bytes([key, *(key ^ byte for byte in b"help@market.example")]).hex()
        link = f'<a href="/cdn-cgi/l/email-protection#{code}"><span data-cfemail="{code}">[protected]</span></a>'
        return f"<body><main>{rules}<p>Write to {link}.</p><p data-cfemail=none>or call</p></main></body>"

    main_content.forget()
    first = calls(lambda: read(look(7), "main"))

    assert calls(lambda: read(look(90), "main")) < first / 10
    assert texts(look(91), "main")[-2:] == ["Write to help@market.example.", "or call"]


def test_a_page_of_more_than_the_last_few_is_read_again_and_the_same():
    pages = [f"<body><main><p>Rule {number}</p></main></body>" for number in range(12)]

    for page in (*pages, *pages):
        assert texts(page, "main") == texts(page)
