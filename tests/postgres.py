"""A PostgreSQL server for the tests alone: on the loopback, in a temporary folder, stopped and removed at the end.

with running_server(folder) as server:
    archive = open_archive(server.fresh_database())
"""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

#: PostgreSQL refuses to run as root; Debian's package brings this user.
USER = "postgres"


@dataclass
class Postgres:
    """A running server."""

    port: int
    _numbers: Iterator[int] = field(default_factory=count)

    def fresh_database(self, *, like: str = "") -> str:
        """The SQLAlchemy URL of a new database: empty, or a copy of the files of one that nobody uses."""
        name = f"tests_{next(self._numbers)}"
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user={USER} dbname=postgres", autocommit=True) as made:
            made.execute(f'CREATE DATABASE "{name}"' + _copied(like))
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"


def _copied(url: str) -> str:
    return f' TEMPLATE "{url.rpartition("/")[2]}" STRATEGY FILE_COPY' if url else ""


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running_server(folder: Path) -> Iterator[Postgres]:
    """Start a server with its data in this folder, and stop it at the end."""
    programs = binaries()
    assert programs is not None
    data = folder / "data"
    data.mkdir(parents=True)
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(USER)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        for path in (folder, data):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    port = _free_port()

    def run(*command: str) -> None:
        done = subprocess.run(  # type: ignore[call-overload]
            [programs / command[0], *command[1:]], cwd=folder, check=False, capture_output=True, text=True, **as_user
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("initdb", "--pgdata=data", f"--username={USER}", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    run("pg_ctl", "--pgdata=data", "--wait", "--silent", "--log=log", f"--options={options}", "start")
    try:
        yield Postgres(port)
    finally:
        run("pg_ctl", "--pgdata=data", "--wait", "--silent", "--mode=immediate", "stop")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for all tests of a run; each asks it for a database of its own."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    # Not under pytest's own folder: only its owner may enter that, and the server runs as another user.
    folder = Path("/tmp") / f"policywatch-postgres-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        with running_server(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
