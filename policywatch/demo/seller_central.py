"""A site on the loopback that plays Seller Central's help hub: its pages, its JSON interface, its refusals.

    with SellerCentral() as site:
        for topic in TOPICS:
            page = site.watched(topic, "browser")
            ...  # crawl it; topic.expected["browser"] is the outcome to come

A help page is a frame that a script fills from `POST /help/hub/mons-api/GetHelpTopic`; robots.txt closes nearly
everything and opens the help pages by the longer match. After a topic that `blocks` the host rests for 24 hours, so
look at each of those last, or in an archive of its own. The texts are made up.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from aiohttp import web

from crawler.watchlist.watchlists import WatchedPage
from diffs.values import BLOCKED, Outcome

from .serving import LoopbackSite

__all__ = ["TOPICS", "TOPIC_BY_NAME", "Fetch", "SellerCentral", "Topic"]

Fetch = Literal["http", "browser", "help-api"]

#: Seconds the site asks clients to wait when it is out of order.
RETRY_AFTER = 1

#: Where a page that is not public redirects its visitors; robots.txt does not allow it.
SIGN_IN = "/ap/signin?openid.pape.max_auth_age=18000&openid.return_to="

#: The late shipment rate that the policy requires at first, in per cent.
TARGET = 4

_API = "/help/hub/mons-api/GetHelpTopic"

_SCOPES = ("This article applies to selling in: United States", "Cet article s'applique à la vente en : États-Unis")


@dataclass(frozen=True, slots=True)
class Topic:
    """A help topic and how the site behaves when it is requested.

    `says` tells people what it plays. `expected` has the outcome per way of fetching. `answer` names the page that
    is returned in the article's place, with `status`. `after` is how long the script waits before it fills the page, in
    seconds. `language` is the one the page is watched in.
    """

    name: str
    id: str
    says: str
    expected: Mapping[Fetch, Outcome]
    answer: str = ""
    status: int = 200
    after: float = 0.0
    language: str = "en"
    folder: str = "/help/hub/reference/external/"

    @property
    def path(self) -> str:
        """The path of the page on the site."""
        return f"{self.folder}{self.id}"

    @property
    def locale(self) -> str:
        """Language and country in which the page is requested."""
        return {"en": "en-US", "de": "de-DE"}[self.language]

    @property
    def blocks(self) -> bool:
        """Whether the host has to rest after this topic."""
        return any(outcome in BLOCKED for outcome in self.expected.values())


def _all(outcome: Outcome, *, http: Outcome | None = None, help_api: Outcome | None = None) -> Mapping[Fetch, Outcome]:
    return {"http": http or outcome, "browser": outcome, "help-api": help_api or outcome}


#: A page that a script fills: a plain GET gets nothing.
_FILLED = _all(Outcome.OK, http=Outcome.JS_SHELL)

TOPICS: tuple[Topic, ...] = (
    Topic("filled", "G90000001", "A page that a script fills.", _FILLED),
    Topic("slow", "G90000002", "A page that a script fills after eight seconds.", _FILLED, after=8.0),
    Topic("turning", "G90000003", "A page whose interface comes in another language every time.", _FILLED),
    Topic("plain", "G90000004", "A page that comes whole.", _all(Outcome.OK), folder="/gp/help/external/"),
    Topic("never", "G90000005", "A page that no script fills.", _all(Outcome.JS_SHELL, help_api=Outcome.ERROR)),
    Topic("empty", "G90000006", "A page with an empty article.", _all(Outcome.EMPTY)),
    Topic(
        "untranslated",
        "G90000007",
        "A page that is not there in the language asked for.",
        _all(Outcome.WRONG_LANGUAGE),
        language="de",
    ),
    Topic("gone", "G90000008", "A page that is not there (404).", _all(Outcome.GONE), "not_found", 404),
    Topic("sorry", "G90000009", "A page asked for too often.", _all(Outcome.THROTTLED), "sorry"),
    Topic("unavailable", "G90000010", "A site out of order (503).", _all(Outcome.UNAVAILABLE), "unavailable", 503),
    Topic("private", "G90000011", "A page that asks to sign in.", _all(Outcome.LOGIN_REQUIRED)),
    Topic(
        "closed",
        "G90000012",
        "A page that robots.txt does not open.",
        _all(Outcome.ERROR, help_api=Outcome.GONE),
        folder="/help/hub/reference/",
    ),
    Topic("challenge", "G90000013", "A firewall's challenge.", _all(Outcome.WAF_CHALLENGE), "waf_challenge", 202),
    Topic("robot-check", "G90000014", "A robot check.", _all(Outcome.ROBOT_CHECK), "robot_check"),
    Topic("robot-check-503", "G90000015", "A robot check (503).", _all(Outcome.ROBOT_CHECK), "robot_check", 503),
    Topic("continue", "G90000016", "A click to continue shopping.", _all(Outcome.ROBOT_CHECK), "continue_shopping"),
)

TOPIC_BY_NAME: Mapping[str, Topic] = {topic.name: topic for topic in TOPICS}

_BY_ID: Mapping[str, Topic] = {topic.id: topic for topic in TOPICS}


class SellerCentral(LoopbackSite):
    """The site. `visits` records all requests, pages and calls; `target` is the rate that its policy requires."""

    name = "seller-central"

    def __init__(self) -> None:
        super().__init__()
        self.target = TARGET

    def url(self, topic: Topic) -> str:
        """The address of a topic's page."""
        return f"{self.base_url}{topic.path}?locale={topic.locale}"

    def watched(self, topic: Topic, fetch: Fetch, *, fallback: Literal["", Fetch] = "") -> WatchedPage:
        """A topic as a page under watch, fetched in this way."""
        return WatchedPage(
            key=f"{topic.name}-{fetch}",
            url=self.url(topic),
            title="" if topic.answer else "Late Shipment Rate",
            language=topic.language,
            select=("#full-help-page",),
            remove=("[hidden]", ".hh-scroll-to-top-box"),
            fetch=fetch,
            fallback=fallback,
        )

    def application(self) -> web.Application:
        """robots.txt, the help pages, the JSON interface and the sign-in page; everything else does not exist."""
        application = web.Application(middlewares=[self.remember])
        application.router.add_get("/robots.txt", _robots)
        application.router.add_get("/ap/signin", _sign_in)
        application.router.add_post(_API, self._topic)
        for folder in dict.fromkeys(topic.folder for topic in TOPICS):
            application.router.add_get(f"{folder}{{id}}", self._page)
        return application

    def not_found(self) -> web.Response:
        """The page for what does not exist."""
        return _file("not_found", 404)

    async def _page(self, request: web.Request) -> web.Response:
        topic = _BY_ID.get(request.match_info["id"])
        if topic is None or topic.path != request.path:
            raise web.HTTPNotFound
        if topic.name == "private":
            return web.Response(status=302, headers={"Location": SIGN_IN + topic.path})
        if topic.answer:
            return _file(topic.answer, topic.status)
        if topic.name in ("plain", "empty", "untranslated"):
            return _html(_read("rendered").replace("{{ locale }}", topic.locale), content=self._content(topic))
        return self._frame(topic)

    def _frame(self, topic: Topic) -> web.Response:
        turn = len(self.visits) % len(_SCOPES) if topic.name == "turning" else 0
        settings = {"guid": topic.id, "locale": topic.locale, "after": topic.after, "scope": _SCOPES[turn]}
        return _html(_read("shell"), settings=json.dumps(settings, ensure_ascii=False))

    async def _topic(self, request: web.Request) -> web.Response:
        try:
            asked = json.loads(await request.text())
            topic = _BY_ID.get(str(asked["guid"]))
        except (ValueError, TypeError, KeyError):
            return web.json_response({"message": "no topic was asked for"}, status=400)
        if topic is None or topic.expected["help-api"] is Outcome.GONE:
            return web.json_response({"topic": None})
        if topic.name == "private":
            return web.Response(status=302, headers={"Location": SIGN_IN + topic.path})
        if topic.name == "never":
            return web.json_response({"message": "forbidden"}, status=403)
        if topic.answer:
            return _file(topic.answer, topic.status)
        found = {
            "guid": topic.id,
            "locale": topic.locale,
            "title": "Late Shipment Rate",
            "content": self._content(topic),
        }
        return web.json_response({"topic": found})

    def _content(self, topic: Topic) -> str:
        if topic.name == "empty":
            return ""
        article = _read("article").replace(f"{TARGET}%", f"{self.target}%")
        return (_read("fallback") if topic.name == "untranslated" else "") + article


@cache
def _read(name: str) -> str:
    return (files("policywatch.demo") / "help_hub" / f"{name}.html").read_text(encoding="utf-8")


def _html(text: str, **values: str) -> web.Response:
    for name, value in {"title": "Late Shipment Rate", **values}.items():
        text = text.replace(f"{{{{ {name} }}}}", value)
    return web.Response(text=text, content_type="text/html")


def _file(name: str, status: int) -> web.Response:
    response = web.Response(text=_read(name), content_type="text/html", status=status)
    if name == "unavailable":
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


async def _robots(_request: web.Request) -> web.Response:
    text = (files("policywatch.demo") / "help_hub" / "robots.txt").read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/plain")


async def _sign_in(_request: web.Request) -> web.Response:
    return _file("sign_in", 200)
