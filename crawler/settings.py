"""Scrapy's settings, and ours for the crawl: our name, and how politely we ask.

The module itself is Scrapy's settings module (`SCRAPY_SETTINGS_MODULE=crawler.settings`); what a user may choose is
in `CrawlSettings`, and `scrapy_settings` turns one into the other.
"""

import os
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import ByteSize, Field, ValidationError, field_validator
from pydantic_settings import NoDecode

from diffs.errors import SettingsError
from diffs.settings import DataDir, TomlSettings, unusable

from .watchlist import interests

# --- Scrapy: the same for every crawl -----------------------------------------------------------------------------

BOT_NAME = "policywatch"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# robots.txt is obeyed by our own middleware: Scrapy's lets disallowed pages through (crawler/middlewares/robots.py says
# how).
ROBOTSTXT_OBEY = True
DOWNLOAD_HANDLERS = {"http": "crawler.fetchers.download.Downloads", "https": "crawler.fetchers.download.Downloads"}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # A second try is a fetch of its own with a snapshot of its own: the spider decides about it.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.middlewares.page_redirect.PageRedirect": 580,
    "crawler.middlewares.unpacking.Unpacking": 590,
    "crawler.middlewares.address_guard.AddressGuard": 90,
    "crawler.middlewares.robots.Robots": 100,
    "crawler.middlewares.politeness.Politeness": 990,
}
ITEM_PIPELINES = {"crawler.pipelines.IntoArchive": 300}
EXTENSIONS = {"crawler.extensions.Outcomes": 500}
TWISTED_DNS_RESOLVER = "crawler.resolver.GuardedResolver"

# Nothing that is returned is lost: error pages, 304 and redirects that are not followed reach the archive too.
HTTPERROR_ALLOW_ALL = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = True
# A page that reloads itself every few minutes redirects nobody.
METAREFRESH_MAXDELAY = 10
METAREFRESH_IGNORE_TAGS = ["script", "noscript"]

# One page at a time per host. The gap between two fetches is kept by Politeness, because it must hold across workers
# and restarts; AutoThrottle slows down further if a host answers slowly. Jitter only ever makes a gap longer. All
# requests wait in Politeness, so no host can take the places of the others.
CONCURRENT_REQUESTS = 0
CONCURRENT_ITEMS = 1  # one item per response; Scrapy starts that many tasks for each
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0
AUTOTHROTTLE_MAX_DELAY = 60

# No trace is kept from one page to the next, and nothing stands between us and the site.
COOKIES_ENABLED = False
REFERRER_POLICY = "scrapy.spidermiddlewares.referer.NoReferrerPolicy"
HTTPCACHE_ENABLED = False
HTTPPROXY_ENABLED = False

# Scrapy's own defaults: unverified certificates, responses of 1 GiB, a remote control that runs Python, and Telnet.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_WARNSIZE = 0
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
STATS_DUMP = False

LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []

# --- ours: what a user may choose ---------------------------------------------------------------------------------

#: Where a site's owner reads what this program is and how to stop it.
PROJECT_URL = "https://github.com/policywatch/policywatch"

#: A file of this name in the data folder stops all requests from this machine, for as long as it is there.
STOP_FILE = "STOP"

#: How many requests a host gets on one UTC day if the settings do not say otherwise: robots.txt, redirects and second
#: fetches included. All lists that come with the program have 99 pages on one host, each checked twice a day.
DAILY_REQUESTS = 300

#: The shortest gap between two fetches from one host, in seconds (architecture.md, rule 9); less on the loopback only.
LEAST_GAP = 10.0

_CONTACT = re.compile(r"[^\s()<>;,]+@[^\s()<>;,]+\.[^\s()<>;,]+|https?://[^\s()<>;,]+\.[^\s()<>;,]+")


def host_named(text: str) -> str:
    """The host that a user means by a name or by the address of a page. Raises ValueError if it is neither."""
    host = (urlsplit(text if "://" in text else f"//{text}").hostname or "").rstrip(".")
    if not host or not host.isascii() or any(char.isspace() for char in host):
        message = f"{text!r} is not a host name; write it as sellercentral.amazon.fr"
        raise ValueError(message)
    return host


class CrawlSettings(TomlSettings):
    """How we send requests.

    Raises pydantic.ValidationError; `crawl_settings` turns that into a SettingsError with a remedy.
    """

    contact: str = Field(default="", description="e-mail or web address where a site's owner can reach you; required")
    allow_private_addresses: bool = Field(
        default=False, description="allow pages on this machine and in private networks"
    )
    min_gap: float | None = Field(
        default=None,
        ge=0,
        le=86_400,
        description="minimum seconds between two requests to one host: 10 or more (less is for this machine only)",
    )
    requests_per_day: int | None = Field(
        default=None,
        ge=1,
        le=5_000,
        description="maximum requests to one host per day (UTC), robots.txt and redirects included; 300",
    )
    hosts_off: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="hosts that are never contacted, such as sellercentral.amazon.fr"
    )
    share_host_times: bool = Field(
        default=True, description="count requests to a host together with those of your other archives on this machine"
    )
    data_dir: DataDir = Field(default=Path("policywatch-data"), description="the data folder")
    confirm: bool = Field(default=True, description="fetch every new text a second time before it is reported")
    timeout: float = Field(default=30.0, gt=0, le=600, description="seconds to wait for one response")
    max_body: ByteSize = Field(
        default=ByteSize(20_000_000), ge=1_000, description="the largest response, compressed and uncompressed"
    )
    max_wait: float = Field(
        default=60.0,
        ge=0,
        le=3_600,
        description="seconds a crawl waits for a host that asks us to slow down; one that asks for more is left alone",
    )
    retries: int = Field(default=2, ge=0, le=5, description="how often a failed page is tried again")
    tell_owner_after: int = Field(
        default=3, ge=1, le=90, description="the owner is notified of pages not read in this many rounds in a row"
    )
    watchlists: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="files to watch, or names of lists that come with the program, such as amazon-us-more"
    )
    marketplaces: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="marketplaces whose first list is watched, such as US,DE"
    )
    interests: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="which groups of the included lists are watched, such as agreements,fees; empty: all"
    )
    pages_off: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="keys of pages that are not watched, whatever their watch-list says"
    )
    pages_on: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="keys of pages that are watched although their watch-list has them switched off"
    )
    chromium: str = Field(default="", description="the browser's program; found automatically when empty")

    @field_validator("contact")
    @classmethod
    def _contact_can_be_used(cls, value: str) -> str:
        if contact_problem(value):
            raise ValueError(contact_problem(value))
        return value.strip()

    @field_validator("hosts_off", mode="after")
    @classmethod
    def _hosts_by_name(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(host_named(host) for host in value)

    @field_validator("watchlists", "marketplaces", "interests", "hosts_off", "pages_off", "pages_on", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("interests")
    @classmethod
    def _interests_are_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in value if name not in interests.names()]
        if unknown:
            message = f"has no {', '.join(unknown)}; choose from {', '.join(interests.names())}"
            raise ValueError(message)
        return value

    @property
    def user_agent(self) -> str:
        """The name we give to every host."""
        about = f"+{PROJECT_URL}; {self.contact}" if self.contact else f"+{PROJECT_URL}"
        return f"policywatch/{program_version()} ({about})"

    def gap(self, *, loopback: bool) -> float:
        """The least time between two requests to one host, in seconds."""
        if loopback:
            return self.min_gap or 0.0
        return max(LEAST_GAP, self.min_gap or 0.0)

    def budget(self, *, loopback: bool) -> int | None:
        """The most requests to one host on one UTC day; None on the loopback, which has no limit unless one is set."""
        return self.requests_per_day or (None if loopback else DAILY_REQUESTS)

    @property
    def user_hosts(self) -> Path | None:
        """The file in which the archives of this user count their requests; None if each counts its own."""
        if not self.share_host_times:
            return None
        state = os.environ.get("XDG_STATE_HOME", "")
        try:
            folder = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
        except RuntimeError:  # a user without a home
            return None
        return folder / "policywatch" / "hosts.json"

    @property
    def stop_file(self) -> Path:
        """The file that halts all requests while it exists."""
        return self.data_dir / STOP_FILE


def contact_problem(value: str) -> str:
    """What is wrong with a contact, or "" if nothing is; leaving it out is allowed too."""
    value = value.strip()
    if not value or (value.isascii() and _CONTACT.fullmatch(value)):
        return ""
    return "must be an e-mail address or a web address, such as you@example.com"


def program_version() -> str:
    """The version of this program as installed, "0" if it is not installed."""
    try:
        return version("policywatch")
    except PackageNotFoundError:
        return "0"


def crawl_settings(**given: Any) -> CrawlSettings:
    """The settings from arguments, environment and `policywatch.toml`, in this order.

    Raises SettingsError with a remedy if one of them cannot be used.
    """
    try:
        return CrawlSettings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise SettingsError(
            unusable(name, first["msg"]),
            remedy=f"Correct POLICYWATCH_{name.upper()} in the environment or {name} in policywatch.toml.",
        ) from error
    except ValueError as error:  # a file that is no valid TOML
        raise SettingsError(f"policywatch.toml cannot be read: {error}.", remedy="Correct the file.") from error


def scrapy_settings(settings: CrawlSettings) -> dict[str, Any]:
    """Scrapy's settings that follow from ours."""
    return {
        "USER_AGENT": settings.user_agent,
        "DOWNLOAD_TIMEOUT": settings.timeout,
        "DOWNLOAD_MAXSIZE": int(settings.max_body),
    }
