"""Results of reading and comparing a page's texts, kept by content: nothing here knows a database.

They are computed while only a read transaction is open, and found in the short write transaction that follows. The
key is everything a result depends on, so a result that no longer fits (another process judged the page in between) is
not found. A flapping page shows few texts in turn: keeping eight of each kind saves nearly all reading and comparing.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from diffs.meaning.meaning import Meaning
from diffs.reading.policy_text import Reading
from diffs.values import Comparison, Document, Fact, Target

#: How many results of one kind are kept.
KEPT = 8

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The last few results of one kind, by what they depend on."""

    def __init__(self) -> None:
        self._kept: dict[K, V] = {}

    def of(self, key: K, think: Callable[[], V]) -> V:
        """The result known for this key, otherwise that of `think`."""
        if key not in self._kept:
            self.keep(key, think())
        return self._kept[key]

    def keep(self, key: K, value: V) -> None:
        """Keep a result, and drop the oldest one if there are too many."""
        self._kept[key] = value
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]


@dataclass(frozen=True)
class Thoughts:
    """All that is kept for one page: texts by fingerprint, readings by their bytes, the rest by what it compares.

    `begins` is called with the name of the bytes ("" for none) before a snapshot is read, and before it is judged.
    `rules` is the name of the rules by which the page was read.
    """

    begins: Callable[[str], object] = lambda _: None
    rules: str = ""
    documents: Kept[str, Document] = field(default_factory=Kept)
    targets: Kept[str, tuple[Target, ...]] = field(default_factory=Kept)
    readings: Kept[str, Reading] = field(default_factory=Kept)
    mended: Kept[str, Reading] = field(default_factory=Kept)
    comparisons: Kept[tuple[Document, Document], Comparison] = field(default_factory=Kept)
    facts: Kept[tuple[Comparison, Document, Document], tuple[Fact, ...]] = field(default_factory=Kept)
    meanings: Kept[tuple[Any, ...], Meaning] = field(default_factory=Kept)
