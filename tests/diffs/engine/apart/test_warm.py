"""What a server reads before it is copied goes through everything that a changed page needs."""

from diffs.engine.apart import warm


def test_the_page_it_reads_changes_a_limit_a_fee_and_a_day() -> None:
    summary = warm.warm()

    assert (
        summary.headline == "Late shipment rate: the limit falls from 4% to 3%; Books: the rate rises from 15% to 16%"
    )
    assert any("4 May 2026" in point for point in summary.points)
