"""The wheel: built here, installed where the checkout is not seen, and used as people use it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from packaging.metadata import Metadata

from rules.engine.known import known_rules
from tests.factories import code, commit_files, git
from tools.wheel_readme import elsewhere

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("bot", "rules", "simulator")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the programs of an environment that has the wheel; what it depends on is taken from this one."""
    place = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-I", "-m", "venv", place], check=True, capture_output=True)
    programs = place / "bin"
    install = ("-I", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
    subprocess.run([programs / "python", *install], check=True, capture_output=True)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return programs


def run(programs: Path, directory: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), **more}
    name, *others = arguments
    return subprocess.run(
        [programs / name, *others],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_file_of_the_packages_is_in_it_and_nothing_else(wheel: Path) -> None:
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file())
    ours = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}

    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}

    assert ours == held
    assert {f"{name}/py.typed" for name in PACKAGES} <= held
    assert {Path(name).suffix for name in held} == {".py", ".typed", ".graphql", ".json", ".toml"}


def test_its_readme_holds_no_link_that_leads_nowhere_on_an_index(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        told = Metadata.from_email(packed.read(name), validate=True)

    tokens = MarkdownIt("commonmark").parse(told.description or "")
    links = [str(one.attrs["href"]) for block in tokens for one in block.children or () if "href" in one.attrs]
    assert [link for link in links if not link.startswith("https://")] == []
    assert (told.description or "").startswith("# andon\n")


@pytest.mark.parametrize(
    ("text", "source", "shown"),
    [
        ("[Begin](docs/a.md#b), [so](https://a.test).", "", "Begin, [so](https://a.test)."),
        ("[Begin](docs/a.md#b)", "https://g.test/o/andon/", "[Begin](https://g.test/o/andon/blob/HEAD/docs/a.md#b)"),
        ("![a picture](https://a.test/b.png) [here](#b)", "", "![a picture](https://a.test/b.png) [here](#b)"),
    ],
)
def test_relative_links_lead_to_the_source_or_leave_their_words(text: str, source: str, shown: str) -> None:
    assert elsewhere(text, source) == shown


def test_its_metadata_is_what_an_index_takes(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        told = Metadata.from_email(packed.read(name), validate=True)

    assert (told.name, str(told.version)) == (PROJECT["name"], PROJECT["version"])
    assert told.license_expression == "MIT"
    assert told.license_files == ["LICENSE"]
    assert told.description_content_type == "text/markdown"
    assert told.description == elsewhere((ROOT / "README.md").read_text(encoding="utf-8"), "")


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    version = run(installed, tmp_path, "andon", "--version")
    places = run(installed, tmp_path, "python", "-c", "import bot, rules, simulator as s; print(bot, rules, s)")

    assert version.stdout == f"andon, version {PROJECT['version']}\n"
    assert places.stdout.count(str(installed.parent)) == 3


def test_check_runs_from_it(installed: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    commit_files(tmp_path, {"README.md": "# Shop\n"}, "Begin")
    git(tmp_path, "switch", "-qc", "feature")
    commit_files(tmp_path, {"a.py": "\n".join(code(612)) + "\n"})

    told = {form: run(installed, tmp_path, "andon", "check", "--format", form) for form in ("text", "json", "sarif")}

    assert {form: done.returncode for form, done in told.items()} == {"text": 1, "json": 1, "sarif": 1}
    assert told["text"].stdout.startswith(f"⏸ Held: 2 of {len(known_rules())} rules need work\n")
    assert {done.stderr for done in told.values()} == {""}


def test_a_database_is_made_by_it(installed: Path, tmp_path: Path) -> None:
    made = run(installed, tmp_path, "andon", "db", "upgrade", DATABASE_URL=f"sqlite:///{tmp_path}/andon.db")

    assert made.returncode == 0, made.stderr
    assert (tmp_path / "andon.db").stat().st_size > 0


def test_the_demo_runs_from_it(installed: Path, tmp_path: Path) -> None:
    played = run(installed, tmp_path, "andon", "demo")

    assert played.returncode == 0, played.stderr
    assert played.stdout.rstrip().endswith("scenes ended as told.")
