"""Unpack compressed responses, and recognise one whose stream ends early for what it is: cut off.

Scrapy unpacks as much of a response as there is, so that half a page looks like a whole one with less text.
"""

import zlib
from collections.abc import Callable, Mapping

import brotli
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from crawler.items import CUT_OFF
from diffs.zstandard import zstd

#: How a server ends a part that it has sent, without ending the stream (zlib's sync flush): nothing is missing.
_FLUSHED = b"\x00\x00\xff\xff"

_CHUNK = 65_536


class Unpacking(HttpCompressionMiddleware):
    """Scrapy's own, which also records whether a response's stream was complete."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 (Scrapy's signature)
    ) -> Request | Response:
        """The response unpacked, with a flag if it was cut off."""
        packed, names = response.body, response.headers.getlist("Content-Encoding")
        found = super().process_response(request, response)
        if isinstance(found, Response) and len(names) == 1 and not is_whole(packed, names[0].strip().lower()):
            found.flags.append(CUT_OFF)
        return found


def is_whole(packed: bytes, encoding: bytes) -> bool:
    """Whether a compressed body is complete. An unknown encoding, or a broken stream, proves nothing: True.

    The checksum behind the last block of gzip and deflate may be missing: no text is lost with it.
    """
    check = _CHECKS.get(encoding)
    if check is None or not packed:
        return True
    try:
        return check(packed)
    except (zlib.error, brotli.error, zstd.ZstdError, IndexError, ValueError):
        return True


def _gzip(packed: bytes) -> bool:
    rest = packed
    while rest[:2] == b"\x1f\x8b":  # a body may be several streams, one after the other
        ended, behind = _blocks(rest[_gzip_head(rest) :])
        if not ended:
            return rest.endswith(_FLUSHED)
        rest = behind[8:]
    return True


def _gzip_head(packed: bytes) -> int:
    """The length of a gzip stream's header (RFC 1952, 2.3). Raises IndexError or ValueError if it is cut off."""
    flags, at = packed[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(packed[at : at + 2], "little")
    for mark in (8, 16):  # a file's name, a comment: each ends with a zero
        if flags & mark:
            at = packed.index(0, at) + 1
    return at + (2 if flags & 2 else 0)


def _deflate(packed: bytes) -> bool:
    has_head = packed[0] & 0x0F == 8 and int.from_bytes(packed[:2], "big") % 31 == 0
    ended, _ = _blocks(packed[2:] if has_head else packed)
    return ended or packed.endswith(_FLUSHED)


def _blocks(packed: bytes) -> tuple[bool, bytes]:
    """Whether the last block of a deflate stream is there, and what follows it."""
    stream, rest = zlib.decompressobj(-15), packed
    while rest and not stream.eof:
        stream.decompress(rest, _CHUNK)
        rest = stream.unconsumed_tail
    return stream.eof, stream.unused_data


def _brotli(packed: bytes) -> bool:
    stream = brotli.Decompressor()
    stream.process(packed, output_buffer_limit=_CHUNK)
    while not stream.is_finished() and stream.process(b"", output_buffer_limit=_CHUNK):
        pass
    return bool(stream.is_finished())


def _zstd(packed: bytes) -> bool:
    rest = packed
    while rest:
        stream, waiting = zstd.ZstdDecompressor(), rest
        while not stream.eof:
            stream.decompress(waiting, _CHUNK)
            waiting = b""
            if stream.needs_input and not stream.eof:
                return False
        rest = stream.unused_data
    return True


_CHECKS: Mapping[bytes, Callable[[bytes], bool]] = {
    b"gzip": _gzip,
    b"x-gzip": _gzip,
    b"deflate": _deflate,
    b"br": _brotli,
    b"zstd": _zstd,
}
