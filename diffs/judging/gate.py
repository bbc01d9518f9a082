"""Whether a capture is the policy: a named outcome with a reason a seller understands.

General rules apply first. The signs of blocked, sign-in and error pages are data (`diffs/data/gate.toml`) and count
only if the article is missing or tiny, as an article may quote them. The text is checked against the last good one.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from diffs.failures import Failure, Reason
from diffs.language.normalise import fold
from diffs.language.tags import primary
from diffs.language.vocabulary import table
from diffs.reading.detect_language import plain, shares
from diffs.values import BLOCKED, BlockKind, Capture, Document, Extraction, Outcome, Verdict, word_count

from . import similarity

#: Who judged. Changed whenever the same capture would get another outcome (architecture.md, rule 4).
GATE = "policywatch-gate/9"

#: A block of this many words is running text; headlines, links and labels are shorter.
_SENTENCE_WORDS = 8
#: Below this much running text, in words, an article is tiny: in a container that somebody named, and in a guessed one.
_TINY = 80
_TINY_GUESSED = 150
#: Without a sentence, this few words mean that the page's text has not loaded (about 200 characters).
_EMPTY_WORDS = 40
#: The share of the last good text that may disappear before the rest must prove to be the policy.
_MAY_GO = 0.6
#: A consent dialogue is short, and has more than one telltale sign.
_CONSENT_WORDS, _CONSENT_POINTS = 800, 4
#: How much of a page's source is searched for signs.
_SOURCE = 400_000
_POINTS = 2
#: How many letters of source one script counts for when a page's text is weighed against its scripts.
_SCRIPT_LETTERS = 400
_KINDS = ("waf_challenge", "robot_check", "login_required", "throttled", "unavailable", "gone")
_FRONT_PAGE = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home|default)(?:\.\w+)?/?)?")
_NO_TOPIC = re.compile(rb'\s*\{\s*"topic"\s*:\s*null\s*\}\s*')
_TAGS = re.compile(
    r"<(script|style|template|head|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*(?:>|\Z)", re.DOTALL
)


def judge_transport(capture: Capture) -> Verdict | None:
    """What status, headers and final address say on their own; None means that the page must be read.

    Does not parse the page. A refusal's body is searched for a robot check: some sites send one with status 503 or 403.
    """
    # Address before status: a redirect to a sign-in page that robots.txt forbids arrives as a bare redirect.
    rules_in_order = (_by_answer, _by_header, _by_address, _by_status, _by_body)
    return next((verdict for rule in rules_in_order if (verdict := rule(capture)) is not None), None)


def judge(
    capture: Capture,
    extraction: Extraction | None,
    cleaned: Document | None,
    *,
    last_good: Document | None = None,
) -> Verdict:
    """The verdict on one check of a page.

    `extraction` is what was read from the capture, None if it cannot be read; `cleaned` is its document without
    furniture; `last_good` is the page's last good text, cleaned.
    """
    by_transport = judge_transport(capture)
    if by_transport is not None:
        return by_transport
    if extraction is None or cleaned is None:
        return Verdict(
            Outcome.ERROR, "unreadable", "The answer is no text that can be read (an image, a PDF, an archive)."
        )
    if extraction.container == "feed":
        return _feed(cleaned)
    look = _Look(capture, extraction, cleaned, last_good)
    rules_in_order = [_by_topic, _by_signs]
    if last_good is None or cleaned.fingerprint != last_good.fingerprint:
        # A text that was good before needs no second judgement.
        rules_in_order += [_by_consent, _by_size, _by_language, _by_loss]
    rules_in_order.append(_by_kind)
    found = next((verdict for rule in rules_in_order if (verdict := rule(look)) is not None), None)
    return found or Verdict(Outcome.OK, "ok", "The policy was read.")


def is_block(capture: Capture) -> bool:
    """Whether a page, as received and before any script runs, is a challenge or a robot check in place of the page.

    Does not parse the page. No browser is started for such a page: we do not give proof that a human is reading.
    """
    by_header = _by_header(capture)
    if by_header is not None:
        return by_header.outcome in BLOCKED
    source = _source(capture)
    visible = _visible(source)
    if word_count(visible) >= _TINY_GUESSED:
        return False
    places = {"html": source, "text": visible, "title": _title(source)}
    return any(_points(kind, places) >= _POINTS for kind in ("waf_challenge", "robot_check"))


@dataclass(frozen=True, slots=True)
class _Look:
    capture: Capture
    extraction: Extraction
    cleaned: Document
    last_good: Document | None


def is_suspicious(extraction: Extraction, cleaned: Document, last_good: Document | None) -> bool:
    """Whether the article is missing or tiny, in itself or compared with the last good text."""
    running = _running_words(cleaned)
    guessed = extraction.container in ("", "body", "main", "article", "markdown", "text")
    if running < (_TINY_GUESSED if guessed else _TINY) and not (running and cleaned.words >= 2 * _TINY_GUESSED):
        return guessed or running < _TINY // 2 or _lost(cleaned, last_good)
    return _lost(cleaned, last_good)


def _lost(cleaned: Document, last_good: Document | None) -> bool:
    return last_good is not None and cleaned.words < (1 - _MAY_GO) * last_good.words


@lru_cache(maxsize=16)  # a page that shows few texts in turn is asked for the same ones
def _running_words(document: Document) -> int:
    counts = (block.words for block in document.blocks if block.kind is not BlockKind.HEADING)
    return sum(count for count in counts if count >= _SENTENCE_WORDS)


def _by_answer(capture: Capture) -> Verdict | None:
    failure = Failure.parsed(capture.error)
    if failure is not None and failure.reason is Reason.NOT_MODIFIED_UNASKED:
        return Verdict(Outcome.ERROR, failure.reason)
    if capture.status == 304:
        return Verdict(Outcome.UNCHANGED, "status-304", "The site says that the page has not changed.")
    if capture.status == 0:
        if failure is not None:
            return Verdict(Outcome.ERROR, failure.reason)  # worded where it is written down
        why = capture.error.rstrip(".") or "the connection failed"
        return Verdict(Outcome.ERROR, "no-answer", f"Nothing was fetched: {why}.")
    return None


def _by_header(capture: Capture) -> Verdict | None:
    """What the headers say. Good answers carry a bot guard's header too, so it counts only with a refusal."""
    refused = not 200 <= capture.status < 300
    for group in ("headers", "headers_of_refusals") if refused else ("headers",):
        for kind, wanted in table("gate")[group].items():
            for name, pattern in wanted.items():
                if re.search(pattern, capture.headers.get(name, "").casefold() or "\n"):
                    return _verdict(kind, f"header-{name}")
    return None


def _by_address(capture: Capture) -> Verdict | None:
    asked, came = capture.url.casefold(), capture.final_url.casefold()
    if not came or came == asked:
        return None
    plain_asked, plain_came = (address.split("?")[0] for address in (asked, came))
    for kind, patterns in table("gate")["address"].items():
        for pattern in patterns:
            if re.search(pattern, came if "?" in pattern else plain_came) and not re.search(pattern, plain_asked):
                return _verdict(kind, "address")
    there, here = urlsplit(came), urlsplit(asked)
    is_deep = len(here.path.strip("/")) > len("xx-xx")
    if is_deep and there.hostname == here.hostname and not there.query and _FRONT_PAGE.fullmatch(there.path):
        return Verdict(Outcome.WRONG_PAGE, "front-page", "The address now leads to the site's front page.")
    return None


def _by_status(capture: Capture) -> Verdict | None:
    status = capture.status
    if status < 300:
        return None
    rule = f"status-{status}"
    if status < 400:
        return Verdict(Outcome.ERROR, rule, f"The site sent us on (status {status}), but never to a page.")
    if status in (404, 410):
        return Verdict(Outcome.GONE, rule, "The site says the page does not exist.")
    if status == 429:
        return Verdict(Outcome.THROTTLED, rule, "The site asked us to come less often.")
    return _refused(capture, rule)


def _refused(capture: Capture, rule: str) -> Verdict:
    source = _source(capture)
    places = {"html": source, "text": _visible(source), "title": _title(source)}
    for kind in ("waf_challenge", "robot_check"):
        if _points(kind, places) >= _POINTS:
            return _verdict(kind, rule)
    if capture.status == 401:
        return _verdict("login_required", rule)
    if capture.status >= 500:
        return Verdict(Outcome.UNAVAILABLE, rule, f"The site could not answer (status {capture.status}).")
    return Verdict(Outcome.ERROR, rule, f"The site refused to show the page (status {capture.status}).")


def _by_body(capture: Capture) -> Verdict | None:
    failure = Failure.parsed(capture.error)
    if failure is not None and failure.reason is Reason.CUT_OFF:
        return Verdict(Outcome.TRUNCATED, failure.reason)
    if not capture.body.strip():
        return Verdict(Outcome.EMPTY, "no-body", "The site answered with an empty page.")
    announced = capture.headers.get("content-length", "")
    is_short = announced.isdigit() and "content-encoding" not in capture.headers and len(capture.body) < int(announced)
    if capture.status == 206 or (is_short and capture.fetched_by in ("http", "feed")):
        return Verdict(Outcome.TRUNCATED, "cut-off", "Only a part of the page arrived.")
    return None


def _feed(cleaned: Document) -> Verdict:
    """The verdict on a feed: a list that grows at one end and shrinks at the other, so only an empty one is bad."""
    if cleaned.words == 0:
        return Verdict(Outcome.EMPTY, "no-entries", "The feed has no entries.")
    return Verdict(Outcome.OK, "ok", "The feed was read.")


def _by_kind(look: _Look) -> Verdict | None:
    if look.capture.media_type != "feed":
        return None
    return Verdict(Outcome.WRONG_PAGE, "no-feed", "A page was returned where a feed of announcements was expected.")


def _by_topic(look: _Look) -> Verdict | None:
    """The verdict on a help system's own "no such article", and on its answers that contain no article."""
    capture, container = look.capture, look.extraction.container
    answer = capture.body.lstrip()[:200]
    if _NO_TOPIC.fullmatch(answer) is not None or (capture.media_type == "help-api" and not container):
        return Verdict(Outcome.GONE, "no-topic", "The help system knows no such article, or it is not public.")
    is_answer = capture.media_type == "help-api" or answer.startswith(b'{"topic"')
    if container == "topic" or not is_answer or answer.startswith(b"<"):
        return None
    try:
        json.loads(capture.body)
    except (ValueError, RecursionError):
        return Verdict(Outcome.TRUNCATED, "broken-answer", "Only a part of the help system's answer arrived.")
    return Verdict(
        Outcome.ERROR, "no-answer-of-the-help", "The help system answered with something that is no article."
    )


def _by_signs(look: _Look) -> Verdict | None:
    """Blocked, signed out, out of order or gone, by the words and the source of the page."""
    extraction, cleaned = look.extraction, look.cleaned
    if not is_suspicious(extraction, cleaned, look.last_good):
        return None
    source = _source(look.capture) if look.capture.media_type not in ("markdown", "text") else ""
    shown = extraction.document.compared if extraction.document.blocks else _visible(source)
    title = fold(extraction.title or cleaned.title).casefold()
    places = {"html": source, "text": shown[:20_000].casefold(), "title": title}
    points = {kind: _points(kind, places) for kind in _KINDS}
    best = max(points, key=lambda kind: points[kind])
    if points[best] >= _POINTS:
        return _verdict(best, "signs")
    return _by_refresh(look) or _by_shell(look, places)


_REFRESH = re.compile(r"""(?i)<meta\b[^>]{0,200}http-equiv\s{0,9}=\s{0,9}["']?refresh\b([^>]{0,1000})>""")
_SENDS_TO = re.compile(r"""(?i)content\s{0,9}=\s{0,9}["']?\s{0,9}(\d(?:\.\d{1,9})?\s{0,9}[;,][^>]{1,300})""")
#: Within ten seconds; "url=" may be left out (HTML Standard, 4.2.5.3).
_LEADS_TO = re.compile(r"""(?i)\d(?:\.\d{1,9})?\s{0,9}[;,]\s{0,9}(?:url\s{0,9}=\s{0,9})?["']?([^"'>\s]{1,200})""")


def _by_refresh(look: _Look) -> Verdict | None:
    """The verdict on a few words in the policy's place that lead to another page within ten seconds."""
    found = _REFRESH.search(look.capture.body[:4096].decode("utf-8", "replace"))
    said = _SENDS_TO.search(found[1]) if found else None
    content = said[1] if said else look.capture.headers.get("refresh", "").strip()
    where = _LEADS_TO.match(content) if look.cleaned.words < _TINY_GUESSED else None
    if where is None:
        return None
    here, address = look.capture.final_url or look.capture.url, where[1]
    with suppress(ValueError):
        address = urljoin(here, address)
    if address == here:
        return None  # it only reloads itself
    return Verdict(Outcome.EMPTY, "sends-on", f"The page has no policy text; it sends its readers on to {address}.")


def _by_shell(look: _Look, places: dict[str, str]) -> Verdict | None:
    """The verdict on a page without its text, or without the part that should contain it."""
    extraction, cleaned, source = look.extraction, look.cleaned, places["html"]
    has_text = _running_words(cleaned) > 0 or cleaned.words >= _EMPTY_WORDS
    if has_text or not source or not _container_lacks(extraction):
        return None
    visible = _visible(source)
    if _points("js_shell", places) >= _POINTS or 0 < 2 * len(visible) < _SCRIPT_LETTERS * source.count("<script"):
        why = "reason_in_browser" if look.capture.fetched_by == "browser" else "reason"
        return Verdict(Outcome.JS_SHELL, "js-shell:signs", table("gate")["js_shell"][why])
    if not extraction.container and word_count(visible) >= _TINY_GUESSED:
        why = "A page was returned, but without the part that holds the policy: another page, or a new layout."
        return Verdict(Outcome.WRONG_PAGE, "container-missing", why)
    return None


def _container_lacks(extraction: Extraction) -> bool:
    """Whether nobody named a container that the site itself uses for its text: an empty one of those is just empty."""
    return extraction.container in ("", "body", "main", "article")


def _by_consent(look: _Look) -> Verdict | None:
    """The verdict on a consent dialogue in the policy's place; a policy about consent has the title that is watched."""
    capture, cleaned = look.capture, look.cleaned
    if cleaned.words > _CONSENT_WORDS or not capture.title or similarity.bears(cleaned, capture.title):
        return None
    title = fold(look.extraction.title or cleaned.title).casefold()
    places = {"text": cleaned.compared.casefold(), "title": title, "html": ""}
    if _points("consent", places) < _CONSENT_POINTS:
        return None
    return Verdict(Outcome.WRONG_PAGE, "consent", table("gate")["consent"]["reason"])


def _by_size(look: _Look) -> Verdict | None:
    cleaned = look.cleaned
    if cleaned.words == 0:
        where = f" ({look.extraction.container})" if look.extraction.container else ""
        return Verdict(Outcome.EMPTY, "no-text", f"The page was returned without any policy text in it{where}.")
    if _running_words(cleaned) == 0 and cleaned.words < _EMPTY_WORDS:
        return Verdict(Outcome.EMPTY, "headline-only", "Only a headline or a date was returned, not the policy's text.")
    return None


def _by_language(look: _Look) -> Verdict | None:
    """The verdict on a text in another language than the page's declared one or its last good text's."""
    cleaned, last_good = look.cleaned, look.last_good
    notice = _fallback_notice(cleaned)
    if not notice and last_good is not None and similarity.shared(cleaned, last_good) >= _SAME_TEXT:
        return None  # mostly known sentences: no need to load a model
    declared = plain(primary(look.capture.language))
    expected = declared or (_main_language(last_good) if last_good is not None else "")
    if not expected:
        return None
    found = shares(cleaned.blocks)
    own, first = found.get(expected, 0.0), next(iter(found), expected)
    if notice and own < _MOST:
        why = f"The page says that its text is not there in the language asked for ({expected})."
        return Verdict(Outcome.WRONG_LANGUAGE, "fallback-notice", why)
    if first == expected or own >= _OWN_SHARE or found[first] < _MOST:
        return None
    why = f"The text is in another language ({first} instead of {expected})."
    return Verdict(Outcome.WRONG_LANGUAGE, "language", why)


#: A text that shares this much of its words with the last good one is in the same language.
_SAME_TEXT = 0.5
#: A page in two languages is still the page.
_OWN_SHARE = 0.3
_MOST = 0.5


def _main_language(document: Document) -> str:
    return next(iter(shares(document.blocks)), "")


def _fallback_notice(cleaned: Document) -> bool:
    pattern = _fallback_pattern()
    return any(pattern.search(block.compared.casefold()) for block in cleaned.blocks[:6] if len(block.compared) < 300)


@cache
def _fallback_pattern() -> re.Pattern[str]:
    return re.compile("|".join(table("gate")["language_fallback"]["patterns"]))


def _by_loss(look: _Look) -> Verdict | None:
    """The verdict on text lost since the last good version, or on another page in its place."""
    cleaned, last_good = look.cleaned, look.last_good
    if last_good is None:
        return None
    # The title the page is watched under is evidence; its own title is not.
    watched = look.capture.title if look.capture.title != look.extraction.title else ""
    is_other = similarity.is_other_page(cleaned, last_good, watched)
    if is_other and _was_other(look):
        return None
    if _lost(cleaned, last_good):
        return None if similarity.good_signs(cleaned, last_good) else _cut_down(cleaned, last_good, is_other=is_other)
    if is_other:
        why = "Another page was returned in the policy's place: another title, other sections, other sentences."
        return Verdict(Outcome.WRONG_PAGE, "other-page", why)
    if similarity.is_appended(cleaned, last_good, watched):
        why = "Another document, with a title of its own, was returned behind the policy."
        return Verdict(Outcome.WRONG_PAGE, "appended", why)
    return _lost_kind(cleaned, last_good)


def _lost_kind(cleaned: Document, last_good: Document) -> Verdict | None:
    for kind, what in ((BlockKind.ITEM, "list items"), (BlockKind.ROW, "table rows"), (BlockKind.HEADING, "sections")):
        if similarity.lost_all(kind, cleaned, last_good):
            return Verdict(Outcome.TRUNCATED, f"lost-{kind.value}s", f"All of the policy's {what} were missing.")
    return None


def _was_other(look: _Look) -> bool:
    """Whether the last text was the other page: this one has the watched title, and that one did not."""
    title, last_good = look.capture.title, look.last_good
    return last_good is not None and similarity.bears(look.cleaned, title) and not similarity.bears(last_good, title)


def _cut_down(cleaned: Document, last_good: Document, *, is_other: bool) -> Verdict:
    if is_other:
        return Verdict(Outcome.WRONG_PAGE, "other-page", "A much shorter page was returned in the policy's place.")
    lost = round(100 * (1 - cleaned.words / max(1, last_good.words)))
    why = f"{lost}% of the policy's words were missing, and the rest does not make up the whole."
    return Verdict(Outcome.TRUNCATED, "lost-words", why)


def _points(kind: str, places: dict[str, str]) -> int:
    return sum(points for points, where, pattern in _signs(kind) if places[where] and pattern.search(places[where]))


@cache
def _signs(kind: str) -> tuple[tuple[int, str, re.Pattern[str]], ...]:
    signs: list[dict[str, Any]] = table("gate")[kind]["signs"]
    return tuple((sign["points"], sign["where"], re.compile(sign["pattern"])) for sign in signs)


def _verdict(kind: str, rule: str) -> Verdict:
    return Verdict(Outcome(kind), f"{kind.replace('_', '-')}:{rule}", table("gate")[kind]["reason"])


def _source(capture: Capture) -> str:
    return (
        capture.body[:_SOURCE].decode("utf-8", "replace").replace("'", '"').casefold()
        if b"<" in capture.body[:4096]
        else ""
    )


def _visible(source: str) -> str:
    return fold(re.sub(r"&#?\w+;", " ", _TAGS.sub(" ", source)))


def _title(source: str) -> str:
    found = re.search(r"<title[^>]*>([^<]*)", source)
    return fold(found[1]) if found else ""
