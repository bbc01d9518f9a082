"""Lines of texts: which one a text is on, when another one begins, and when it is the policy."""

from datetime import UTC, datetime, timedelta

from diffs.judging import lines
from diffs.judging.history import Look, Memory, News
from diffs.judging.lines import FIRST, Lines
from diffs.judging.similarity import is_appended, is_on_subject, is_running_text, likeness
from diffs.values import Block, BlockKind, Document, Outcome, Verdict

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
HELD = Verdict(Outcome.TRUNCATED, "lost-words", "70% of the policy's words were missing.")


def text(*sentences: str, title: str = "Seller Agreement", heading: str = "") -> Document:
    blocks = tuple(Block(BlockKind.PARAGRAPH, sentence, sentence) for sentence in sentences)
    return Document(title=title, blocks=(Block(BlockKind.HEADING, heading, heading), *blocks) if heading else blocks)


POLICY = text(
    *(f"The seller keeps the late shipment rate of programme {letter} under 4 percent." for letter in "abcdefghij"),
    heading="Seller Agreement",
)
OTHER = text(
    *(f"Museum {letter} shows painted wooden horses that were collected in Dalarna." for letter in "abcdefghij"),
    title="Horses",
)
NOTICE = text("Please come back later.", title="Sorry")
TEXTS = {"policy": POLICY, "other": OTHER, "notice": NOTICE}


def look(day: float, name: str = "other") -> Look:
    return Look(START + timedelta(days=day), int(day) + 1, name)


def followed(name: str = "other") -> Lines:
    """A page whose second line began on day 1."""
    begun = lines.begin(Lines(Memory(current="policy", showing="policy")), look(1), HELD)
    return begun.remembering(2, Memory(current=name, showing=name))


def test_a_page_has_one_line_until_a_text_is_held() -> None:
    assert Lines().open is None
    assert Lines().to_json() == {}
    assert Lines.from_json(Lines(Memory(showing="policy")).to_json()) == Lines(Memory(showing="policy"))


def test_a_memory_from_before_there_were_lines_is_the_first_line() -> None:
    old = Memory(current="policy", showing="policy", showing_since=START, flaps={"a": "b"})

    assert Lines.from_json(old.to_json()) == Lines(old)


def test_lines_are_kept_between_two_checks() -> None:
    known = lines.rejected(followed(), followed().others[0])

    assert Lines.from_json(known.to_json()) == known


def test_a_readable_text_that_a_guard_held_opens_a_line_and_a_notice_does_not() -> None:
    assert lines.opens(HELD, OTHER, POLICY, "")
    assert not lines.opens(HELD, NOTICE, POLICY, "")
    assert lines.opens(HELD, text("The seller ships.", heading="Seller Agreement"), POLICY, "")
    assert not lines.opens(HELD, text("The seller ships."), POLICY, "Seller Agreement")
    assert not lines.opens(Verdict(Outcome.ROBOT_CHECK, "robot-check:signs", ""), OTHER, POLICY, "")


def test_a_new_line_knows_the_noise_of_the_page() -> None:
    first = Memory(showing="policy", flaps={"a": START.isoformat()}, hint="turndown")

    memory = lines.begin(Lines(first), look(1), HELD).memory(2)
    assert (memory.flaps, memory.hint, memory.showing) == (first.flaps, "turndown", "")


def test_a_text_is_on_the_line_it_is_nearest_to() -> None:
    known = followed()
    nearly = text(*(block.shown.replace("wooden", "golden") for block in OTHER.blocks))

    assert lines.nearest(known, POLICY, TEXTS.get) == [1, 2]
    assert lines.nearest(known, nearly, TEXTS.get) == [2, 1]
    assert lines.nearest(followed("lost"), POLICY, TEXTS.get) == [1]


def test_likeness_needs_no_spaces_between_words() -> None:
    one = text("出品者は注文から24時間以内に発送します。")

    assert likeness(one, one) == 1
    assert likeness(one, text("出品者は注文から48時間以内に発送します。")) > 0.7
    assert likeness(one, POLICY) < 0.1


def test_the_first_text_of_a_line_is_listed_and_says_when_it_is_decided() -> None:
    known = followed()
    decision = lines.switched(known, known.others[0])

    assert (decision.news, decision.against) == (News.SWITCHED, ("policy",))
    assert "7 days" in decision.why


def test_a_line_is_open_while_it_is_shown_and_dormant_while_another_one_is() -> None:
    known = followed()
    assert known.open is not None

    back = lines.shown(known, FIRST, look(3, "policy"))
    assert back.open is None
    assert lines.shown(back, FIRST, look(4, "policy")) is back

    again = lines.shown(back, 2, look(6))
    assert again.open is not None
    assert (again.open.since, again.open.snapshot, again.open.last) == (look(6).at, 7, look(6).at)
    stays = lines.shown(again, 2, look(8)).open
    assert stays is not None
    assert (stays.since, stays.last) == (look(6).at, look(8).at)


def test_a_line_is_the_policy_after_seven_days_on_the_pages_subject() -> None:
    known = followed("policy")
    line = known.others[0]

    assert not lines.is_ripe(known, line, look(7.9).at, TEXTS.get, "")
    assert lines.is_ripe(known, line, look(8).at, TEXTS.get, "")
    off = followed()
    assert not lines.is_ripe(off, off.others[0], look(400).at, TEXTS.get, "")
    no = lines.rejected(known, line)
    assert not lines.is_ripe(no, no.others[0], look(400).at, TEXTS.get, "")


def test_a_subject_is_known_by_words_where_the_title_is_another_one() -> None:
    assert is_on_subject(text(*(block.shown for block in POLICY.blocks), title="Rules"), POLICY)
    assert not is_on_subject(OTHER, POLICY)


def test_a_replaced_line_stays_beside_the_new_one_and_is_back_after_thirty_days_only() -> None:
    known = followed()
    known, decision = lines.replaced(known, known.others[0], look(8).at, why="stood")
    assert (decision.news, decision.against, decision.waited_snapshot) == (News.REPLACED, ("policy",), 2)
    assert (known.first.showing, known.memory(2).showing, known.open) == ("other", "policy", None)

    known = lines.shown(known, 2, look(9, "policy"))
    line = known.others[0]
    assert not lines.is_ripe(known, line, look(38).at, TEXTS.get, "Seller Agreement")
    assert lines.is_ripe(known, line, look(39).at, TEXTS.get, "Seller Agreement")
    assert lines.replaced(known, line, look(39).at, why="back")[1].news is News.ROLLBACK


def test_the_oldest_line_makes_room_for_a_fifth_text() -> None:
    known = Lines(Memory(showing="policy"))
    for day in range(1, 6):
        known = lines.begin(known, look(day), HELD)

    assert [(line.number, line.snapshot) for line in known.others] == [(2, 5), (3, 6), (4, 4)]
    assert known.on == 3


def test_a_text_on_another_subject_is_no_policy_only_where_it_puts_few_duties_on_people() -> None:
    duties = text(*(f"The seller must not ship {letter} and may keep it." for letter in "abcdefghij"), title="Rules")
    rules = text(*(f"Horses {letter} must be painted red and may never be blue." for letter in "abcdefghij"))
    known = {"policy": duties, "other": OTHER, "rules": rules}

    assert lines.is_no_policy(followed(), "other", known.get, "")
    assert not lines.is_no_policy(followed("rules"), "rules", known.get, "")
    assert lines.is_off(followed("rules"), "rules", known.get, "")
    assert not lines.is_no_policy(followed(), "other", TEXTS.get, "")
    assert not lines.is_no_policy(followed(), "lost", known.get, "")


def chapter(title: str, *sections: str, level: int = 1) -> tuple[Block, ...]:
    """A title, and sections of one sentence each."""
    blocks = [Block(BlockKind.HEADING, title, title, level=level)]
    for number, sentence in enumerate(sections):
        name = f"{title.rsplit(maxsplit=1)[-1]} part {number}"
        blocks += [
            Block(BlockKind.HEADING, name, name, level=level + 1),
            Block(BlockKind.PARAGRAPH, sentence, sentence),
        ]
    return tuple(blocks)


RULES = chapter("Seller Agreement", *(block.shown for block in POLICY.blocks[1:]))
HALLS = chapter("Museum Guide", *(block.shown for block in OTHER.blocks))


def test_another_document_behind_the_policy_is_told_from_a_new_part_of_it() -> None:
    policy = Document("Seller Agreement", RULES)
    part = chapter("Annex", *(block.shown for block in OTHER.blocks), level=2)
    related = chapter("Shipment Handbook", *(block.shown.replace("keeps", "lowers") for block in POLICY.blocks[1:]))
    flat = Document("Seller Agreement", (*RULES, *chapter("Returns")))

    assert is_appended(Document("", (*RULES, *HALLS)), policy)
    assert not is_appended(Document("", (*RULES, *part)), policy)
    assert not is_appended(Document("", (*RULES, *related)), policy)
    assert not is_appended(Document("", (*RULES, *HALLS[:3])), policy)
    assert not is_appended(Document("", (*RULES[:3], *HALLS)), policy)
    assert not is_appended(Document("", (*flat.blocks, *HALLS)), flat)
    assert not is_appended(Document("", HALLS * 2), policy)


def test_in_the_place_of_a_policy_of_three_sentences_few_are_running_text() -> None:
    short = text(*(block.shown for block in POLICY.blocks[1:4]))
    rewrite = text(*(block.shown for block in OTHER.blocks[:2]), title="Sending back")

    assert is_running_text(rewrite, short)
    assert not is_running_text(rewrite, POLICY)
    assert not is_running_text(NOTICE, short)
