"""A name as a key of a page."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.language.slugs import slug


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Late shipments", "late-shipments"),
        ("Übergrößen & mehr", "uebergroessen-mehr"),
        ("Amazon’s 1,000 rules", "amazons-1-000-rules"),
        ("Été 2026", "ete-2026"),
        ("店铺政策", "dian-pu-zheng-ce"),
        ("a&amp;b", "a-amp-b"),
        ("— ! —", ""),
    ],
)
def test_a_name_is_a_key(name: str, key: str) -> None:
    assert slug(name) == key


@given(st.text(alphabet=string.printable.replace("'", ""), max_size=40), st.integers(1, 40))
def test_keys_of_plain_names_are_those_of_before(name: str, longest: int) -> None:
    """A page that was imported by an older version must be found again."""
    assert slug(name, longest) == re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:longest].strip("-")


@given(st.text(max_size=40))
def test_any_name_gives_a_clean_key(name: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug(name))
