"""The GitHub Action: its shape by the published schemas, and its scripts in a real bash as the runner starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factories import code, commit_files, git
from tests.workflow_runs import EXAMPLES

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, CHECK = ACTION["runs"]["steps"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "work space"
    path.mkdir()
    git(path, "init", "-q")
    commit_files(path, {"README.md": "# Shop\n"}, "Begin")
    git(path, "switch", "-qc", "feature")
    return path


@pytest.fixture
def runner(tmp_path: Path, workspace: Path) -> dict[str, str]:
    temporary = tmp_path / "temp"
    temporary.mkdir()
    (temporary / "andon").symlink_to(BIN.parent)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(temporary),
    }


def given(**inputs: str) -> dict[str, str]:
    """Fill in the step's variables as the runner does, for these inputs."""
    assert set(inputs) <= set(ACTION["inputs"])
    return {f"ANDON_{name.upper()}": inputs.get(name, "") for name in ACTION["inputs"]}


def run(step: Mapping[str, Any], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    script = Path(environment["RUNNER_TEMP"]) / "script.sh"
    script.write_text(step["run"], encoding="utf-8")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
        cwd=environment["GITHUB_WORKSPACE"],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-actions", [ROOT / "action.yml"]),
        ("vendor.github-workflows", sorted((EXAMPLES / "github-actions").glob("*.yml"))),
    ],
)
def test_the_published_schema_takes_it(schema: str, files: list[Path]) -> None:
    checked = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", schema, *files], capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout


@pytest.mark.parametrize("step", [INSTALL, CHECK], ids=["install", "check"])
def test_shellcheck_has_nothing_to_say(step: Mapping[str, Any]) -> None:
    checked = subprocess.run(
        [BIN / "shellcheck", "--shell=bash", "--enable=all", "--exclude=SC2250,SC2154,SC2292", "-"],
        input=step["run"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stdout == ""


def test_nothing_from_outside_stands_in_a_script() -> None:
    assert [step["name"] for step in (INSTALL, CHECK) if "${{" in step["run"]] == []
    assert set(CHECK["env"]) == set(given())


def test_a_small_change_passes(workspace: Path, runner: dict[str, str]) -> None:
    head = commit_files(workspace, {"a.sh": "\n".join(code(3)) + "\n"})

    done = run(CHECK, {**runner, **given(base="main", head=head)})

    assert done.returncode == 0, done.stderr
    assert "✅ Passed" in done.stdout.splitlines()


def test_a_large_change_fails_the_job_with_annotations_and_sarif(workspace: Path, runner: dict[str, str]) -> None:
    head = commit_files(workspace, {"a.sh": "\n".join(code(612)) + "\n"})
    written = Path(runner["RUNNER_TEMP"]) / "andon.sarif"

    done = run(CHECK, {**runner, **given(base="main", head=head, sarif=str(written))})

    assert done.returncode == 1
    assert "::warning title=andon%3A small-diff,file=a.sh,line=1,endLine=612::" in done.stdout
    assert '"ruleId": "small-diff"' in written.read_text(encoding="utf-8")


def test_a_base_that_was_not_fetched_is_said_in_an_annotation(runner: dict[str, str]) -> None:
    missing = "1" * 40

    done = run(CHECK, {**runner, **given(base=missing, head="HEAD", sarif=os.devnull)})

    assert done.returncode == 2
    assert done.stdout.startswith("::error title=andon::")
    assert missing in done.stdout


def test_an_input_is_never_an_option(runner: dict[str, str]) -> None:
    done = run(CHECK, {**runner, **given(base="--format", head="--help")})

    assert done.returncode == 2
    assert "Usage" not in done.stdout


def test_nothing_of_the_pull_request_is_run_while_it_is_installed(workspace: Path, runner: dict[str, str]) -> None:
    (Path(runner["RUNNER_TEMP"]) / "andon").unlink()
    for name in ("venv", "ensurepip", "pip", "sitecustomize", "os"):
        (workspace / f"{name}.py").write_text("open('was-run', 'w')\n", encoding="utf-8")
    python = Path(runner["RUNNER_TEMP"]) / "bin"
    python.mkdir()
    (python / "python3").symlink_to(Path(sys.executable).resolve())

    path = f"{python}{os.pathsep}{runner['PATH']}"
    done = run(INSTALL, {**runner, "PATH": path, "PIP_NO_INDEX": "1"})

    assert done.returncode == 1
    assert "No matching distribution found" in done.stderr
    assert not (workspace / "was-run").exists()
