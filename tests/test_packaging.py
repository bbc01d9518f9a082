"""What a user installs: one wheel with everything inside, and locks that say exactly what comes with it."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterable
from email.parser import HeaderParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

import dev
from tests.crawler.fetchers.browser.test_fetcher import needs_browser

ROOT = Path(__file__).parents[1]
PACKAGES = ("crawler", "diffs", "notifier", "policywatch")


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as a new user would: from an empty folder, nothing of this clone in its environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV", "POLICYWATCH"))}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=folder, env=clean, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built in a copy so that nothing is left in the clone."""
    source = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    (source / "docs").mkdir()
    made = run(sys.executable, ROOT / "docs/manual.py", source / "docs/policywatch.1", folder=source)
    assert made.returncode == 0, made.stderr

    result = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", folder=source)

    assert result.returncode == 0, result.stderr
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel, tmp_path_factory):
    """The command, installed from the wheel into an environment of its own beside the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    installed = run(
        *dev.pip(), "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel, folder=folder.parent
    )
    assert installed.returncode == 0, installed.stderr
    own = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).stdout.strip()
    )
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin/policywatch"


def test_every_file_of_the_packages_is_in_the_wheel(wheel):
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    packed = {name for name in zipfile.ZipFile(wheel).namelist() if not re.match(r"[^/]+\.(dist-info|data)/", name)}

    assert packed == ours


def test_the_wheel_says_what_it_is(wheel):
    archive = zipfile.ZipFile(wheel)
    metadata = HeaderParser().parsestr(
        next(archive.read(name).decode() for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    )

    assert metadata["Name"] == "policywatch"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert {"fast", "browser", "postgres"} == set(metadata.get_all("Provides-Extra", []))
    assert any(name.endswith("/licenses/LICENSE") for name in archive.namelist())


def test_the_wheel_brings_types_and_the_manual(wheel):
    held = zipfile.ZipFile(wheel).namelist()

    assert {f"{package}/py.typed" for package in PACKAGES} <= set(held)
    assert [name for name in held if name.endswith("/share/man/man1/policywatch.1")]


def test_the_browser_extra_of_the_wheel_is_what_the_clone_adds(wheel):
    archive = zipfile.ZipFile(wheel)
    metadata = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    wanted = names(re.findall(r'^Requires-Dist: (.+); extra == "browser"', metadata, re.MULTILINE))

    assert wanted <= set(dev.BROWSER)
    assert set(dev.BROWSER) <= names(locked(dev.LOCKS["tests"]))


def test_the_citation_names_the_version_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert citation["repository-code"] == project["urls"]["Source"]


def test_the_installed_program_runs_its_own_files(program, tmp_path):
    where = run(program.with_name("python"), "-c", "import policywatch; print(policywatch.__file__)", folder=tmp_path)
    answer = run(program, "--version", folder=tmp_path)

    assert where.stdout.startswith(str(program.parents[1]))
    assert (answer.returncode, answer.stdout) == (0, "policywatch 0.1.0\n")


def test_the_installed_program_explains_itself(program, tmp_path):
    answer = run(program, "--help", folder=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert "crawl" in answer.stdout


def test_the_installed_program_runs_the_demo_from_an_empty_folder(program, tmp_path):
    answer = run(program, "demo", folder=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert {"feed.xml", "digest.eml", "digest.html"} <= {path.name for path in (tmp_path / "demo").iterdir()}


@pytest.mark.slow
@pytest.mark.chromium
@needs_browser
def test_the_installed_program_reads_a_page_that_a_script_fills(program, site, tmp_path):
    rule = "<p>Sellers must keep their late shipment rate under 4% in every period that we review.</p>"
    settings = """
        contact = "me@example.com"
        watchlists = ["list.toml"]
        allow_private_addresses = true
        min_gap = 0
    """
    page = """
        [[page]]
        key = "late"
        title = "Late Shipment Rate"
        url = "{}"
        marketplace = "US"
        category = "performance"
        language = "en"
        select = "#policy"
        fetch = "browser"
    """
    site["/article"] = "<h1>Late Shipment Rate</h1>" + 12 * rule
    site["/late"] = (
        '<html lang="en"><title>Help</title><div id="policy"></div><script>fetch("/article").then(r => r.text())'
        '.then(text => { document.querySelector("#policy").innerHTML = text })</script></html>'
    )
    (tmp_path / "policywatch.toml").write_text(settings)
    (tmp_path / "list.toml").write_text(page.format(site.url("/late")))

    crawled = run(program, "crawl", folder=tmp_path)
    shown = run(program, "show", "late", folder=tmp_path)

    assert crawled.returncode == 0, crawled.stderr
    assert "under 4%" in shown.stdout


def locked(lock: Path) -> list[str]:
    """A lock's entries: name, version and hashes each."""
    return re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())


def names(requirements: Iterable[str]) -> set[str]:
    return {
        re.split(r"[^A-Za-z0-9._-]", entry)[0].lower().replace("_", "-").replace(".", "-") for entry in requirements
    }


@pytest.mark.parametrize("lock", dev.LOCKS.values(), ids=lambda path: path.name)
def test_a_lock_names_versions_and_hashes_and_no_host(lock):
    assert "://" not in lock.read_text(encoding="utf-8")
    for entry in locked(lock):
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==[0-9]", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_tests_run_on_what_the_program_runs_on():
    """The lock of the tests holds the lock of the program, entry by entry."""
    assert set(locked(dev.LOCKS["program"])) <= set(locked(dev.LOCKS["tests"]))


def test_every_library_that_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [entry for extra in project["optional-dependencies"].values() for entry in extra]
    ours = names(project["dependencies"]) | names(extras)
    homes = dict(packages_distributions()) | {"compression": ["backports-zstd"]}  # the standard library's, from 3.14 on
    imported = {module for package in PACKAGES for path in (ROOT / package).rglob("*.py") for module in imports(path)}

    strangers = {
        module for module in imported - set(PACKAGES) - sys.stdlib_module_names if not names(homes[module]) & ours
    }

    assert not strangers


def imports(path: Path) -> set[str]:
    """The top names of the modules that a file imports from elsewhere."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = {
        node.module.split(".")[0]
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    return plain | froms
