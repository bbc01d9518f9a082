"""What is news and what is not, as histories of one page."""

from datetime import UTC, datetime, timedelta

from diffs.judging.history import (
    Decision,
    Difference,
    Look,
    Memory,
    News,
    Past,
    candidates,
    former_editions,
    missing,
    nearly_returned,
    read,
    still_waits,
    unread,
    weigh,
    without_held,
)
from diffs.judging.learned import confirmed, learn_places, learn_return, marks
from diffs.values import Comparison
from tests.diffs.judging.test_learned import document, edit

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


class Page:
    """A page's history, told look by look. Texts are named by a letter; a new one differs materially unless said."""

    def __init__(self, *, confirm: bool = False) -> None:
        self.memory = Memory()
        self.confirm = confirm
        self.day = 0.0
        self.looks = 0
        self.known: dict[str, Past] = {}

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.day)

    def shows(
        self,
        text: str,
        *,
        after: float = 1,
        significance: str = "material",
        hunks: int = 1,
        hint: str = "",
        marks: tuple[str, ...] = (),
    ) -> Decision:
        self.day += after
        self.looks += 1
        look = Look(self.now, self.looks, text, hint)
        self.memory, decision = read(Memory.from_json(self.memory.to_json()), look, self.known.get(text))
        if decision is None:
            against = candidates(self.memory)[0]
            difference = Difference(against, self.known[against].edition, hunks, significance, marks=marks)
            self.memory, decision = weigh(self.memory, look, difference, confirm=self.confirm)
        self._remember(text, decision)
        return decision

    def is_missing(self, *, after: float = 1) -> Decision:
        self.day += after
        self.looks += 1
        self.memory, decision = missing(self.memory, self.now, self.looks)
        return decision

    def cannot_be_read(self) -> None:
        self.day += 1
        self.looks += 1
        self.memory = unread(self.memory)

    def _remember(self, text: str, decision: Decision) -> None:
        past = self.known.get(text)
        if past is None or not past.counted:
            same = decision.news in (News.VARIANT, News.COSMETIC, News.UPGRADE)
            edition = self.known[decision.against[0]].edition if same else text
            self.known[text] = Past(self.now, decision.news is not News.HELD, edition)
        else:
            self.known[text] = Past(self.now, counted=True, edition=past.edition)


def test_the_first_check_is_no_news() -> None:
    assert Page().shows("A").news is News.FIRST


def test_a_new_text_is_news_once() -> None:
    page = Page()
    page.shows("A")

    told = page.shows("B")

    assert (told.news, told.against) == (News.CHANGE, ("A",))
    assert [page.shows("B").news for _ in range(40)] == [News.SAME] * 40


def test_a_text_that_comes_back_is_no_news_and_neither_is_the_way_forward() -> None:
    page = Page()
    page.shows("A")
    page.shows("B")

    assert page.shows("A").rule == "known-text"
    assert page.shows("B").rule == "back-to-current"


def test_a_lasting_return_is_a_rollback_reported_once_and_dated_by_its_first_check() -> None:
    page = Page()
    page.shows("A")
    page.shows("B")
    page.shows("A")
    first_look = page.looks

    news = [page.shows("A", after=7) for _ in range(8)]

    assert [decision.news for decision in news].count(News.ROLLBACK) == 1
    rollback = next(decision for decision in news if decision.news is News.ROLLBACK)
    assert (rollback.waited_snapshot, rollback.against) == (first_look, ("B",))
    assert news.index(rollback) == 4


def test_a_return_over_a_text_that_was_never_reported_is_no_rollback() -> None:
    page = Page()
    page.shows("A")
    page.shows("a", significance="cosmetic")
    page.shows("A")

    assert {page.shows("A", after=20).news for _ in range(4)} == {News.SAME}


def test_a_variant_of_the_text_in_force_is_that_text() -> None:
    page = Page()
    page.shows("A")
    page.shows("B")
    page.shows("B with a counter", hunks=0)
    page.shows("B")

    assert {page.shows("B", after=20).news for _ in range(4)} == {News.SAME}


def test_two_texts_in_turn_are_reported_once() -> None:
    page = Page()
    page.shows("A")

    news = [page.shows(text, after=0.5).news for text in "BABABABABA"]

    assert news.count(News.CHANGE) == 1
    assert set(news[1:]) == {News.RETURN}


def test_a_new_edition_after_flapping_is_news() -> None:
    page = Page()
    for text in "ABAB":
        page.shows(text)

    assert page.shows("C").news is News.CHANGE


def test_a_cosmetic_difference_is_listed_and_not_reported() -> None:
    page = Page()
    page.shows("A")

    assert page.shows("a", significance="cosmetic").news is News.COSMETIC


def test_a_converter_step_with_no_material_difference_is_not_reported() -> None:
    page = Page()
    page.shows("A", hint="one")

    assert page.shows("A converted", hint="two", significance="editorial").news is News.UPGRADE
    assert page.shows("B", hint="two", significance="editorial").news is News.CHANGE


def test_a_converter_step_that_read_the_same_text_excuses_no_later_edit() -> None:
    page = Page()
    page.shows("A", hint="one")
    page.shows("A", hint="two")

    assert page.shows("B", hint="two", significance="editorial").news is News.CHANGE


def test_a_real_edit_hidden_in_a_converter_step_is_reported() -> None:
    page = Page()
    page.shows("A", hint="one")

    assert page.shows("B", hint="two").news is News.CHANGE


def test_a_live_change_waits_for_its_second_check() -> None:
    page = Page(confirm=True)
    page.shows("A")
    held = page.shows("B")
    seen = page.looks

    told = page.shows("B", after=0.01)

    assert (held.news, told.news, told.waited_snapshot) == (News.HELD, News.CHANGE, seen)


def test_a_text_that_its_second_check_does_not_show_is_not_reported() -> None:
    page = Page(confirm=True)
    page.shows("A")
    page.shows("B")

    assert page.shows("A", after=0.01).news is News.SAME
    assert page.shows("A").news is News.SAME
    assert page.memory.held == ""


def test_a_third_text_starts_waiting_anew() -> None:
    page = Page(confirm=True)
    page.shows("A")
    page.shows("B")
    third = page.shows("C", after=0.01)
    third_look = page.looks

    told = page.shows("C")

    assert (third.news, told.news, told.waited_snapshot) == (News.HELD, News.CHANGE, third_look)


def test_a_change_beside_a_counter_is_confirmed_without_the_counter() -> None:
    page = Page(confirm=True)
    page.shows("A1")
    held = page.shows("B2", marks=("clause:4 to 3", "counter:1 to 2"))

    told = page.shows("B3", after=0.01, marks=("clause:4 to 3", "counter:1 to 3"))

    assert (held.news, told.news, told.confirmed) == (News.HELD, News.CHANGE, ("clause:4 to 3",))


def test_a_second_check_that_differs_elsewhere_too_confirms_nothing() -> None:
    page = Page(confirm=True)
    page.shows("A")
    page.shows("B", marks=("clause:4 to 3",))

    assert page.shows("C", after=0.01, marks=("clause:4 to 3", "fees:up")).news is News.HELD
    assert page.shows("D", after=0.01, marks=("fees:up",)).news is News.HELD


def test_what_a_second_check_confirms_is_reported_without_the_rest() -> None:
    old = document("Late under 4%", "7 views")
    both = Comparison((*edit(0, "Late under 4%", "Late under 3%").hunks, *edit(1, "7 views", "9 views").hunks))
    clause = marks(both, old)[0]

    assert confirmed(both, old, (clause,)).hunks == both.hunks[:1]


def test_a_page_is_gone_after_three_days_of_not_being_found() -> None:
    page = Page()
    page.shows("A")

    news = [page.is_missing().news for _ in range(6)]

    assert news == [News.NONE, News.NONE, News.NONE, News.GONE, News.NONE, News.NONE]


def test_a_page_found_in_between_is_not_gone() -> None:
    page = Page()
    page.shows("A")
    for _ in range(3):
        page.is_missing()
    page.shows("A")

    assert [page.is_missing().news for _ in range(3)] == [News.NONE] * 3


def test_a_check_that_read_something_else_starts_the_count_of_missing_checks_over() -> None:
    page = Page()
    page.shows("A")
    page.is_missing()
    page.is_missing()
    page.cannot_be_read()

    assert [page.is_missing().news for _ in range(3)] == [News.NONE] * 3


def test_a_page_that_comes_back_after_it_was_reported_as_gone_appears() -> None:
    page = Page()
    page.shows("A")
    for _ in range(5):
        page.is_missing()

    back = page.shows("B")

    assert (back.news, back.against) == (News.APPEARED, ("A",))
    assert page.shows("B").news is News.SAME


def test_a_page_that_comes_back_as_it_was_has_nothing_to_compare() -> None:
    page = Page()
    page.shows("A")
    for _ in range(5):
        page.is_missing()

    assert page.shows("A").against == ()


def test_a_page_that_was_not_there_at_first_appears() -> None:
    page = Page()
    page.is_missing()

    assert page.shows("A").news is News.APPEARED


def test_memory_reads_back_what_it_wrote() -> None:
    page = Page(confirm=True)
    page.shows("A")
    page.shows("B")
    page.is_missing()
    page.memory = learn_return(page.memory, edit(0, "a", "b"), START)
    page.memory = learn_places(page.memory, edit(0, "a", "b"), document("a"), START)

    assert Memory.from_json(page.memory.to_json()) == page.memory
    assert Memory.from_json(None) == Memory()


def test_another_converter_may_begin_or_end_a_text_elsewhere() -> None:
    memory, _ = read(Memory(), Look(START, 1, "a", "first"), None)
    step = Difference("a", "a", 1, "material", "high", cut=True)

    _, by_converter = weigh(memory, Look(START, 2, "b", "second"), step, confirm=False)
    _, by_publisher = weigh(memory, Look(START, 2, "b", "first"), step, confirm=False)

    assert (by_converter.news, by_publisher.news) == (News.UPGRADE, News.CHANGE)
    assert "only where the text begins or ends" in by_converter.why


def test_the_last_three_editions_may_come_back_for_sixty_days() -> None:
    page = Page()
    for text in "abcde":
        page.shows(text, after=1)

    former = [text for text, _ in former_editions(page.memory, page.now, page.known.get)]
    later = [text for text, _ in former_editions(page.memory, START + timedelta(days=64), page.known.get)]

    assert former == ["d", "c", "b"]
    assert later == ["d"]


def test_a_text_that_says_what_a_former_one_said_is_a_return() -> None:
    page = Page()
    page.shows("a")
    page.shows("b")

    memory, decision = nearly_returned(page.memory, Look(page.now, 3, "a "), page.known["a"], "a")

    assert (decision.news, decision.against) == (News.RETURN, ("a",))
    assert (memory.showing, memory.edition, memory.current) == ("a ", "a", "b")


def test_a_text_that_waits_on_is_held_under_its_first_check() -> None:
    page = Page(confirm=True)
    page.shows("a")
    page.shows("b")

    assert still_waits(page.memory).news is News.HELD
    assert still_waits(page.memory).waited_snapshot == 2
    assert without_held(page.memory).held == ""
