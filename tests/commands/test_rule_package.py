"""A rule in a package of its own: built, installed where nothing else is, and used by `andon check` as it stands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.factories import code, commit_files, git

EXAMPLE = Path(__file__).parents[2] / "examples/andon-rule-tracked-todos"
LISTED = "rules: {small-diff: warn, tracked-todos: {mode: hold, markers: [TODO]}}\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example's wheel with the backend that it names, and unpack it as an installer does."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    shutil.copytree(EXAMPLE, source, dirs_exist_ok=True)
    script = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", script, str(source)]
    built = subprocess.run(command, cwd=source, check=True, capture_output=True, text=True)
    with zipfile.ZipFile(source / built.stdout.split()[-1]) as wheel:
        wheel.extractall(target)
    return target


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Make a repository whose branch leaves two things for later, one of them in an issue."""
    git(tmp_path, "init", "-q")
    commit_files(tmp_path, {"README.md": "# Shop\n", ".github/andon.yml": LISTED})
    git(tmp_path, "switch", "-qc", "feature")
    lines = [*code(3), "# TODO: sweep up", "# TODO(#12): lock up"]
    commit_files(tmp_path, {"src/a.py": "\n".join(lines) + "\n"})
    return tmp_path


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run python with what is installed there beside our own."""
    env = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)


def check(installed: Path, repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(installed, "-m", "bot", "check", "--repo", str(repository), "--base", "main", *arguments)


def results(finished: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {one["rule"]: one for one in json.loads(finished.stdout)["rules"]}


def broken_beside(package: Path, folder: Path, name: str, source: str) -> Path:
    """Install a second package beside the sound one."""
    shutil.copytree(package, folder)
    (folder / f"{name}.py").write_text(source)
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[andon.rules]\n{name} = {name}:Rule\n")
    return folder


def test_its_finding_appears_beside_those_of_our_rules(package: Path, shop: Path) -> None:
    finished = check(package, shop, "--format", "json")

    found = results(finished)
    assert (finished.returncode, finished.stderr) == (1, "")
    assert {name: one["outcome"] for name, one in found.items()} == {"small-diff": "pass", "tracked-todos": "found"}
    assert found["tracked-todos"]["facts"] == {"untracked": 1}
    [finding] = found["tracked-todos"]["findings"]
    assert (finding["path"], finding["start_line"]) == ("src/a.py", 4)


def test_a_wrong_option_of_it_is_an_error_with_line_and_column(package: Path, shop: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yml"
    policy.write_text("rules:\n  tracked-todos:\n    marker: [TODO]\n    allowed: -1\n")

    finished = check(package, shop, "--policy", str(policy))

    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.splitlines() == [
        f'andon: {policy}:3:5: rules.tracked-todos.marker: no such option. Did you mean "markers"?',
        f"{policy}:4:14: rules.tracked-todos.allowed: should be at least 0, got -1.",
    ]


def test_the_options_that_every_rule_takes_are_its_own_too(package: Path, shop: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yml"
    policy.write_text("rules: {tracked-todos: {mode: block, paths: ['!src/**']}}\n")

    finished = check(package, shop, "--policy", str(policy), "--format", "json")

    assert finished.returncode == 0
    assert results(finished)["tracked-todos"]["outcome"] == "not-applicable"


def test_it_is_part_of_the_preset_and_is_explained(package: Path, shop: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yml"
    policy.write_text("extends: andon:recommended\n")

    finished = check(package, shop, "--policy", str(policy), "--format", "json")
    explained = run(package, "-m", "bot", "explain", "tracked-todos")

    assert results(finished)["tracked-todos"]["mode"] == "warn"
    assert "- allowed (0): How many lines without an issue are let pass." in explained.stdout.splitlines()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import no_such_library\n", "ModuleNotFoundError: No module named 'no_such_library'."),
        ("Rule = 'nonsense'\n", "`offers:Rule` is no class made from `rules.engine.rule.Rule`."),
    ],
    ids=["cannot be imported", "declares nonsense"],
)
def test_a_broken_package_is_named_and_takes_no_other_rule_down(
    package: Path, shop: Path, tmp_path: Path, source: str, why: str
) -> None:
    installed = broken_beside(package, tmp_path / "both", "offers", source)
    policy = tmp_path / "policy.yml"
    policy.write_text("rules: {offers: hold}\n")

    finished = check(installed, shop, "--format", "json")
    listed = check(installed, shop, "--policy", str(policy))
    explained = run(installed, "-m", "bot", "explain", "offers")

    said = f"the rule `offers` of the package `offers` cannot be used: {why}"
    assert finished.stderr == f"andon: {said}\n"
    assert set(results(finished)) == {"small-diff", "tracked-todos"}
    assert (listed.returncode, listed.stderr) == (2, f"andon: {said}\nandon: {policy}:1:9: rules.offers: {said}\n")
    assert (explained.returncode, explained.stderr) == (2, f"andon: {said}\n")


def test_its_own_tests_pass(package: Path) -> None:
    finished = run(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(EXAMPLE))

    assert "10 passed" in finished.stdout
