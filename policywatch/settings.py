"""The settings for a model that rephrases our words; without an address there is none.

Read from the environment (prefix POLICYWATCH_) or `policywatch.toml`; nowhere else in this package.
"""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from diffs.settings import TomlSettings


class ModelSettings(TomlSettings):
    """The settings for a model. Its key shows as stars wherever the settings are printed.

    Raises pydantic.ValidationError, which names the setting and what is wrong with it.
    """

    model_config = SettingsConfigDict(hide_input_in_errors=True, protected_namespaces=())

    model_url: str = Field(
        default="", description="OpenAI-compatible endpoint of a model that rephrases our words; empty: none is asked"
    )
    model_name: str = Field(default="", max_length=200, description="which model it is to use")
    model_key: SecretStr = Field(default=SecretStr(""), description="key for that endpoint")
    model_timeout: float = Field(default=20.0, gt=0, le=300, description="seconds to wait for one answer of the model")
    model_round: float = Field(default=60.0, gt=0, le=3600, description="seconds for all its answers in one round")
    model_most: int = Field(default=20, ge=1, le=1000, description="maximum changes it is asked about in one round")

    @field_validator("model_url")
    @classmethod
    def _url(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        parts = urlsplit(value)
        if value and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("must begin with https:// or http:// and name a host, as in http://127.0.0.1:11434/v1")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("must contain no password, no query and no fragment: a key belongs in model_key")
        return value

    @field_validator("model_key")
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip()
        if not (key.isascii() and key.isprintable() and " " not in key):
            # The value itself stays out of the message.
            raise ValueError("must be letters, digits and signs without spaces")
        return SecretStr(key)
