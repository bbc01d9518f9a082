"""The settings for sending: mail server, addresses of the site, signing secret.

Read from the environment (prefix POLICYWATCH_) or `policywatch.toml`; nowhere else in this package.
"""

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from diffs.settings import DataDir, TomlSettings


class NotifierSettings(TomlSettings):
    """The settings for sending notices. Secrets show as stars wherever the settings are printed.

    Raises pydantic.ValidationError, which names the setting and what is wrong with it.
    """

    # An error names the setting and the reason, not the value given: it may contain a password.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    data_dir: DataDir = Field(default=Path("policywatch-data"), description="the data folder")
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="smtp://user:password@host:587, smtps://…:465, or folder:PATH to put mail into a folder;"
        " ?starttls=required or ?starttls=never for smtp",
    )
    smtp_ca_file: Path | None = Field(default=None, description="certificates to trust instead of the system's")
    smtp_timeout: float = Field(default=30.0, gt=0, le=300, description="seconds to wait for the mail server")
    mail_from: str = Field(default="", description="sender of all mail: Name <address@host>")
    mail_per_minute: int = Field(
        default=0, ge=0, description="maximum messages per minute through SMTP; 0 for no limit"
    )
    owner: SecretStr = Field(
        default=SecretStr(""),
        description="who runs this (mail or Apprise URL), notified when a site asks us to stop or pages stay unread",
    )
    chat_per_minute: int = Field(default=0, ge=0, description="maximum messages per minute to chats; 0 for no limit")
    webhooks_per_minute: int = Field(
        default=0, ge=0, description="maximum messages per minute to webhooks; 0 for no limit"
    )
    base_url: str = Field(default="", description="where the web pages are published, for links in mail and feeds")
    site_name: str = Field(default="policywatch", min_length=1, max_length=80, description="name in mail and feeds")
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="key that signs links in mail; made and kept in the data folder when not set",
    )

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
            raise ValueError("must begin with https:// or http:// and name a host, as in https://policies.example.org")
        if "@" in urlsplit(value).netloc:  # it is in every feed and every mail
            raise ValueError("is published, so it must contain no user name and no password")
        return value

    @field_validator("owner")
    @classmethod
    def _owner(cls, value: SecretStr) -> SecretStr:
        address = value.get_secret_value().strip()
        if address and "://" not in address and "@" not in address:
            # The value itself stays out of the message: it may contain a secret.
            raise ValueError("must be a mail address, as in you@example.org, or a chat's address (Apprise URL)")
        return SecretStr(address)

    @field_validator("mail_from")
    @classmethod
    def _mail_from(cls, value: str) -> str:
        value = value.strip()
        try:
            if value:
                Address(addr_spec=parseaddr(value)[1])
        except (ValueError, MessageError, IndexError) as error:
            raise ValueError("must be an address, as in Policywatch <policies@example.org>") from error
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value().strip()
        if url and url.partition(":")[0].lower() not in ("smtp", "smtps", "folder", "file"):
            # The value itself stays out of the message: it may contain a password.
            raise ValueError("must begin with smtp://, smtps://, folder: or file:///")
        return SecretStr(url)

    @model_validator(mode="after")
    def _sender(self) -> Self:
        if self.smtp_url.get_secret_value().lower().startswith("smtp") and not self.mail_from:
            raise ValueError("mail_from is needed if smtp_url is set: who sends the mail?")
        return self

    @property
    def sender(self) -> str:
        """The sender of all mail; one that nobody can answer if none is set (mail into a folder)."""
        return self.mail_from or f"{self.site_name} <policywatch@localhost>"

    @property
    def mail_domain(self) -> str:
        """The domain that ends our Message-IDs."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
