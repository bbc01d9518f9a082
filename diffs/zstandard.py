"""Zstandard: part of the standard library from Python 3.14 on, before that its backport with the same interface."""

import sys

if sys.version_info >= (3, 14):  # pragma: no cover (the lock resolves it; the tests run on 3.11)
    from compression import zstd
else:
    from backports import zstd

__all__ = ["zstd"]
