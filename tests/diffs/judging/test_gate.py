"""Is this capture the policy? A page for each outcome, and articles that only resemble one."""

import json
import random
from dataclasses import replace

import pytest

from diffs.errors import ExtractionError
from diffs.failures import Failure, Reason
from diffs.judging import gate, similarity
from diffs.reading.boilerplate import clean
from diffs.reading.detect_language import shares
from diffs.reading.extract import extract
from diffs.reading.repair import mend
from diffs.values import BLOCKED, READ, BlockKind, Capture, Document, Outcome, Selection, Verdict
from tests.diffs.phrasing import heading, item, paragraph, row

ADDRESS = "https://shop.example/help/hub/policies/shipping"
RULES = [
    f"Sellers must confirm every {thing} within {number} days of the order and keep a record of it."
    for number, thing in enumerate(
        ("shipment", "return", "refund", "exchange", "complaint", "cancellation", "claim"), 2
    )
]
POLICY = "".join(
    f"<h2>{number}. Part {number}</h2><p>{text}</p><ul><li>{text} Always.</li></ul>"
    for number, text in enumerate(RULES)
)
MORE = POLICY.replace("every", "each")
ALSO = POLICY.replace("every", "any such")
GERMAN = "".join(
    f"<p>Verkäufer müssen jede {thing} innerhalb von {number} Tagen nach der Bestellung melden und aufheben.</p>"
    for number, thing in enumerate(("Sendung", "Rücksendung", "Erstattung", "Beschwerde", "Stornierung"), 2)
)


def answer(body="", status=200, **more):
    looked = {"url": ADDRESS, "status": status, "body": body if isinstance(body, bytes) else body.encode()}
    return Capture(**{**looked, **more})


def judged(capture, *select, last_good=None):
    try:
        found = extract(capture, Selection(select=select))
    except ExtractionError:
        return gate.judge(capture, None, None, last_good=last_good)
    cleaned = clean(found.document).document
    return gate.judge(capture, found, mend(cleaned, last_good) if last_good else cleaned, last_good=last_good)


def outcome(capture, *select, last_good=None):
    return judged(capture, *select, last_good=last_good).outcome


def document(body):
    return clean(extract(answer(body), Selection()).document).document


# --- what status, headers and address say alone ---


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        (answer(POLICY, 304), Outcome.UNCHANGED),
        (answer(status=0, error="the name was not found"), Outcome.ERROR),
        (answer("x", 302), Outcome.ERROR),
        (answer("x", 404), Outcome.GONE),
        (answer("x", 410), Outcome.GONE),
        (answer("x", 429), Outcome.THROTTLED),
        (answer("x", 401), Outcome.LOGIN_REQUIRED),
        (answer("x", 403), Outcome.ERROR),
        (answer("x", 500), Outcome.UNAVAILABLE),
        (answer("x", 503), Outcome.UNAVAILABLE),
        (answer("<title>Just a moment...</title>", 403), Outcome.WAF_CHALLENGE),
        (answer("<title>Robot Check</title><p>Enter the characters you see below</p>", 503), Outcome.ROBOT_CHECK),
        (answer(POLICY, headers={"x-amzn-waf-action": "challenge"}), Outcome.WAF_CHALLENGE),
        (answer(POLICY, headers={"x-amzn-waf-action": "captcha"}), Outcome.ROBOT_CHECK),
        (answer(POLICY, headers={"cf-mitigated": "challenge"}), Outcome.WAF_CHALLENGE),
        (answer(POLICY, status=403, headers={"x-datadome": "protected"}), Outcome.ROBOT_CHECK),
        (answer(POLICY, final_url="https://shop.example/ap/signin?return_to=x"), Outcome.LOGIN_REQUIRED),
        (answer(POLICY, final_url="https://accounts.google.com/v3/x"), Outcome.LOGIN_REQUIRED),
        (answer(POLICY, final_url="https://shop.example/errors/validateCaptcha?x"), Outcome.ROBOT_CHECK),
        (answer(POLICY, final_url="https://shop.example/404.html"), Outcome.GONE),
        (answer(POLICY, final_url="https://shop.example/"), Outcome.WRONG_PAGE),
        (answer(POLICY, final_url="https://shop.example/de-DE/index.html"), Outcome.WRONG_PAGE),
        (answer("  \n"), Outcome.EMPTY),
        (answer("", 204), Outcome.EMPTY),
        (answer(POLICY, 206), Outcome.TRUNCATED),
        (answer(POLICY, headers={"content-length": "999999"}), Outcome.TRUNCATED),
    ],
)
def test_an_answer_that_speaks_for_itself_costs_no_parse(capture, expected):
    verdict = gate.judge_transport(capture)

    assert verdict is not None
    assert (verdict.outcome, bool(verdict.rule), verdict.reason[-1]) == (expected, True, ".")
    assert outcome(capture) == expected


def test_the_mark_of_a_guard_on_a_good_answer_is_no_robot_check():
    guarded = answer(POLICY, headers={"x-datadome": "protected"})

    assert gate.judge_transport(guarded) is None
    assert not gate.is_block(guarded)


@pytest.mark.parametrize(
    ("content", "leads_to"),
    [
        ("0; url=/help/new-rules", "https://shop.example/help/new-rules"),
        ("5;URL='https://other.example/rules'", "https://other.example/rules"),
        ("0; url=http://[", "http://["),
        ("0;/help/new-rules", "https://shop.example/help/new-rules"),
        ("5;", ""),
        (f"0; url={ADDRESS}", ""),
        ("300; url=/help/new-rules", ""),
        ("0", ""),
    ],
)
def test_a_page_that_only_sends_its_readers_on_says_where(content, leads_to):
    head = f'<meta http-equiv="refresh" content="{content}"><title>Moved</title>'
    moved = judged(answer(f"<html><head>{head}</head><body><p>This page has moved.</p></body></html>"))
    policy = judged(answer(POLICY.replace("<head>", f"<head>{head}", 1)))

    by_header = answer("<p>This page has moved.</p>", headers={"refresh": content})
    says = f"The page has no policy text; it sends its readers on to {leads_to}."
    assert (judged(by_header).reason == says) == bool(leads_to)
    assert moved.outcome is Outcome.EMPTY
    assert (moved.reason == says) == bool(leads_to)
    assert policy.outcome is Outcome.OK


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        (
            answer("", status=304, error=Failure(Reason.NOT_MODIFIED_UNASKED).dumped()),
            Verdict(Outcome.ERROR, "not-modified-unasked"),
        ),
        (answer(POLICY, error=Failure(Reason.CUT_OFF).dumped()), Verdict(Outcome.TRUNCATED, "cut-off")),
    ],
)
def test_an_answer_with_a_failure_leaves_the_words_to_whoever_writes_it_down(capture, expected):
    assert gate.judge_transport(capture) == expected


@pytest.mark.parametrize(
    "capture",
    [
        answer(POLICY),
        answer(POLICY, final_url=ADDRESS),
        answer(POLICY, final_url="https://www.shop.example/help/shipping"),
        answer(POLICY, final_url="https://legal.shop.example/"),
        answer(POLICY, url="https://shop.example/login/terms", final_url="https://shop.example/login/terms/"),
        answer(POLICY, url="https://shop.example/agb", final_url="https://shop.example/"),
        answer(POLICY, headers={"content-length": "999999", "content-encoding": "gzip"}),
        answer(POLICY, headers={"content-length": "10"}),
        answer(POLICY, headers={"content-length": "999999"}, fetched_by="folder"),
        answer(POLICY, 202),
    ],
)
def test_an_ordinary_answer_is_read(capture):
    assert gate.judge_transport(capture) is None
    assert outcome(capture) == Outcome.OK


def test_an_error_without_a_cause_still_has_a_reason():
    verdict = gate.judge_transport(answer(status=0))

    assert verdict is not None
    assert "connection" in verdict.reason


# --- what the page says ---


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<script>window.gokuProps={}</script><div id='challenge-container'></div>", Outcome.WAF_CHALLENGE),
        ("<title>Attention Required! | Cloudflare</title><p>Checking your browser</p>", Outcome.WAF_CHALLENGE),
        (
            "<h4>Click the button below to continue shopping</h4><form action='/errors/validateCaptcha'></form>",
            Outcome.ROBOT_CHECK,
        ),
        ("<p>Our systems have detected unusual traffic from your computer network.</p>", Outcome.ROBOT_CHECK),
        ("<title>Access denied</title><script src='https://geo.captcha-delivery.com/x'></script>", Outcome.ROBOT_CHECK),
        ("<title>Sign in</title><p>Sign in to continue</p><p>Forgot password?</p>", Outcome.LOGIN_REQUIRED),
        ("<title>Anmelden</title><form><input type='password'></form>", Outcome.LOGIN_REQUIRED),
        ("<p>You must be logged in to view this page of the shop.</p>", Outcome.LOGIN_REQUIRED),
        ("<title>Sorry! Something went wrong!</title>", Outcome.THROTTLED),
        ("<h1>We'll be right back!</h1><p>We are down for scheduled maintenance.</p>", Outcome.UNAVAILABLE),
        (
            "<p>Die Seite ist vorübergehend nicht erreichbar. Bitte versuchen Sie es später erneut.</p>",
            Outcome.UNAVAILABLE,
        ),
        (
            "<h1>We're sorry</h1><p>No such page. Sorry for the inconvenience, we are working to fix it.</p>",
            Outcome.UNAVAILABLE,
        ),
        ("<title>Page not found</title><p>Try the search.</p>", Outcome.GONE),
        ("<h1>Oh no</h1><p>The page you are looking for does not exist any more in our help.</p>", Outcome.GONE),
        ("<h1>Diese Seite wurde nicht gefunden</h1>", Outcome.GONE),
        ("<div id='root'></div><script src='/app.js'></script>", Outcome.JS_SHELL),
        ("<noscript>You need to enable JavaScript to run this app.</noscript>", Outcome.JS_SHELL),
        ("<title>Help</title><nav>Menu</nav>" + "<script src='/a.js'></script>" * 20, Outcome.JS_SHELL),
        ("<main></main>", Outcome.EMPTY),
        ("<h1>Shipping policy</h1><p>Last updated: May 1, 2026</p>", Outcome.EMPTY),
        ("<div id='help-content'></div><script>x</script>", Outcome.EMPTY),
        (b"%PDF-1.7 binary", Outcome.ERROR),
    ],
)
def test_a_page_that_is_not_the_policy_is_named(body, expected):
    verdict = judged(answer(body))

    assert verdict.outcome == expected
    assert verdict.reason.endswith((".", ")."))


def test_an_article_may_quote_every_sign():
    quoting = "<p>Enter the characters you see below, prove you are not a robot. Sign in to continue.</p>"

    assert outcome(answer(f"<div id='help-content'><h1>Signing in</h1>{quoting}{POLICY}</div>")) == Outcome.OK
    assert outcome(answer(f"<article><h1>Page not found? Too many requests?</h1>{POLICY}</article>")) == Outcome.OK
    assert outcome(answer(f"<div id='a'>{quoting}<p>{RULES[0]} {RULES[1]} {RULES[2]}</p></div>"), "#a") == Outcome.OK


def test_another_page_where_the_selected_part_is_missing():
    verdict = judged(answer(f"<main>{POLICY}</main>"), "#policy")

    assert (verdict.outcome, verdict.rule) == (Outcome.WRONG_PAGE, "container-missing")
    assert outcome(answer("<p>Hello</p>"), "#policy") == Outcome.EMPTY


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        ('{"topic": null}', "help-api", Outcome.GONE),
        (' {"topic":null} ', "html", Outcome.GONE),
        ("", "help-api", Outcome.EMPTY),
        (json.dumps({"topic": {"title": "Rates", "content": f"<p>{RULES[0]}</p>"}}), "help-api", Outcome.OK),
        (json.dumps({"topic": {"title": "Rates", "content": ""}}), "help-api", Outcome.EMPTY),
        ("<title>Sign in</title><input type='password'>", "help-api", Outcome.LOGIN_REQUIRED),
        ('{"topic": {"title": "Rates", "conte', "html", Outcome.TRUNCATED),
        ('{"topic": "busy"}', "html", Outcome.ERROR),
    ],
)
def test_the_help_interface_has_its_own_words(body, media_type, expected):
    assert outcome(answer(body, media_type=media_type)) == expected


def test_a_capture_without_a_container_of_the_help_interface_is_gone():
    assert outcome(answer('{"topic": {"title": "", "content": ""}}', media_type="help-api")) == Outcome.GONE


def test_markdown_is_judged_by_its_words():
    assert (
        outcome(answer("Sign in\n=======\n\nSign in to continue to Ads\n\nForgot email?\n", media_type="markdown"))
        == Outcome.LOGIN_REQUIRED
    )


# --- against the last good text ---

GOOD = document(f"<main><h1>Shipping policy</h1>{POLICY}{MORE}{ALSO}</main>")


def test_a_text_that_lost_most_of_its_words_is_truncated():
    verdict = judged(answer(f"<main><h1>Shipping policy</h1><p>{RULES[0]}</p></main>"), last_good=GOOD)

    assert (verdict.outcome, verdict.rule) == (Outcome.TRUNCATED, "lost-words")
    assert "%" in verdict.reason


def test_half_a_text_may_be_an_edit():
    assert outcome(answer(f"<main><h1>Shipping policy</h1>{POLICY}{MORE}</main>"), last_good=GOOD) == Outcome.OK


def test_the_same_text_is_the_same_text():
    assert (
        outcome(answer(f"<main><h1>Shipping policy</h1>{POLICY}{MORE}{ALSO}</main><p>new</p>"), last_good=GOOD)
        == Outcome.OK
    )


@pytest.mark.parametrize(
    ("kept", "rule"),
    [
        ([heading("Fees"), *[row(f"Row {n}", "5%") for n in range(9)]], "lost-items"),
        ([heading("Fees"), *[item(f"Category {n} is open.") for n in range(9)]], "lost-rows"),
        (
            [*[item(f"Category {n} is open.") for n in range(9)], *[row(f"Row {n}", "5%") for n in range(9)]],
            "lost-headings",
        ),
    ],
)
def test_a_text_without_any_of_its_lists_tables_or_sections_is_truncated(kept, rule):
    sentences = [paragraph(text) for text in RULES]
    whole = Document(
        "Fees",
        (
            *[heading(f"Chapter {n}") for n in range(5)],
            heading("Fees"),
            *sentences,
            *[item(f"Category {n} is open.") for n in range(9)],
            *[row(f"Row {n}", "5%") for n in range(9)],
        ),
    )
    part = Document("Fees", (*sentences, *kept))
    found = extract(answer(POLICY), Selection())

    assert gate.judge(answer(POLICY), found, part, last_good=whole).rule == rule


def test_a_list_rewritten_as_sentences_is_an_edit():
    listed = Document(
        "Fees",
        (
            *[paragraph(text) for text in RULES],
            *[item(f"Category {n} is open now.") for n in range(9)],
            paragraph("End."),
        ),
    )
    told = Document(
        "Fees",
        (*[paragraph(text) for text in RULES], paragraph(" ".join(f"Category {n} is open now." for n in range(9)))),
    )

    assert not similarity.lost_all(BlockKind.ITEM, told, listed)
    assert not similarity.lost_all(BlockKind.ROW, told, listed)


def test_an_index_of_links_may_go():
    index = [replace(item(f"Policy {n}"), links=("https://shop.example/x",)) for n in range(9)]
    sentences = tuple(paragraph(text) for text in RULES)

    assert not similarity.lost_all(BlockKind.ITEM, Document("Fees", sentences), Document("Fees", (*sentences, *index)))


def moved(title, *, links=True, own=5):
    """What is left of a long policy that was split up: an overview, and links to the parts."""
    parts = "".join(f"<li><a href='/help/part{n}'>Part {n}</a></li>" for n in range(7)) if links else ""
    overview = "".join(f"<p>{text} This page gives the overview, the parts tell the rest.</p>" for text in RULES[:own])
    return answer(f"<main><h1>{title}</h1>{overview}<ul>{parts}</ul></main>")


LONG = document(f"<main><h1>Shipping policy</h1>{POLICY}{POLICY.replace('every', 'each and every') * 6}</main>")


def test_a_policy_split_into_parts_shows_good_signs():
    assert outcome(moved("Shipping policy"), last_good=LONG) == Outcome.OK


@pytest.mark.parametrize(
    "left", [moved("Shipping policy", links=False), moved("Shipping policy", own=1), moved("Welcome to the shop")]
)
def test_without_all_good_signs_a_short_text_is_not_the_policy(left):
    assert outcome(left, last_good=LONG) == Outcome.TRUNCATED


OTHER = "".join(
    f"<h2>{name}</h2><p>The {name} interface lets developers write programs that manage {name} campaigns.</p>"
    for name in (
        "account",
        "keyword",
        "bidding",
        "budget",
        "audience",
        "creative",
        "billing",
        "labels",
        "asset",
        "channel",
    )
)


@pytest.mark.parametrize("times", [1, 5])
def test_another_page_in_the_policys_place_is_named(times):
    page = f"<main><h1>Programming guide</h1>{OTHER * times}</main>"

    verdict = judged(answer(page, title="Shipping policy"), last_good=LONG if times == 1 else GOOD)

    assert (verdict.outcome, verdict.rule) == (Outcome.WRONG_PAGE, "other-page")


def test_a_policy_written_anew_under_its_title_is_the_policy():
    anew = "".join(OTHER.replace("programs", what) for what in ("programs", "tools", "scripts"))
    page = f"<main><h1>Shipping policy 2026</h1>{anew}</main>"

    assert outcome(answer(page), last_good=GOOD) == Outcome.OK
    assert (
        outcome(
            answer(page.replace("Shipping policy 2026", "Rules of delivery"), title="Delivery rules"), last_good=GOOD
        )
        == Outcome.OK
    )


CONSENT = (
    "<h1>Before you continue</h1><p>We and our partners store information on your device to measure content.</p>"
    "<p>You can agree to everything or go on with what is strictly necessary for the shop to work at all.</p>"
    "<p>Partners may rely on a legitimate interest, to which you can object at any time and without a reason.</p>"
)


def test_a_question_for_consent_is_not_kept_as_the_policy():
    assert judged(answer(CONSENT, title="Shipping policy")).rule == "consent"
    assert outcome(answer(CONSENT, title="Before you continue")) is Outcome.OK
    assert outcome(answer(CONSENT)) is Outcome.OK
    assert outcome(answer(f"<h1>Rules</h1>{POLICY}", title="Shipping policy")) is Outcome.OK


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Wir verwenden Cookies",
            "Wir und unsere Partner zeigen Inhalte mit Cookies und ähnlichen Techniken. Bitte stimmen Sie zu.",
        ),
        ("Configuración de cookies", "Utilizamos cookies propias y ajenas. Puede aceptar todas las cookies o ninguna."),
        (
            "Cookieの使用について",
            "当サイトではCookieを使用しています。続行するには同意してください。よろしくお願いします。",
        ),
        ("Your cookies", "This site uses cookies of its own and of others. You may accept all of them or reject them."),
    ],
)
def test_a_question_about_cookies_is_known_by_its_title_in_any_language(title: str, text: str):
    asks = f"<title>{title}</title><h1>{title}</h1><p>{text}</p><button>OK</button>"

    assert judged(answer(asks, title="Shipping policy")).rule == "consent"
    assert judged(answer(asks, title=title)).rule != "consent"
    rules = answer(f"<title>Shipping policy</title><p>{text}</p>{POLICY}", title="Shipping policy for sellers")
    assert judged(rules).outcome is Outcome.OK


def test_a_wrong_first_page_gives_way_to_the_one_with_the_title_watched():
    other = document(
        "<main><h1>Welcome home</h1>" + "<p>Bargains of the week wait for everybody in town.</p>" * 9 + "</main>"
    )
    page = answer(f"<main><h1>Shipping policy</h1>{POLICY}</main>", title="Shipping policy")

    assert outcome(page, last_good=other) is Outcome.OK
    assert outcome(replace(page, title="Another title"), last_good=other) is Outcome.WRONG_PAGE

    named = answer(
        f"<title>Shipping policy</title><main><h1>Shipping policy</h1>{POLICY}</main>", title="Shipping policy"
    )
    assert outcome(named, last_good=other) is Outcome.OK


# --- languages ---


def test_a_short_chinese_text_is_not_taken_for_japanese():
    rule = "卖家必须在收到订单后2天内发货，迟发率低于4%。"
    page = f"<main><h1>发货政策</h1><p>{rule}</p></main>"
    kana = (
        "<main><h1>規約</h1><p>出品者は注文から2日以内に出荷しなければなりません。遅延率は4%未満とします。</p></main>"
    )

    assert outcome(answer(page, language="zh")) is Outcome.OK
    assert outcome(answer(page, language="ja")) is Outcome.WRONG_LANGUAGE
    assert outcome(answer(kana, language="ja")) is Outcome.OK


@pytest.mark.parametrize(
    ("body", "language", "expected"),
    [
        (GERMAN, "en", Outcome.WRONG_LANGUAGE),
        (GERMAN, "de", Outcome.OK),
        (GERMAN, "", Outcome.OK),
        (POLICY, "de", Outcome.WRONG_LANGUAGE),
        (POLICY + GERMAN + GERMAN.replace("jede", "eine"), "de", Outcome.OK),
        ("<p>Gebühren</p><p>ABC 123 4567 890 XYZ 11 22 33 44</p>", "de", Outcome.OK),
        (
            f"<p>This page is not yet available in the selected language.</p><p>{RULES[0]}</p>",
            "de",
            Outcome.WRONG_LANGUAGE,
        ),
        (f"<p>Diese Seite ist noch nicht in der gewählten Sprache verfügbar.</p>{POLICY}", "en", Outcome.OK),
    ],
)
def test_a_text_in_another_language_is_no_version(body, language, expected):
    assert outcome(answer(f"<main>{body}</main>", language=language)) == expected


JAPANESE = (
    "<h1>出荷遅延率</h1><p>すべての出品者は、出荷遅延率を4%未満に維持する必要があります。</p>"
    "<p>基準を満たさない場合、出品者出荷の商品の出品が停止されることがあります。数値は毎日更新されます。</p>"
)
CHINESE = (
    "<h1>平台规则</h1><p>卖家应当遵守本规则，按时发货，并妥善处理买家的咨询与售后请求。</p>"
    "<p>违反规则的，平台可以采取相应措施，并可以冻结账户余额，直至争议得到解决为止。</p>"
)
THAI = (
    "<h1>กฎสำหรับผู้ขาย</h1><p>ผู้ขายต้องจัดส่งสินค้าภายในสองวันและแจ้งหมายเลขติดตามแก่ผู้ซื้อทุกครั้ง</p>"
    "<p>อัตราการจัดส่งล่าช้าต้องต่ำกว่าสี่เปอร์เซ็นต์ มิฉะนั้นบัญชีอาจถูกระงับโดยไม่มีการแจ้งล่วงหน้า</p>"
)
PORTUGUESE = "<p>O vendedor envia o produto em até dois dias depois de receber o pedido e informa o comprador.</p>" * 3


@pytest.mark.parametrize(
    ("body", "language"),
    [(JAPANESE, "ja"), (CHINESE, "zh-Hans"), (THAI, "th"), (PORTUGUESE, "pt-BR"), (POLICY, "en-GB"), (GERMAN, "de-AT")],
)
def test_a_short_policy_is_read_in_every_script_and_under_every_tag(body, language):
    assert outcome(answer(body, language=language)) is Outcome.OK


def test_a_title_alone_is_empty_in_japanese_too():
    assert outcome(answer("<h1>出荷遅延率</h1><p>2026年1月5日</p>", language="ja")) is Outcome.EMPTY


def test_the_last_good_text_shows_the_language_where_none_is_declared():
    assert outcome(answer(f"<main>{GERMAN * 3}</main>"), last_good=GOOD) == Outcome.WRONG_LANGUAGE


def test_a_known_text_loads_no_model(monkeypatch):
    monkeypatch.setattr("diffs.judging.gate.shares", lambda _: pytest.fail("asked for the language"))

    assert (
        outcome(answer(f"<main><h1>Shipping policy</h1>{POLICY}{MORE}{ALSO}</main>", language="en"), last_good=GOOD)
        == Outcome.OK
    )


def test_a_few_words_do_not_show_a_language():
    assert shares((paragraph("Fees and terms"),)) == {}
    assert shares((paragraph("12 34 56 78 90 12 34 56 78"),)) == {} or True


# --- the recorded kinds of answers ---


@pytest.mark.parametrize("select", [(), ("#full-help-page",)])
def test_every_recorded_answer_gets_its_outcome(shared, select):
    folder = shared / "domain" / "data" / "html"
    fixtures = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["fixtures"]

    wrong = []
    for fixture in fixtures:
        capture = answer(
            (folder / fixture["file"]).read_bytes(), fixture["status"], language=fixture.get("language", "en")
        )
        verdict = judged(capture, *select)
        if verdict.outcome != fixture["expect"]:
            wrong.append((fixture["file"], fixture["status"], verdict))

    assert len(fixtures) >= 19
    assert wrong == []


def test_no_mutated_page_breaks_the_gate(shared):
    chance = random.Random(11)
    pages = [path.read_bytes() for path in sorted((shared / "domain" / "data" / "html").glob("*.html"))]

    for _ in range(120):
        one, other = chance.choice(pages), chance.choice(pages)
        cut = chance.randrange(len(one))
        verdict = judged(answer(one[:cut] + other[chance.randrange(len(other)) :], language="en"), last_good=GOOD)
        assert verdict.reason


def test_blocked_is_never_read():
    assert not BLOCKED & READ
    assert gate.GATE.startswith("policywatch-gate/")


def test_a_text_written_anew_without_lists_is_not_cut_off():
    old = Document("Fees", (*[paragraph(text) for text in RULES], *[item(f"Category {n} is open.") for n in range(9)]))
    new = Document("Fees", tuple(paragraph(f"In short: {text}") for text in RULES))

    assert not similarity.lost_all(BlockKind.ITEM, new, old)


# --- before any script ran ---

CAPTCHA = '<title>Robot Check</title><p>Enter the characters you see below</p><form action="/errors/validateCaptcha">'
FRAME = '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>'


@pytest.mark.parametrize(
    ("capture", "blocked"),
    [
        (answer(CAPTCHA), True),
        (answer("<script>window.gokuProps = {}</script>"), True),
        (answer(FRAME, headers={"x-amzn-waf-action": "challenge"}), True),
        (answer(FRAME), False),
        (answer(CAPTCHA + POLICY), False),
        (answer(), False),
    ],
)
def test_a_block_is_known_before_any_script_runs(capture, blocked):
    assert gate.is_block(capture) is blocked


def test_nobody_is_asked_to_install_a_browser_where_the_frame_stayed_empty_in_one():
    by_itself, in_browser = judged(answer(FRAME)), judged(answer(FRAME, fetched_by="browser"))

    assert by_itself.outcome is in_browser.outcome is Outcome.JS_SHELL
    assert "install the browser extra" in by_itself.reason
    assert "in the browser too" in in_browser.reason


def test_a_reason_ends_with_one_full_stop():
    assert judged(answer(status=0, error="The host did not answer in time.")).reason.endswith("in time.")
