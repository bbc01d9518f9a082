"""A text's hash, cut short: a name for a text that is not kept itself."""

import hashlib


def short_hash(text: str, letters: int = 16) -> str:
    """The first letters of the SHA-256 (hex) of a text. Archives hold these names: the same text, the same name."""
    return hashlib.sha256(text.encode()).hexdigest()[:letters]
