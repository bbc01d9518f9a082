"""Vocabulary as data: the TOML files of a package's `data` folder, read once, and their word lists compiled.

A language, a metric or a rule is added there without touching code.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from .alternatives import Alternatives

#: The digit zero of each script: Arabic, Persian, Indian, Thai, Lao, Tibetan, Burmese, Khmer, full width.
_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០０"
#: Characters of figures in other scripts, and their ASCII equivalents, one for one.
FIGURES = {
    **{chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)},
    **dict(zip("٪٫٬￥￡￠￦", "%.,¥£¢₩", strict=True)),
}
#: The full-width forms of ASCII, as Chinese and Japanese pages write them, except those that begin something else.
FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F) if chr(code) not in "&`"}

# Each replaces one character, so that positions in a folded text are positions in the text as written.
_ONE_TO_ONE = str.maketrans(
    {
        **FIGURES,
        **{wide: plain for wide, plain in FULL_WIDTH.items() if not plain.isalpha()},
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\u3000\t\n", " "),
        **dict.fromkeys("’‘ʼ´`", "'"),
        **dict.fromkeys("‐‑", "-"),
        **dict.fromkeys("“”„«»‟", '"'),
    }
)


@cache
def table(name: str, package: str = "diffs") -> dict[str, Any]:
    """The tables of `<package>/data/<name>.toml`, read once.

    Raises FileNotFoundError if there is no such file.
    """
    return tomllib.loads((resources.files(package) / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def all_words(name: str, key: str) -> tuple[str, ...]:
    """All strings of a table whose values are lists of strings (one list per language), in order, each once."""
    return tuple(dict.fromkeys(word for listed in table(name)[key].values() for word in listed))


def plain(text: str) -> str:
    """The text with other scripts' digits, full-width characters, odd spaces and curly quotes in ASCII; same length."""
    # Most texts have none of these, and checking for them is cheaper than translating every letter.
    if text.isascii() and "\t" not in text and "\n" not in text and "`" not in text:
        return text
    return (_plain_sentence if len(text) < _SHORT else _plain_text)(text)


def _made_plain(text: str) -> str:
    # Few letters are odd: translating every letter takes eight times as long.
    return _ODD.sub(lambda odd: _PLAIN_SIGNS[odd[0]], text)


#: Each step that reads a sentence asks for it again, but few ask for a whole text. So memory stays bounded.
_SHORT = 3_000
_plain_sentence = lru_cache(maxsize=4096)(_made_plain)
_plain_text = lru_cache(maxsize=8)(_made_plain)

_ODD = re.compile(f"[{re.escape(''.join(map(chr, _ONE_TO_ONE)))}]")
_PLAIN_SIGNS = {chr(code): chr(code).translate(_ONE_TO_ONE) for code in _ONE_TO_ONE}


@cache
def pattern(patterns: tuple[str, ...], before: str = "", after: str = "") -> Alternatives:
    """All of `patterns` as one, ignoring case; a space matches any run of spaces.

    `before` and `after` are put around each of them.
    """
    return Alternatives((spaced(one) for one in patterns), before=spaced(before), after=spaced(after))


@cache
def words(name: str, *keys: str) -> Alternatives:
    """The list found in `name` under `keys` as one pattern: `words("wording_targets", "cues", "target")`."""
    found: Any = table(name)
    for key in keys:
        found = found[key]
    return pattern(tuple(found))


def phrase(name: str) -> str:
    """A regular expression for a name, whatever its case, spaces, hyphens and apostrophes, plural allowed.

    A name in capitals is an acronym and matches only in capitals.
    """
    body = r"[\s-]*".join(re.escape(part) for part in re.split(r"[\s-]+", plain(name)))
    if not name.isascii() and any("\u3000" < letter < "\uffee" for letter in name):
        return body
    if name.isupper():
        return rf"(?<![\w-])(?-i:{body})s?(?!\w)"
    return rf"(?<!\w){body}(?:s|n|en)?(?!\w)"


class Names:
    """Finds any of many names in a text, the longest at each place, in one pass over its words.

    One alternation of hundreds of names costs hundreds of steps at every letter; here only names that begin like the
    word at hand are tried.
    """

    def __init__(self, names: Iterable[str]) -> None:
        groups: dict[str, list[str]] = defaultdict(list)
        joined: list[str] = []
        #: The longest word of each name: without it in a text there is no need to try the name.
        self._parts: dict[str, set[str]] = defaultdict(set)
        for name in sorted(set(names), key=len, reverse=True):
            first = _WORD.match(plain(name))
            if first and not _CJK.match(name):
                start = first.group()[:3].lower()
                groups[start].append(name)
                self._parts[start].add(max(_WORD.findall(plain(name)), key=len).lower())
            else:
                joined.append(phrase(name))
        self._groups = groups
        self._joined = re.compile("|".join(joined)) if joined else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in a plain text (see `plain`), in order, none inside another."""
        letters = text.lower()
        likely = {
            start: _any_of(tuple(self._groups[start]))
            for start in self._groups.keys() & _BEGINNING.findall(letters)
            if any(part in letters for part in self._parts[start])
        }
        end = 0
        for word in _WORD.finditer(text) if likely else ():
            group = likely.get(word.group()[:3].lower())
            match = group.match(text, word.start()) if group and word.start() >= end else None
            if match:
                end = match.end()
                yield match
        if self._joined and not text.isascii():
            yield from self._joined.finditer(text)


@lru_cache(maxsize=4096)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for these names, made when a text first needs it: most never are."""
    return re.compile("|".join(map(phrase, names)), re.IGNORECASE)


_WORD = re.compile(r"[^\W\d_\u3000-\uffee]+")
_BEGINNING = re.compile(r"(?<![^\W\d_\u3000-\uffee])[^\W\d_\u3000-\uffee]{1,3}")
_CJK = re.compile(r"[\u3000-\uffee]")


def spaced(one: str) -> str:
    """The pattern with each space matching any run of spaces."""
    return re.sub(r"(?<!\\) (?![*+?{])", r"\\s+", one)
