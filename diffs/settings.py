"""Where the archive lives. Read from the environment (prefix POLICYWATCH_) or `policywatch.toml`; nowhere else."""

from pathlib import Path

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

#: The configuration file, looked for in the working folder.
CONFIG_FILE = Path("policywatch.toml")


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
        """Arguments first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


class ArchiveSettings(TomlSettings):
    """Where the archive lives.

    `data_dir` is the data folder; `database_url` an SQLAlchemy URL, by default `policywatch.db` inside it.
    """

    data_dir: Path = Path("policywatch-data")
    database_url: str = ""

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'policywatch.db'}"
