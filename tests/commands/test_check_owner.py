"""`andon check` where a policy builds on its owner's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from tests.factories import code, commit_files, git

OWNERS = "rules: {small-diff: {mode: block, max-lines: 2}}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    commit_files(tmp_path, {"README.md": "# Shop\n"})
    return tmp_path


def check(repository: Path, policy: str | None, *arguments: str) -> Result:
    if policy is not None:
        commit_files(repository, {".github/andon.yml": policy})
    git(repository, "switch", "-qc", "feature")
    commit_files(repository, {"a.py": "\n".join(code(5)) + "\n"})
    return CliRunner().invoke(main, ["check", "--repo", str(repository), "--format", "json", *arguments])


@pytest.mark.parametrize("policy", [None, "extends: owner"])
def test_the_owners_policy_may_be_given_as_a_file(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, policy: str | None
) -> None:
    owners = tmp_path_factory.mktemp("owner") / "andon.yml"
    owners.write_text(OWNERS)

    finished = check(repository, policy, "--owner-policy", str(owners))

    told = json.loads(finished.stdout)
    assert (finished.exit_code, told["conclusion"], told["policy"].endswith(str(owners))) == (1, "blocked", True)


def test_without_it_a_policy_that_builds_on_it_is_an_error(repository: Path) -> None:
    finished = check(repository, "extends: owner")

    assert (finished.exit_code, finished.stdout) == (2, "")
    assert finished.stderr.startswith("andon: .github/andon.yml:1:10: extends: there is no owner's policy here")


def test_one_that_cannot_be_read_is_an_error(repository: Path) -> None:
    finished = check(repository, None, "--owner-policy", str(repository / "none.yml"))

    assert (finished.exit_code, finished.stdout) == (2, "")
    assert "none.yml cannot be read: No such file" in finished.stderr
