"""Make the tables of every archive by the migrations, for the tests in this folder."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from diffs.database.migrations import run


@pytest.fixture(autouse=True)
def _the_migrations_run(real_upgrade: Callable[[Engine, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "upgrade", real_upgrade)
