"""Write edits as spans: exact to the letter, with white space where a reader expects it."""

from collections.abc import Sequence

from diffs.values import Span, SpanOp


class Writer:
    """Takes equal and edited pieces of two texts in order and produces the spans.

    A piece is a word with the white space before it.
    """

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._same = self._went = self._came = ""
        self._real = False

    def same(self, text: str) -> None:
        """Add text that is the same on both sides to the letter."""
        if text and (self._went or self._came):
            self._same = self._flush(text)
        else:
            self._same += text

    def alike(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Add pieces that compare as equal; what is written differently, or follows other space, is cosmetic."""
        if old == new:
            self.same("".join(old))
            return
        for before, after in zip(old, new, strict=True):
            if before == after:
                self.same(before)
            elif before.lstrip() == after.lstrip():
                word = before.lstrip()
                self._went += before.removesuffix(word)
                self._came += after.removesuffix(word)
                self.same(word)
            else:
                self._went += before
                self._came += after

    def edit(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Add removed pieces and the pieces that replace them."""
        went, came = "".join(old), "".join(new)
        if went[:1] == came[:1] == " ":
            self.same(" ")
            went, came = went[1:], came[1:]
        self._went += went
        self._came += came
        self._real = True

    def spans(self) -> tuple[Span, ...]:
        """All that was added, with neighbours of one kind joined."""
        if self._went or self._came:
            self._same = self._flush("")
        if self._same:
            self._spans.append(Span(SpanOp.EQUAL, self._same))
            self._same = ""
        return tuple(self._spans)

    def _flush(self, following: str) -> str:
        """Write one edit with the equal text before it; the rest of the equal text after it.

        White space before an edit belongs to the equal text if that leaves both sides as they were.
        """
        went, came = self._went, self._came
        first = went or came
        space = first[: len(first) - len(first.lstrip())]
        if space and went and came:
            if came.startswith(space):
                self._same += space
                went, came = went[len(space) :], came[len(space) :]
        elif space and following.startswith(space) and first != space:
            self._same += space
            went = went[len(space) :] + space if went else ""
            came = came[len(space) :] + space if came else ""
            following = following[len(space) :]
        for op, text in ((SpanOp.EQUAL, self._same), (SpanOp.REMOVED, went), (SpanOp.ADDED, came)):
            if text:
                self._spans.append(Span(op, text, cosmetic=not self._real and op is not SpanOp.EQUAL))
        self._went = self._came = ""
        self._real = False
        return following
