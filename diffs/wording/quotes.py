"""Quote a policy in a few words: never half a figure, never a word that is not in it."""

from diffs.language.amounts import find
from diffs.language.duties import duties
from diffs.language.plain_text import in_short

_INNER = str.maketrans("“”", "‘’")


def quoted(text: str) -> str:
    """The text as a quotation; quotation marks inside it become single ones."""
    return f"“{text.translate(_INNER)}”"


def excerpt(sentence: str, length: int) -> str:
    """The part of a sentence that matters: from its beginning, or around its first word of duty or figure."""
    if len(sentence) <= length:
        return " ".join(sentence.split())
    marks = [duty.start for duty in duties(sentence) if duty.kind != "may"]
    marks += [amount.start for amount in find(sentence)]
    at = min(marks, default=0)
    if at < length * 0.7:
        return in_short(sentence, length)
    start = sentence.rfind(" ", 0, max(0, at - length // 3)) + 1
    return "…" + in_short(sentence[start:], length - 1)
