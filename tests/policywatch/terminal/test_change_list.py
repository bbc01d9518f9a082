"""The list of changes, a difference and a text on narrow terminals: whole words, and nothing beside the edge."""

import re

import pytest

from tests.policywatch.program import Program, policy, save

TITLE = "Late shipment and cancellation rate"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("narrow")
    looks = {
        "2026-01-05T08:00:00Z": policy("Keep your late shipment rate under 4% of all orders.", title=TITLE),
        "2026-02-02T08:00:00Z": policy(
            "Keep your late shipment rate under 3% of all orders.", "Effective March 1, 2026.", title=TITLE
        ),
    }
    save(folder / "saved", "us-late-shipment-rate", looks, title=TITLE, marketplace="US")
    program = Program(folder)
    assert program("import", "folder", "saved").code == 0
    return program


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{4,}", text))


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("verb", ["changes", "changes --all", "show us-late-shipment-rate"])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_cut(program, verb, columns):
    lines = program.terminal(*verb.split(), columns=columns).splitlines()

    assert not [line for line in lines if len(line) > columns and " " in line.strip()]
    assert words("\n".join(lines)) <= words(program(*verb.split()).out) | {"effective", "reported"}


def test_an_entry_names_date_weight_page_id_headline_and_day(program):
    (change,) = program("changes", "--json").objects

    wide, narrow = (program.terminal("changes", columns=columns).splitlines() for columns in (80, 40))

    assert wide[0] == f"2026-02-02  high    us-late-shipment-rate  {change['id'][:8]}"
    assert " ".join(line.strip() for line in wide[1:-1]) == change["headline"]
    assert wide[-1] == "  effective 2026-03-01"
    assert narrow[:2] == [f"2026-02-02  high    {change['id'][:8]}", "  us-late-shipment-rate"]


def test_the_words_of_a_difference_stay_whole(program):
    lines = program.terminal("diff", "us-late-shipment-rate", columns=40).splitlines()

    assert "Keep your late shipment rate under 4%3%" in " ".join(line.strip() for line in lines)
    assert not [line for line in lines if len(line) > 40 and " " in line.strip()]
