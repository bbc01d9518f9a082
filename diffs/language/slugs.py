"""Names as keys: lower-case ASCII letters and digits, joined by hyphens."""

from slugify import slugify

#: Umlauts as Germans spell them in ASCII; a comma separates words, even between figures; an apostrophe does not.
_SPELLED = (
    *(pair for low, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")) for pair in ((low, two), (low.upper(), two))),
    (",", "-"),
    ("'", ""),
    ("’", ""),
)


def slug(text: str, longest: int = 80) -> str:
    """A name as a key of at most `longest` characters; other scripts are transliterated. "" if nothing is left."""
    # Whatever looks like an HTML entity is part of the name.
    return slugify(text, max_length=longest, entities=False, decimal=False, hexadecimal=False, replacements=_SPELLED)
