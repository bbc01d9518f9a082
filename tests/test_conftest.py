"""The test suite's own rules."""

import re
import socket
from pathlib import Path

import pytest

from tests.conftest import LEFT_TO_CHECK

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
RULES = (ROOT / "tests/conftest.py").read_text(encoding="utf-8")

WITHOUT_CHROMIUM = """
    import pytest

    @pytest.mark.chromium
    def test_a_page_is_rendered():
        pytest.skip("no Chromium here")

    @pytest.mark.skip(reason="the labelled histories are not here")
    def test_the_histories_are_read():
        pass
"""


def run_without_chromium(pytester, monkeypatch, *, ci: str):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini("[pytest]\nmarkers = chromium\n")
    pytester.makeconftest(RULES)
    pytester.makepyfile(WITHOUT_CHROMIUM)
    return pytester.runpytest_subprocess()


def test_at_home_a_missing_system_part_is_a_skip(pytester, monkeypatch):
    run_without_chromium(pytester, monkeypatch, ci="").assert_outcomes(skipped=2)


def test_in_ci_a_missing_system_part_is_a_failure(pytester, monkeypatch):
    result = run_without_chromium(pytester, monkeypatch, ci="true")

    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*needs chromium, which CI must provide*no Chromium here*"])


READING_HISTORIES = """
    import pytest

    @pytest.fixture
    def corpus():
        return 1

    @pytest.fixture
    def history(corpus):
        return corpus

    def test_with_histories(history):
        assert history
"""


def test_what_reads_labelled_histories_is_marked_and_comes_first(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini("[pytest]\nmarkers =\n    corpus\n    slow\n")
    pytester.makeconftest(RULES)
    pytester.makepyfile(test_a="def test_without():\n    pass", test_b=READING_HISTORIES)

    pytester.runpytest_subprocess("-v").stdout.fnmatch_lines(["*test_with_histories PASSED*", "*test_without PASSED*"])
    pytester.runpytest_subprocess("-m", "not corpus").assert_outcomes(passed=1, deselected=1)


def test_make_test_leaves_the_long_tests_to_make_check():
    recipes = dict(re.findall(r"^(test|check):.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE))

    quick, long = " and ".join(f"not {name}" for name in LEFT_TO_CHECK), " or ".join(LEFT_TO_CHECK)
    assert f'$(PYTEST) -m "{quick}"' in recipes["test"]
    assert f'$(PYTEST) --cov --cov-report= -m "{quick}"' in recipes["check"]
    assert f'$(PYTEST) -m "{long}"' in recipes["check"]


def test_no_test_reaches_another_machine():
    with socket.socket() as outside, pytest.raises(AssertionError, match=r"tried to reach 192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))
