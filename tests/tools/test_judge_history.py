"""What andon says of a whole history, summed up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.factories import code, commit_files, git
from tools.history_summary import Judged, is_sound, percentile, summary_of
from tools.judge_history import main

TAX = "def vat(price):\n    return price * 0.2\n"
TAX_TEST = "from tax import vat\n\n\ndef test_vat():\n    assert vat(10) == 2\n"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    where = tmp_path / "shop"
    where.mkdir()
    git(where, "init", "-q")
    commit_files(where, {"README.md": "# Shop\n"})
    commit_files(where, {"README.md": "# The shop\n"})
    commit_files(where, {"tax.py": TAX})
    commit_files(where, {"tax.py": "\n".join(code(420)) + "\n", "tests/test_tax.py": TAX_TEST})
    return where


def judge(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_every_commit_that_has_a_parent_is_judged_and_counted(history: Path, tmp_path: Path) -> None:
    page = tmp_path / "measured" / "page.md"

    result = judge(history, "--write", page)
    (summary,) = json.loads(page.with_suffix(".json").read_text())

    assert result.exit_code == 0
    assert (summary["repository"], summary["commits"], summary["crashes"]) == ("shop", 3, [])
    assert summary["kinds"] == {"change": 2, "docs": 1}
    assert summary["rules"]["required-tests"] == {
        "pass": 1, "found": 1, "waiting": 0, "unknown": 0, "not-applicable": 1
    }  # fmt: skip
    assert summary["raw_lines"] == {"p50": 2, "p90": 427, "share_above_limit": 0.3333}
    assert summary["effective_lines"]["share_above_limit"] == 0.3333
    assert "| shop | 1 | 1 | 0 | 0 | 1 |" in page.read_text()


def test_a_repository_is_named_as_its_remote_is_and_a_policy_may_be_given(history: Path, tmp_path: Path) -> None:
    git(history, "remote", "add", "origin", "git@github.com:octo/shop.git")
    policy = tmp_path / "policy.yml"
    policy.write_text("rules: {small-diff: hold}\n")

    result = judge(history, "--policy", policy, "--verdicts", tmp_path, "--count", 1)
    (line,) = (tmp_path / "octo-shop.jsonl").read_text().splitlines()

    assert [rule["rule"] for rule in json.loads(line)["rules"]] == ["small-diff"]
    assert "tools.judge_history octo/shop --count 1 --policy policy.yml\n" in result.stdout
    assert "with the policy `policy.yml`" in result.stdout


def test_a_history_that_cannot_be_read_whole_says_so_and_breaks_nothing(history: Path, tmp_path: Path) -> None:
    gone = git(history, "rev-parse", "HEAD~1:tax.py").decode().strip()
    (history / ".git" / "objects" / gone[:2] / gone[2:]).unlink()

    result = judge(history, "--verdicts", tmp_path)
    lines = (tmp_path / "shop.jsonl").read_text().splitlines()

    assert result.exit_code == 0
    assert "- 2 times: fatal: unable to read …" in result.stdout
    assert [f"unable to read {gone}" in json.loads(line).get("failure", "") for line in lines] == [True, True, False]


def test_what_andon_cannot_do_ends_with_one_and_what_it_was_not_given_with_two(history: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text("rules: [small-diff]\n")

    broken = judge(history, "--policy", tmp_path / "wrong.yml", "--count", 1, "--verdicts", tmp_path)
    nothing = judge(history, "--policy", tmp_path / "nowhere.yml", "--count", 1)

    assert (broken.exit_code, nothing.exit_code) == (1, 2)
    assert json.loads((tmp_path / "shop.jsonl").read_text())["failure"].startswith("PolicyError: ")


VERDICT = {"kind": "change", "rules": [{"rule": "pairing", "outcome": "unknown", "facts": {}}]}


@pytest.mark.parametrize(
    ("one", "sound"),
    [
        pytest.param(Judged("a" * 40, 5, VERDICT, {"pairing": ["No list of `a`, 3 files."]}), True, id="with a cause"),
        pytest.param(Judged("a" * 40, 5, VERDICT, {}), False, id="unknown without a cause"),
        pytest.param(Judged("a" * 40, 5, None, {}, failure="KeyError: 1"), False, id="a crash"),
        pytest.param(
            Judged("a" * 40, 5, VERDICT, {"pairing": ["andon failed, not you: KeyError: 1"]}), False, id="a broken rule"
        ),
        pytest.param(Judged("a" * 40, 5, None, {}, unread="no such blob"), True, id="a commit that is not there"),
    ],
)
def test_a_history_is_sound_where_nothing_broke_and_all_that_is_unknown_is_explained(one: Judged, sound: bool) -> None:
    assert is_sound(summary_of("shop", [one])) is sound


def test_causes_are_counted_together_whatever_they_name() -> None:
    history = [
        Judged("a" * 40, 5, VERDICT, {"pairing": ["No list of `a.py`, 3 files."]}),
        Judged("b" * 40, 9, VERDICT, {"pairing": ["No list of `b.py`, 12 files."]}),
    ]

    assert summary_of("shop", history)["causes"] == {"pairing: No list of …, … files.": 2}


def test_a_percentile_is_a_number_of_the_list() -> None:
    assert [percentile(list(range(1, 11)), share) for share in (0, 0.5, 0.9, 1)] == [1, 5, 9, 10]
    assert percentile([], 0.5) == 0
