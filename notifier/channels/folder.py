"""Mail into a local folder, for a trial or for another program to collect."""

import hashlib
import os
from email.message import EmailMessage
from pathlib import Path

from diffs.errors import ChannelDown
from diffs.private_files import private_folder, write_private
from notifier.mail.message import Message

from .base import mail_of


class FolderChannel:
    """Mail into a local folder, one `.eml` file per Message-ID: a mail sent twice is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: Message) -> None:
        """Write a message. Raises ChannelDown if the folder cannot be written."""
        self.post(mail_of(message))

    def check(self) -> None:
        """Check that the folder exists and can be written. Raises ChannelDown."""
        try:
            private_folder(self.folder)
            writable = os.access(self.folder, os.W_OK)
        except OSError as error:
            raise ChannelDown(f"Mail cannot be written into {self.folder}: {error.strerror}.") from error
        if not writable:
            raise ChannelDown(f"Mail cannot be written into {self.folder}.")

    def post(self, mail: EmailMessage) -> None:
        """Write one mail, whole or not at all. Raises ChannelDown if the folder cannot be written."""
        name = "".join(char if char.isalnum() else "-" for char in str(mail["Message-ID"]).strip("<>").split("@")[0])
        if not name or len(name) > 120:
            name = hashlib.sha256(str(mail["Message-ID"]).encode()).hexdigest()[:32]
        path = self.folder / f"{name}.eml"
        try:
            private_folder(self.folder)
            write_private(path, mail.as_bytes())  # it holds links that act for its reader
        except OSError as error:
            raise ChannelDown(f"Mail cannot be written into {self.folder}: {error.strerror}.") from error
