"""Names as keys: small ASCII letters and digits with hyphens between."""

from slugify import slugify

#: Umlauts as a German writes them without; a comma parts words, also between figures; an apostrophe parts none.
_SPELLED = (
    *(pair for low, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")) for pair in ((low, two), (low.upper(), two))),
    (",", "-"),
    ("'", ""),
    ("’", ""),
)


def slug(text: str, longest: int = 80) -> str:
    """A name as a key of at most `longest` letters; other scripts are transliterated. "" where nothing is left."""
    # What looks like an HTML entity in a name is a name all the same.
    return slugify(text, max_length=longest, entities=False, decimal=False, hexadecimal=False, replacements=_SPELLED)
