"""Whether two texts differ only in where they begin and end."""

import pytest

from diffs.comparing.compare import compare
from diffs.judging.evidence.cut import only_at_ends
from tests.diffs.judging.test_learned import document

TEXT = ("Terms of sale", "Buyers may return goods within a month.", "Sellers answer every question of a buyer.")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("Shop", "Orders", *TEXT), TEXT, True),
        (TEXT, (*TEXT, "Yes", "No"), True),
        (("Shop", *TEXT), (*TEXT, "Imprint"), True),
        (TEXT, TEXT, False),
        (TEXT, (TEXT[0], "Except books", *TEXT[1:]), False),
        (TEXT, (*TEXT[:2], "Sellers answer most questions of a buyer."), False),
        (TEXT, (*TEXT, "Sellers must not ship any batteries to an island."), False),
        (TEXT, ("Imprint", "Contact"), False),
        (("Shop", "Orders"), (), False),
    ],
)
def test_only_whole_lines_before_or_after_what_both_have(
    before: tuple[str, ...], after: tuple[str, ...], expected: bool
) -> None:
    old, new = document(*before), document(*after)

    assert only_at_ends(compare(old, new), old, new) is expected
