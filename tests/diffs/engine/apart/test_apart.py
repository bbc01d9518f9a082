"""The process that judges what may kill it: what it says, and its limits."""

import io
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diffs.database.archive import open_archive
from diffs.engine import think
from diffs.engine.apart import copy, guard, helper, worker
from diffs.engine.apart.worker import Job
from diffs.errors import ArchiveDamaged
from diffs.failures import Failure, Reason
from diffs.values import Outcome
from tests.diffs.engine.hindrances import lose_all_bytes
from tests.diffs.site import Site

TEXT = "<html lang='en'><body><main><h1>Rate</h1><p>Keep the rate under {}%.</p></main></body></html>"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    archive = open_archive(f"sqlite:///{tmp_path / 'archive.db'}")
    yield Site(archive, recorded=False)
    archive.close()


@pytest.fixture(autouse=True)
def limits() -> Iterator[None]:
    """What limits these tests had stays theirs."""
    before = resource.getrlimit(resource.RLIMIT_CPU)
    yield
    resource.setrlimit(resource.RLIMIT_CPU, before)


def job(site: Site, *pages: str, **other: Any) -> Job:
    given = {
        "url": site.archive.secret_url,
        "confirm": False,
        "seconds": (100_000, 0, 100_000),
        "memory": 3_000,
        "aside": {},
    }
    return Job(pages=pages or (site.key,), **{**given, **other})


def done(given: Job) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    with worker.archives() as opened:
        code = worker.work(given, out, opened)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_it_says_which_bytes_it_begins_and_what_became_news(site: Site) -> None:
    for percent in (4, 3):
        site.store(TEXT.format(percent))

    code, heard = done(job(site))

    assert code == 0
    assert len({line["body"] for line in heard}) == 2
    assert [line["changes"] for line in heard if "changes" in line] == [[change.id for change in site.told()]]


def test_lost_bytes_keep_no_other_page_from_being_judged(site: Site) -> None:
    other = Site(site.archive, recorded=False, key="other")
    site.store(TEXT.format(4))
    lose_all_bytes(site.archive)
    other.store(TEXT.format(5))

    code, heard = done(job(site, "agreement", "other"))

    assert code == 0
    assert "is missing" in next(line["lost"] for line in heard if "lost" in line)
    assert other.derive().outcome is not None


def test_it_says_when_memory_is_short(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(think, "judge", too_much)

    code, heard = done(job(site))

    assert code == 1
    assert heard[-1]["ended"] == "memory"


def test_it_says_that_there_is_no_such_archive(site: Site, tmp_path: Path) -> None:
    code, heard = done(job(site, url=f"sqlite:///{tmp_path / 'none' / 'archive.db'}"))

    assert code == 1
    assert heard[-1]["archive"]


def test_a_damaged_archive_is_the_same_error_on_both_sides(site: Site) -> None:
    file = Path(site.archive.secret_url.removeprefix("sqlite:///"))
    site.archive.close()
    file.write_bytes(b"my shopping list " * 1_000)

    with pytest.raises(ArchiveDamaged) as error:
        guard.judge(site.archive, [site.key], confirm=False, stopped=lambda: False)

    assert error.value.failure == Failure(Reason.ARCHIVE_FOREIGN, detail="file is not a database")


def test_what_needs_too_much_memory_is_set_aside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    body = site_body(site)
    code = f"import json, sys; print(json.dumps({{'page': 'agreement', 'body': {body!r}, 'ended': 'memory'}})); "
    # It reads its job first, as the true one does; told what is set aside, it is the true one.
    code += "from diffs.engine.apart import worker; given = json.loads(sys.stdin.readline()); given['pages'] = tuple(given['pages']); "
    code += "opened = worker.archives().__enter__(); "
    code += "raise SystemExit(worker.work(worker.Job(**given), sys.stdout, opened) if given['aside'] else 1)"
    monkeypatch.setattr(helper, "_MAIN", code)
    monkeypatch.setattr(copy, "may_be_made", lambda: False)

    result = guard.judge(site.archive, [site.key], confirm=False)

    assert result.unjudged == {}
    derived = site.derive()
    assert derived.outcome is Outcome.ERROR
    assert derived.reason == "Set aside: reading it needed more than 3000 MB of memory. The answer is saved."


def site_body(site: Site) -> str:
    site.store(TEXT.format(4))
    with site.archive.read() as session:
        row = session.connection().exec_driver_sql("SELECT body_sha256 FROM snapshot").one()
    return str(row[0])


def test_no_limit_is_set_above_the_one_of_the_machines_owner() -> None:
    code = (
        "import resource; from diffs.engine.apart.limits import limit; resource.setrlimit(resource.RLIMIT_CPU, (50, 50)); "
        "limit(resource.RLIMIT_CPU, 90); print(resource.getrlimit(resource.RLIMIT_CPU)); "
        "limit(resource.RLIMIT_CPU, 20); print(resource.getrlimit(resource.RLIMIT_CPU))"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert ran.stdout.split("\n")[:2] == ["(50, 50)", "(20, 50)"]
