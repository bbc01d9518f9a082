"""The verbs of the command line: the group each is listed in, what it does in a sentence, an example.

`policywatch --help` and the manual are made from this table alone; a verb's own module is loaded when it is used.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Verb(NamedTuple):
    """A verb: its name, what it does in one sentence, an example of it, and the module of `policywatch.commands`."""

    name: str
    does: str
    example: str
    module: str = ""

    @property
    def home(self) -> str:
        """The module that holds the verb."""
        return f"policywatch.commands.{self.module or self.name}"


GROUPS: Mapping[str, tuple[Verb, ...]] = {
    "Set up": (
        Verb(
            "init",
            "Write policywatch.toml here and create the archive.",
            "policywatch init --contact you@example.com --marketplaces US,UK",
        ),
        Verb("doctor", "What works, what does not, and what to do about it.", "policywatch doctor"),
        Verb("demo", "Watch a made-up marketplace on this machine, without the internet.", "policywatch demo"),
        Verb(
            "watchlist",
            "Which pages are watched: check, list, add, remove, off, on.",
            "policywatch watchlist add https://example.com/seller-policy",
        ),
        Verb(
            "discover",
            "List pages that an index names and that are not watched.",
            "policywatch discover --marketplace US",
        ),
    ),
    "Watch": (
        Verb("crawl", "Check the watched pages once.", "policywatch crawl --due"),
        Verb("run", "Keep going: check what is due, send what is due.", "policywatch run --serve"),
        Verb(
            "import",
            "Import history that was recorded elsewhere.",
            "policywatch import folder saved-pages",
            "import_",
        ),
        Verb("health", "Every page's last good check, its last outcome, and open problems.", "policywatch health"),
        Verb("accept", "Accept the text that a page shows now as its policy.", "policywatch accept us-fees"),
        Verb("reject", "Say that the text a page shows now is not its policy.", "policywatch reject us-fees", "accept"),
        Verb(
            "host", "The sites we contact: how often, how slowly, and which are switched off.", "policywatch host list"
        ),
        Verb("stop", "Halt all requests from this machine at once.", "policywatch stop"),
        Verb("go", "Allow requests again after stop.", "policywatch go", "stop"),
    ),
    "Read": (
        Verb("changes", "What changed, newest first.", 'policywatch changes --since "7 days" --importance high'),
        Verb("change", "One change in full, and the work on it.", "policywatch change 3f9ac1 --owner Ana"),
        Verb("diff", "What differs between two versions of a page.", "policywatch diff us-fees"),
        Verb("show", "What a page says, or said on a date.", "policywatch show us-fees --at 2026-03-01"),
        Verb("history", "All versions of a page.", "policywatch history us-fees"),
        Verb("page", "One page, and whether notices of its changes are sent.", "policywatch page us-fees"),
        Verb("explain", "Why a check was judged as it was.", "policywatch explain us-fees --at 2026-03-01"),
        Verb(
            "missed",
            "Say that a real change was not reported.",
            "policywatch missed us-fees --from 2026-03-01 --to 2026-03-04",
        ),
        Verb("note", "Rules that you enter by hand.", 'policywatch note add --title "Peak season: cut-off is 14:00"'),
    ),
    "Your figures": (
        Verb("targets", "Performance targets in force.", "policywatch targets --marketplace US"),
        Verb("scorecard", "Your own figures against the targets in force.", "policywatch scorecard report.json"),
    ),
    "Notify and publish": (
        Verb(
            "subscribers",
            "Who gets notices, of what, and how often.",
            "policywatch subscribers add you@example.com --importance high",
        ),
        Verb("notify", "Send the notices that are due.", "policywatch notify --dry-run"),
        Verb(
            "notices", "What is waiting, what was sent, what was refused and why.", "policywatch notices --state parked"
        ),
        Verb("digest", "Write the mail of a period to a file.", "policywatch digest --preview digest.html"),
        Verb("feed", "Write a feed of changes, or a calendar.", "policywatch feed --format atom -o feed.xml"),
        Verb("serve", "Serve the web pages and feeds.", "policywatch serve --port 8080"),
    ),
    "Evidence": (
        Verb(
            "evidence",
            "Write a page's text on a date with its proof to a folder.",
            "policywatch evidence us-fees --at 2026-03-01 -o us-fees-2026-03-01",
        ),
        Verb("verify", "Check the database, the hash chain, every stored answer and text.", "policywatch verify"),
        Verb("backup", "Write archive, key and settings to one file.", "policywatch backup policies.tar.gz"),
    ),
}

VERBS: Mapping[str, Verb] = {verb.name: verb for verbs in GROUPS.values() for verb in verbs}

#: Examples of the verbs within groups.
EXAMPLES: Mapping[str, str] = {
    "host list": "policywatch host list",
    "host off": 'policywatch host off example.com --reason "asked us to stop"',
    "host on": "policywatch host on example.com",
    "host wake": "policywatch host wake example.com",
    "import folder": "policywatch import folder saved-pages",
    "import ota": 'policywatch import ota pga-versions --page "Amazon/Terms of Service"',
    "import page": "policywatch import page us-fees fees.html --at 2026-03-01",
    "note add": 'policywatch note add --title "Peak season: cut-off is 14:00" --until 2026-12-31',
    "note end": "policywatch note end note-3f9ac1 --on 2026-12-31",
    "note list": "policywatch note list",
    "subscribers add": "policywatch subscribers add you@example.com --marketplace US --cadence daily",
    "subscribers ask": "policywatch subscribers ask",
    "subscribers bounce": "policywatch subscribers bounce ~/Maildir",
    "subscribers export": "policywatch subscribers export subscribers.csv",
    "subscribers import": "policywatch subscribers import subscribers.csv",
    "subscribers list": "policywatch subscribers list",
    "subscribers pause": "policywatch subscribers pause you@example.com",
    "subscribers remove": "policywatch subscribers remove you@example.com",
    "subscribers resume": "policywatch subscribers resume you@example.com",
    "targets extract": "policywatch targets extract policy.html",
    "watchlist add": "policywatch watchlist add https://example.com/seller-policy",
    "watchlist check": "policywatch watchlist check amazon-us --probe",
    "watchlist import-ota": "policywatch watchlist import-ota declarations -o ota.toml",
    "watchlist list": "policywatch watchlist list",
    "watchlist off": "policywatch watchlist off us-tax-policies",
    "watchlist on": "policywatch watchlist on de-fees",
    "watchlist remove": "policywatch watchlist remove referral-fees",
}


def example(path: str) -> str:
    """The example of a verb, such as "crawl" or "watchlist add", or "" if there is none."""
    return EXAMPLES.get(path) or (VERBS[path].example if path in VERBS else "")
