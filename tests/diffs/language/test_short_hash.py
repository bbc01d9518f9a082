"""A name for a text that is not kept."""

from diffs.language.short_hash import short_hash


def test_a_text_keeps_its_name_in_every_version_of_the_program() -> None:
    assert short_hash("Keep your rate under 4%.") == "43b15ae7911473c3"


def test_a_longer_name_begins_with_the_shorter_one() -> None:
    assert short_hash("été", 20).startswith(short_hash("été", 8))
    assert len(short_hash("", 32)) == 32
