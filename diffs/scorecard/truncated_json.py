"""Read JSON; if it was cut off, read the part that is complete."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from diffs.errors import ReportError

#: Deeper nesting is not a report and would exhaust the parser.
DEEPEST = 50

_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The value read; `cut` says where a truncated text breaks off ("performanceMetrics[0].orderDefectRate")."""

    value: Any
    cut: str = ""


def loads(text: str) -> Loaded:
    """The JSON value of a text; numbers with a decimal point are Decimal, as written.

    Of a truncated text, the complete objects are returned: one that was cut is left out altogether, since the missing
    part could change its meaning. Raises ReportError with line and column if the text is not JSON at all.
    """
    try:
        return Loaded(_parsed(text))
    except ReportError as error:
        cut = _Cut(text)
        cut.walk()
        if cut.complete or not cut.good_until:
            raise error from None
        return Loaded(_parsed(cut.mended()), cut.where())


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ReportError(f"{place}: {error.msg}.", remedy="The file is no JSON; download the report again.") from None
    except RecursionError:
        raise ReportError("it is nested too deep for a report.", remedy="Download the report again.") from None
    except ValueError as error:
        raise ReportError(f"it holds {error}.", remedy="Download the report again.") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name}, which is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice!r} twice")
    return found


@dataclass
class _Open:
    """An object or list that is still open: how it ends, and the present key or number inside it."""

    closer: str
    key: str = ""
    number: int = 0

    @property
    def step(self) -> str:
        return f"[{self.number}]" if self.closer == "]" else f".{self.key}" if self.key else ""


@dataclass
class _Cut:
    """Reads a text up to the point where it breaks off.

    Only inner objects count as whole parts: a figure of the report, or one of its halves. `good_until` is the end of
    the last of them, `closers` are the brackets that close what was still open there.
    """

    text: str
    good_until: int = 0
    closers: str = ""
    complete: bool = False
    _open: list[_Open] = field(default_factory=list)

    def walk(self) -> None:
        """Read to the end of the text, or to the first error."""
        at = 0
        while at < len(self.text):
            letter = self.text[at]
            if letter == '"':
                end = self._string(at)
                if end < 0:
                    return
                self._named(at, end)
                at = end
            elif letter in "{[":
                if len(self._open) >= DEEPEST:
                    self.complete = True
                    return
                self._open.append(_Open("}" if letter == "{" else "]"))
            elif letter in "}]":
                if not self._closed(letter, at):
                    self.complete = True
                    return
            elif letter == "," and self._open:
                self._open[-1].number += 1
            at += 1
        self.complete = not self._open

    def _string(self, start: int) -> int:
        """The end of the string that starts here; -1 if it has none."""
        at = start + 1
        while at < len(self.text):
            if self.text[at] == "\\":
                at += 1
            elif self.text[at] == '"':
                return at
            at += 1
        return -1

    def _named(self, start: int, end: int) -> None:
        after = end + 1
        while after < len(self.text) and self.text[after] in _SPACE:
            after += 1
        if self._open and self.text[after : after + 1] == ":":
            self._open[-1].key = self.text[start + 1 : end]

    def _closed(self, letter: str, at: int) -> bool:
        if not self._open or self._open[-1].closer != letter:
            return False
        self._open.pop()
        if self._is_whole_part(letter):
            self.good_until = at + 1
            self.closers = "".join(one.closer for one in reversed(self._open))
        return True

    def _is_whole_part(self, letter: str) -> bool:
        """Whether the object that just ended is an account's status, a figure, or a figure for one kind of orders."""
        keys = [one.key for one in self._open if one.closer == "}"]
        if letter != "}" or not keys:
            return False
        if keys[0] == "accountStatuses":
            return len(keys) == 1
        return len(keys) == 2 or (len(keys) == 3 and keys[1] == "orderDefectRate")

    def mended(self) -> str:
        """The text up to the last whole part, with all brackets closed."""
        return self.text[: self.good_until] + self.closers

    def where(self) -> str:
        """The field at which the text breaks off."""
        return "".join(one.step for one in self._open).lstrip(".") or "the beginning"
