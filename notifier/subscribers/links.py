"""Signed links to confirm, choose and unsubscribe.

A link carries the subscriber's key, its purpose, and a signature: it works without a login, a cookie or the database,
and an unsubscribe link cannot be used to change preferences. RFC 8058 asks for exactly that.
"""

import base64
import hashlib
import hmac
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

from itsdangerous import Signer

from diffs.errors import SettingsError
from diffs.private_files import new_private_file, private_folder
from notifier.rendering.escaping import web_link
from notifier.settings import NotifierSettings

#: Links to unsubscribe and to choose work for ever: they are in old mail.
FOR_EVER = 0

#: The most characters that a link of ours has.
LONGEST = 200

CONFIRM: Final = "confirm"
UNSUBSCRIBE: Final = "unsubscribe"
PREFERENCES: Final = "preferences"

#: The file in the data folder that holds the signing secret if the settings name none.
KEY_FILE = "signing.key"


class Links:
    """Makes and reads signed links. With `base_url` "" it makes none."""

    def __init__(self, secret: bytes, base_url: str = "") -> None:
        self._secret = secret
        self._base_url = web_link(base_url)

    def to(self, purpose: str, key: str, *, until: datetime | None = None) -> str:
        """The address for a purpose, "" without a web site. `until` (UTC) is when it stops working."""
        return f"{self._base_url}/{purpose}?t={self.token(purpose, key, until=until)}" if self._base_url else ""

    def token(self, purpose: str, key: str, *, until: datetime | None = None) -> str:
        """The token that the address carries."""
        ends = int(until.timestamp()) if until else FOR_EVER
        return self._signer(purpose).sign(f"{key}.{ends:x}").decode()

    def key_from(self, purpose: str, token: str, *, now: datetime) -> str | None:
        """The subscriber's key that a token names; None if it is forged, for another purpose, or too old."""
        parts = token.split(".")
        if len(token) > LONGEST or not token.isascii() or len(parts) != 3:
            return None
        key, ends_hex, signature = parts
        try:
            ends = int(ends_hex, 16)
        except ValueError:
            return None
        good = self._signer(purpose).validate(token) or hmac.compare_digest(signature, self._before(purpose, key, ends))
        return key if good and (ends == FOR_EVER or now.timestamp() <= ends) else None

    def webhook_secret(self, key: str) -> str:
        """The secret that signs messages to one subscriber's webhook, in the form "whsec_…" (Standard Webhooks)."""
        return "whsec_" + base64.b64encode(self._mac(f"webhook|{key}")).decode()

    def sender(self, network: str) -> str:
        """A network under another name, for counting: only the holder of the secret can tell which; "" stays ""."""
        return self._mac(f"sender|{network}").hex()[:32] if network else ""

    def _signer(self, purpose: str) -> Signer:
        return Signer(self._secret, salt=f"policywatch.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)

    def _before(self, purpose: str, key: str, ends: int) -> str:
        """The signature of links in mails that were sent before itsdangerous made them: they still work."""
        return base64.urlsafe_b64encode(self._mac(f"{purpose}|{key}|{ends}")).decode().rstrip("=")

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode("utf-8", "surrogatepass"), "sha256")


def links_from(settings: NotifierSettings) -> Links:
    """Links signed with the secret from the settings, or with one made and kept in the data folder.

    Raises SettingsError if that file can neither be read nor written.
    """
    secret = settings.secret.get_secret_value().encode()
    return Links(hashlib.sha256(secret or _kept_secret(settings.data_dir / KEY_FILE)).digest(), settings.base_url)


def _kept_secret(path: Path) -> bytes:
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_bytes().strip()
    except OSError as error:
        message = f"The key for signing links cannot be kept in {path}: {error.strerror}."
        raise SettingsError(message, remedy="Set POLICYWATCH_SECRET, or make the data folder writable.") from error


def _make_secret(path: Path) -> None:
    # Written in full under another name and linked into place: two programs at once end up with the same one.
    private_folder(path.parent)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(new_private_file(fresh), "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
