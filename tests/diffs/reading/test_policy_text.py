"""From the bytes of a page to its policy text."""

from diffs.reading import policy_text
from diffs.values import Capture, Selection


def test_what_is_no_text_has_no_policy_text() -> None:
    found = policy_text.extraction_of(
        Capture(url="https://shop.example/rules", body=b"\x89PNG\r\n\x1a\n" + bytes(60)), Selection()
    )

    assert found is None
    assert policy_text.clean(found).document.blocks == ()
