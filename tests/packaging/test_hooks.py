"""The hook for pre-commit: pre-commit itself takes its manifest, installs it and runs it before a push."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.factories import code, commit_files, git

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
(HOOK,) = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a clone whose pushes ask the hook; it is the manifest's, in the environment that stands here already."""
    origin, path = tmp_path / "origin.git", tmp_path / "clone"
    origin.mkdir()
    path.mkdir()
    git(origin, "init", "-q", "--bare")
    git(path, "init", "-q")
    here = {**HOOK, "language": "system", "args": ["--base", "origin/main"]}
    config = yaml.safe_dump({"repos": [{"repo": "local", "hooks": [here]}]})
    commit_files(path, {".pre-commit-config.yaml": config}, "Begin")
    git(path, "remote", "add", "origin", str(origin))
    git(path, "push", "-q", "origin", "main")
    run(path, BIN / "pre-commit", "install", "--hook-type", "pre-push")
    git(path, "switch", "-qc", "feature")
    return path


def run(directory: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(directory.parent),
        "PRE_COMMIT_HOME": str(directory.parent / "cache"),
        "COLUMNS": "100",
    }
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


def test_pre_commit_takes_the_manifest() -> None:
    done = run(ROOT, BIN / "pre-commit", "validate-manifest", MANIFEST)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_large_branch_is_not_pushed_and_the_reason_is_said(clone: Path) -> None:
    commit_files(clone, {"a.sh": "\n".join(code(612)) + "\n"})

    done = run(clone, "git", "push", "origin", "feature")

    assert done.returncode != 0
    assert "612 effective lines" in done.stdout + done.stderr
    assert "feature" not in git(clone, "ls-remote", "--heads", "origin").decode()


def test_a_small_branch_is_pushed(clone: Path) -> None:
    commit_files(clone, {"a.sh": "\n".join(code(3)) + "\n"})

    done = run(clone, "git", "push", "origin", "feature")

    assert done.returncode == 0, done.stderr
    assert "refs/heads/feature" in git(clone, "ls-remote", "--heads", "origin").decode()


def test_what_is_pushed_is_judged_and_not_what_is_checked_out(clone: Path) -> None:
    commit_files(clone, {"a.sh": "\n".join(code(612)) + "\n"})
    git(clone, "switch", "-q", "main")

    done = run(clone, "git", "push", "origin", "feature")

    assert done.returncode != 0
    assert "612 effective lines" in done.stdout + done.stderr
