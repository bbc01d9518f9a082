"""Settings of the archive, from the environment (prefix POLICYWATCH_) or `policywatch.toml`; read nowhere else."""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

#: The configuration file, expected in the working folder.
CONFIG_FILE = Path("policywatch.toml")


def unusable(name: str, message: str) -> str:
    """What is wrong with a setting, as a sentence, from a validator's message."""
    said = message.removeprefix("Value error, ").rstrip(".?")
    # Ours go on from the setting's name ("must be …"), Pydantic's are sentences of their own.
    return f"The setting {name} {said}." if said[:1].islower() else f"The setting {name}: {said}."


def _at_home(path: Path) -> Path:
    """The path without "~"; unchanged if there is no such home folder."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


#: The data folder, by one rule wherever it is a setting: database, key and stop file are in the same one.
DataDir = Annotated[Path, AfterValidator(_at_home)]


class TomlSettings(BaseSettings):
    """Settings from the environment, then `policywatch.toml` in the working folder; the environment wins."""

    model_config = SettingsConfigDict(env_prefix="POLICYWATCH_", toml_file=CONFIG_FILE, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (a .env file is not read)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (nor a folder of secrets)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources in order: arguments first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


class ArchiveSettings(TomlSettings):
    """Where the archive is."""

    data_dir: DataDir = Field(default=Path("policywatch-data"), description="the data folder")
    database_url: str = Field(default="", description="SQLAlchemy URL; policywatch.db in the data folder when empty")

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        # In a URL "?", "#" and "%" mean something; in the name of a folder they do not.
        return self.database_url or f"sqlite:///{quote(str(self.data_dir / 'policywatch.db'))}"
