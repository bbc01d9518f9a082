"""Excerpts: the part of a sentence that matters."""

from diffs.wording.quotes import excerpt


def test_a_sentence_that_says_early_what_matters_is_shortened_at_its_end() -> None:
    said = excerpt("Sellers must confirm each shipment, and what follows here is of less weight than that was.", 50)

    assert said.startswith("Sellers must confirm each shipment")
    assert len(said) <= 51


def test_a_sentence_that_says_late_what_matters_is_shortened_at_its_beginning() -> None:
    said = excerpt("What comes first in this sentence is of little weight, then come 30 days to answer.", 40)

    assert said.startswith("…")
    assert "30 days" in said
