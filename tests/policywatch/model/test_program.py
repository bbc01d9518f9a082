"""A model through the command line: it is asked by crawl, named by change, checked by doctor, and never needed."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.policywatch.commands.test_crawl import late, watch
from tests.policywatch.model.fake import KEY, endpoint
from tests.policywatch.program import Program

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def fake():
    with endpoint() as found:
        yield found


@pytest.fixture
def program(tmp_path, site):
    watch(tmp_path, site, "late")
    site["/late"] = late(4)
    settings = {
        "contact": "tests@example.com",
        "watchlists": "watchlist.toml",
        "allow_private_addresses": "true",
        "confirm": "false",
        "retries": "0",
    }
    program = Program(tmp_path, settings, START)
    assert program("crawl", "--quiet").code == 0
    site["/late"] = late(3)
    program.now = START + timedelta(days=1)
    return program


def changed(program) -> dict:
    assert program("crawl", "--quiet").code == 0
    return program("changes", "--json").objects[0]


def named(program, fake, **more) -> None:
    program.settings |= {"model_url": fake.url, "model_name": "small", "model_key": KEY, **more}


def test_a_change_says_which_model_worded_it(program, fake):
    named(program, fake)
    fake.says = lambda lines: [line.replace("falls", "drops") for line in lines]
    change = changed(program)
    shown = program("change", change["id"])

    assert "drops from 4% to 3%" in change["headline"]
    assert (change["worded_by"], change["not_reworded"]) == ("small", "")
    assert "Worded by small; each line was checked" in shown.out


def test_a_change_says_why_a_model_did_not_word_it(program, fake):
    named(program, fake)
    fake.says = lambda lines: [line.replace("3%", "2%") for line in lines]
    change = changed(program)
    shown = program("change", change["id"])

    assert "falls from 4% to 3%" in change["headline"]
    assert change["worded_by"] == "policywatch"
    assert "In the program's own words, not those of small: the headline has another figure" in shown.out


def test_without_settings_no_model_is_asked_or_named(program, fake):
    change = changed(program)

    assert fake.requests == []
    assert (change["worded_by"], change["not_reworded"]) == ("policywatch", "")
    assert "orded by" not in program("change", change["id"]).out
    assert "model" not in {check["check"] for check in program("doctor", "--json").objects}


def test_a_wrong_setting_of_the_model_keeps_no_change_waiting(program, fake):
    named(program, fake, model_url=f"https://me:{KEY}@example.com")
    crawled = program("crawl")

    assert crawled.code == 0
    assert "No model is asked to rephrase. The setting model_url must contain no password" in " ".join(
        crawled.err.split()
    )
    assert KEY not in crawled.out + crawled.err
    assert "falls from 4% to 3%" in program("changes", "--json").objects[0]["headline"]


def test_doctor_says_whether_it_answers_and_shows_no_key(program, fake):
    def said() -> dict:
        return next(check for check in program("doctor", "--json").objects if check["check"] == "model")

    named(program, fake)
    assert said()["state"] == "ok"
    program.settings["model_name"] = "huge"
    assert (said()["state"], said()["remedy"]) == ("note", "Set model_name to one of: large, small.")
    fake.answers = lambda: (200, {}, b"{}")
    assert said()["remedy"] == "Set model_name."
    fake.answers = lambda: (401, {}, KEY.encode())
    assert "answered 401" in said()["detail"]
    shown = program("doctor", "--settings")
    assert "POLICYWATCH_MODEL_KEY" in shown.out
    assert KEY not in shown.out + program("doctor").out
