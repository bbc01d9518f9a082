"""The manual page is made from the commands, and `man` can read it."""

import importlib.util
import re
import shutil
import subprocess

import pytest

from tests.policywatch.program import ROOT
from tests.test_docs import leaves

spec = importlib.util.spec_from_file_location("manual", ROOT / "docs" / "manual.py")
assert spec is not None
assert spec.loader is not None
manual = importlib.util.module_from_spec(spec)
spec.loader.exec_module(manual)


@pytest.fixture(scope="module")
def page():
    return manual.page()


def test_every_command_with_every_option_is_in_the_manual(page):
    sections = re.split(r"^\.S[SH] ", page.replace("\\-", "-"), flags=re.MULTILINE)
    told = {section.splitlines()[0]: section for section in sections}

    for name, command in leaves():
        for option in command.params:
            if option.param_type_name == "option" and not option.hidden:
                assert option.opts[0] in told[name], f"{option.opts} of {name}"


def test_nothing_in_a_sentence_is_taken_for_a_request():
    assert manual.text(".env holds nothing") == "\\&.env holds nothing"
    assert manual.text("a\\b -c\n  d") == "a\\eb \\-c d"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff formats manuals, and is not here")
def test_groff_formats_it_without_a_warning(page):
    ended = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page, capture_output=True, text=True, check=True)

    assert ended.stderr == ""
    assert "Watch marketplace policies" in re.sub(
        r".\x08|\x1b\[\d+m|\s+", lambda m: " " if m[0].isspace() else "", ended.stdout
    )


def test_it_is_written_where_it_is_asked_for(tmp_path):
    file = tmp_path / "policywatch.1"

    assert manual.main([str(file)]) == 0

    assert file.read_text(encoding="utf-8").startswith(".TH POLICYWATCH 1")
