"""A response's headers as plain text."""

from scrapy.http import Headers


def plain_headers(headers: Headers) -> dict[str, str]:
    """Header names in lower case with their values as text; repeated headers are joined, cookies are left out."""
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in headers.items()
        if name.lower() not in (b"set-cookie", b"set-cookie2")
    }
