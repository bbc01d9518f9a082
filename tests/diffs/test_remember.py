"""What was said of a short text is kept, and never more than a bounded number of answers."""

from diffs.remember import LONGEST, MOST, forget, remembered

ASKED: list[str] = []


@remembered
def shouted(text: str, sign: str = "!") -> str:
    """The text in capitals."""
    ASKED.append(text)
    return text.upper() + sign


def times(text: str, *signs: str) -> int:
    ASKED.clear()
    assert [shouted(text, sign) for sign in signs] == [text.upper() + sign for sign in signs]
    return len(ASKED)


def test_the_same_is_worked_out_once() -> None:
    forget()

    assert times("keep", "!", "!", "?", "!") == 2


def test_a_long_text_is_worked_out_anew() -> None:
    assert times("x" * (LONGEST + 1), "!", "!") == 2


def test_the_oldest_answers_go() -> None:
    forget()
    for number in range(MOST + 1):
        shouted(f"text {number}")

    assert times("text 0", "!") == 1


def test_all_can_be_forgotten() -> None:
    shouted("keep")
    forget()

    assert times("keep", "!") == 1
