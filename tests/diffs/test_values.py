"""A document is stored as the same bytes whatever writes them."""

import json
from operator import eq

from hypothesis import given
from hypothesis import strategies as st

from diffs.values import Block, BlockKind, Document

_TEXT = st.text(max_size=12)
_TEXTS = st.lists(_TEXT, max_size=3).map(tuple)
_BLOCKS = st.builds(
    Block,
    st.sampled_from(BlockKind),
    _TEXT,
    _TEXT,
    st.integers(0, 6),
    _TEXT,
    cells=_TEXTS,
    links=_TEXTS,
    section=_TEXTS,
)
_DOCUMENTS = st.builds(Document, _TEXT, st.lists(_BLOCKS, max_size=4).map(tuple), language=_TEXT, cited=_TEXTS)


@given(_DOCUMENTS)
def test_a_document_is_written_as_json_with_sorted_keys_one_value_a_line(document: Document) -> None:
    blocks = [
        {name: value for name in Block.__slots__ if (value := getattr(block, name)) not in ("", 0, ())}
        for block in document.blocks
    ]
    fields = {"title": document.title, "language": document.language, "blocks": blocks}
    if document.cited:
        fields["cited"] = document.cited

    assert document.to_json().decode() == json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=0)


@given(_DOCUMENTS)
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    again = Document.from_json(document.to_json())

    assert again == document
    assert hash(again) == hash(document)


def test_equal_documents_are_equal_and_others_are_not() -> None:
    one, again = (Document("Fees", (Block(BlockKind.PARAGRAPH, "Pay.", "pay."),)) for _ in range(2))

    assert one == again
    assert one.blocks is again.blocks
    assert one != Document("Fees", ())
    assert one != "Fees"


def test_a_document_is_equal_to_itself_and_to_no_text() -> None:
    document = Document(title="Fees", blocks=())

    assert eq(document, document)
    assert document != "Fees"
