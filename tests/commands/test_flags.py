"""`andon flags`: which flags the code asks for, where, and since when."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from tests.factories import commit_files, git

POLICY = 'rules: {flag-wrapped: {flags: ["features.has"]}}\n'
CHECKOUT = "from shop import features\n\ndef pay(cart):\n    if features.has('new-checkout'):\n        settle(cart)\n"
REFUND = "from shop import features\n\ndef refund(cart):\n    return features.has('refunds')\n"


def commit_at(directory: Path, files: dict[str, str], day: str) -> None:
    """Commit files on a day, as git log tells it."""
    commit_files(directory, files)
    dated = os.environ | {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_CONFIG_GLOBAL": os.devnull}
    person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *person, "commit", "-q", "--amend", "--no-edit"], cwd=directory, env=dated, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    commit_at(tmp_path, {".github/andon.yml": POLICY, "src/pay.py": CHECKOUT}, "2020-01-05")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    more = CHECKOUT + "\ndef late(cart):\n    return features.has('new-checkout')\n"
    commit_at(tmp_path, {"src/pay.py": more, "src/refund.py": REFUND, "tests/test_refund.py": REFUND}, today)
    return tmp_path


def flags(repository: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["flags", "--repo", str(repository), *arguments])


def test_each_flag_is_listed_with_its_age_and_every_place_that_asks_for_it(repository: Path) -> None:
    result = flags(repository, "--format", "json")

    found = json.loads(result.stdout)["flags"]
    assert result.exit_code == 0
    assert [(one["key"], one["places"], one["stale"]) for one in found] == [
        ("new-checkout", ["src/pay.py:4", "src/pay.py:8"], True),
        ("refunds", ["src/refund.py:4"], False),
    ]
    assert time.strftime("%Y-%m-%d", time.gmtime(found[0]["first_seen"])) == "2020-01-05"


def test_people_read_a_line_for_each_flag_the_oldest_first(repository: Path) -> None:
    first, second = flags(repository).stdout.splitlines()

    assert first == "2020-01-05  stale  new-checkout  src/pay.py:4, src/pay.py:8"
    assert second.split() == [time.strftime("%Y-%m-%d", time.gmtime()), "refunds", "src/refund.py:4"]


def test_stale_ones_alone_by_an_age_of_ones_own(repository: Path) -> None:
    assert [line.split()[2] for line in flags(repository, "--stale").stdout.splitlines()] == ["new-checkout"]
    assert "No flag" in flags(repository, "--stale", "--stale-after", "99999d").stdout


def test_the_policy_says_when_a_flag_is_stale_and_the_command_line_says_otherwise(repository: Path) -> None:
    policy = 'rules: {flag-wrapped: {flags: ["features.has"], stale-after: 9999d}}\n'
    commit_at(repository, {".github/andon.yml": policy}, "2020-01-06")

    by_policy = json.loads(flags(repository, "--format", "json").stdout)["flags"]
    by_hand = json.loads(flags(repository, "--format", "json", "--stale-after", "1d").stdout)["flags"]

    assert [(one["key"], one["stale"]) for one in by_policy] == [("new-checkout", False), ("refunds", False)]
    assert [(one["key"], one["stale"]) for one in by_hand] == [("new-checkout", True), ("refunds", False)]


def test_a_commit_of_the_past_is_read_as_it_was(repository: Path) -> None:
    found = json.loads(flags(repository, "--rev", "HEAD~1", "--format", "json").stdout)["flags"]

    assert [(one["key"], one["places"]) for one in found] == [("new-checkout", ["src/pay.py:4"])]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rev", "nowhere"), "no such revision"),
        (("--policy", "missing.yml"), "missing.yml cannot be read"),
        (("--stale-after", "two months"), "should be a duration such as 90s, 15m, 2h or 60d, got 'two months'"),
    ],
)
def test_what_cannot_be_read_is_said_and_exits_2(repository: Path, arguments: tuple[str, ...], said: str) -> None:
    result = flags(repository, *arguments)

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_directory_without_git_is_said(tmp_path: Path) -> None:
    result = flags(tmp_path)

    assert (result.exit_code, "is not a git repository" in result.stderr) == (2, True)
