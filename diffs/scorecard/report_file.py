"""Read a file of the seller's own figures, whatever its form: Amazon's report or a CSV, compressed or not."""

import zlib
from dataclasses import replace

from diffs.errors import ReportError

from . import amazon_report, csv_report, truncated_json
from .amazon_report import Found

#: A larger file, in bytes, is not the report of one seller.
MAX_BYTES = 50 * 1024 * 1024

_GZIP = b"\x1f\x8b"
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read(data: bytes, name: str) -> Found:
    """The figures in a file's bytes; `name` is the file's name, for messages and as source.

    Whatever cannot be read is in `problems`, each with file, line or field, and the remedy. Nothing is raised: a
    useless file gives one problem and no figure.
    """
    try:
        found = _read(data, name)
    except ReportError as error:
        found = Found(problems=[str(error)])
    return replace(found, problems=[f"{name}: {problem}" for problem in found.problems])


def _read(data: bytes, name: str) -> Found:
    text = _text(_unpacked(data))
    if not text.strip():
        raise ReportError("it is empty.", remedy="Download the report again.")
    if text.lstrip()[0] not in "{[":
        return csv_report.read(text, source=name)
    loaded = truncated_json.loads(text)
    report = {"performanceMetrics": loaded.value} if isinstance(loaded.value, list) else loaded.value
    found = amazon_report.read(report, source=name)
    if loaded.cut:
        cut = f"the file breaks off inside {loaded.cut}; the part before it is judged. Download the report again."
        found.problems.insert(0, cut)
    return found


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        if len(data) > MAX_BYTES:
            raise ReportError(f"it is larger than {MAX_BYTES // 2**20} MiB.", remedy="Give a seller's report.")
        return data
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise ReportError(f"it cannot be unpacked: {error}.", remedy="Download the report again.") from error
    if unpacker.unconsumed_tail:
        raise ReportError(f"it is larger than {MAX_BYTES // 2**20} MiB.", remedy="Give a seller's report.")
    return plain


def _text(data: bytes) -> str:
    """The text as UTF-8, or as UTF-16 if the file says so; other bytes stay marked, to be reported by line."""
    encoding = _WIDE.get(data[:2], "utf-8-sig")
    try:
        return data.decode(encoding, errors="surrogateescape")
    except UnicodeDecodeError as error:
        raise ReportError("its text cannot be read.", remedy="Save it as CSV UTF-8.") from error
