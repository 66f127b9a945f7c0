"""Histories judged whole: sizes known by hand, odd commits, and the same answers as `andon check`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.backtest.asked import Judged, side_by_side
from bot.backtest.folding import History, summed_up
from bot.backtest.running import Range, judged_history
from bot.commands.check import Asked, verdict_of
from bot.git.history import MISSING
from rules.engine.policy import read_policy, recommended
from rules.engine.result import Conclusion
from tests.backtest.histories import begun, growing, judged, lines
from tests.factories import commit_files, git

FIRST_COMMIT = "nothing before it is here: the first commit, or the end of a shallow clone"


def told(history: History) -> dict[str, Any]:
    """Give the sums, whose shape the schema holds."""
    return summed_up(history)


def left_out(directory: Path) -> list[tuple[str, str]]:
    return [(one.sha, one.why) for one in judged(directory).left_out]


def test_percentiles_are_values_that_occurred_and_limits_there_stop_what_is_larger(tmp_path: Path) -> None:
    growing(begun(tmp_path))

    sizes = told(judged(tmp_path))["sizes"]

    assert sizes["effective_lines"] == {"p50": 50, "p75": 80, "p90": 90, "p95": 100, "max": 100, "of": 10}
    assert sizes["files"] == {"p50": 1, "p75": 1, "p90": 1, "p95": 1, "max": 1, "of": 10}
    assert [(one["percentile"], one["max_lines"], one["over"]["n"]) for one in sizes["limits"]] == [
        (50, 50, 5),
        (75, 80, 2),
        (90, 90, 1),
        (95, 100, 0),
    ]


def test_each_mode_says_what_it_would_have_stopped(tmp_path: Path) -> None:
    growing(begun(tmp_path))

    (policy,) = told(judged(tmp_path))["policies"]

    (rule,) = policy["rules"]
    assert policy["conclusions"] == {"passed": 6, "warned": 0, "held": 4, "blocked": 0, "undecided": 0}
    assert policy["stopped"] == {"n": 4, "of": 10}
    assert rule["would"] == {
        "warn": {"shown": 4},
        "hold": {"held": 4, "undecided": 0},
        "block": {"blocked": 4, "held": 0, "undecided": 0},
    }
    assert [one["effective_lines"] for one in rule["examples"]] == [100, 90, 80, 70]


def test_policies_stand_side_by_side_and_equal_rules_are_asked_once(tmp_path: Path) -> None:
    growing(begun(tmp_path))
    texts = {
        "a": "rules: {small-diff: {mode: hold, max-lines: 60}}",
        "b": "rules: {small-diff: {mode: block, max-lines: 60}}",
        "c": "rules: {small-diff: {mode: warn, max-lines: 20}, pairing: off}",
    }
    asked = side_by_side([read_policy(text, name) for name, text in texts.items()])

    policies = told(judged_history(tmp_path, Range(), asked, lambda _done, _total: None, 1))["policies"]

    assert len(asked.listed) == 2
    stopped = [
        (one["policy"], one["stopped"]["n"], {name: n for name, n in one["conclusions"].items() if n})
        for one in policies
    ]
    assert stopped == [
        ("a", 4, {"passed": 6, "held": 4}),
        ("b", 4, {"passed": 6, "blocked": 4}),
        ("c", 0, {"passed": 2, "warned": 8}),
    ]


def test_what_was_reverted_is_held_against_all(tmp_path: Path) -> None:
    shas = growing(begun(tmp_path))
    git(tmp_path, "revert", "--no-edit", shas[6])
    undo = git(tmp_path, "rev-parse", "HEAD").decode().strip()

    reverts = told(judged(tmp_path))["reverts"]

    assert (reverts["found"], reverts["elsewhere"]) == (1, 0)
    assert reverts["sizes"]["reverted"]["p50"] == 70
    assert reverts["sizes"]["all"]["of"] == 10  # of the revert itself no size counts
    (one,) = reverts["reverted"]
    assert (one["commit"], one["by"], one["title"], one["effective_lines"]) == (shas[6], undo, "Add 7", 70)
    assert one["stopped_by"] == [{"policy": "policy.yml", "rules": ["small-diff"]}]


def test_a_merge_is_one_change_with_all_that_its_branch_brought(tmp_path: Path) -> None:
    begun(tmp_path)
    git(tmp_path, "switch", "-qc", "feature")
    commit_files(tmp_path, {"a.sh": lines(30)}, "One")
    commit_files(tmp_path, {"b.sh": lines(40, 500)}, "Two\n\nCo-authored-by: Bob <bob@example.org>")
    git(tmp_path, "switch", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "Merge pull request #3 from ada/feature", "feature")
    policy = "rules: {small-diff: {max-lines: 60}, pairing: hold}"

    history = judged(tmp_path, policy)

    assert [(one.lines, one.files, one.conclusions, one.pair) for one in history.judged] == [
        (70, 2, (Conclusion.HELD,), True)
    ]
    assert [why for _, why in left_out(tmp_path)] == [FIRST_COMMIT]


def test_an_octopus_merge_is_held_against_its_first_parent(tmp_path: Path) -> None:
    begun(tmp_path)
    for number, name in enumerate(("one", "two", "three")):
        git(tmp_path, "switch", "-qc", name, "main")
        commit_files(tmp_path, {f"{name}.sh": lines(10, 100 * number)}, name)
    git(tmp_path, "switch", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "All three", "one", "two", "three")

    (merge,) = judged(tmp_path).judged

    assert (merge.lines, merge.files) == (30, 3)


def test_the_first_commit_and_empty_ones_are_left_out_and_named(tmp_path: Path) -> None:
    begun(tmp_path)
    first = git(tmp_path, "rev-parse", "HEAD").decode().strip()
    empty = commit_files(tmp_path, {}, "Nothing")
    commit_files(tmp_path, {"a.sh": lines(5)})

    assert left_out(tmp_path) == [(empty, "it changes nothing"), (first, FIRST_COMMIT)]


def test_a_message_cannot_pass_for_the_next_commit(tmp_path: Path) -> None:
    begun(tmp_path)
    commit_files(tmp_path, {"a.sh": lines(5)}, f"Odd\n\n\x01{'a' * 40}\n\ndiff --git a/x b/x\n")
    commit_files(tmp_path, {"b.sh": f"x\n\x01{'b' * 40}\ndiff --git a/x b/x\n"}, "Content")

    assert [one.lines for one in judged(tmp_path).judged] == [3, 5]


def test_names_that_are_not_utf_8_are_judged_like_others(tmp_path: Path) -> None:
    begun(tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.sh")).write_text(lines(7))
    commit_files(tmp_path, {'a "b"\t.sh': lines(4, 50)}, "Odd names")

    (one,) = judged(tmp_path, "rules: {small-diff: hold, required-tests: hold}").judged

    assert (one.lines, one.files) == (11, 2)


def test_a_commit_whose_objects_are_missing_is_named_and_all_others_are_judged(tmp_path: Path) -> None:
    shas = growing(begun(tmp_path))
    blob = git(tmp_path, "rev-parse", f"{shas[4]}:src/m5.sh").decode().strip()
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    history = judged(tmp_path)

    assert sorted(one.lines or 0 for one in history.judged) == [10, 20, 30, 40, 60, 70, 80, 90, 100]
    assert [one.sha for one in history.judged] == [sha for sha in reversed(shas) if sha != shas[4]]
    (missing, _) = history.left_out
    assert missing.sha == shas[4]
    assert missing.why == MISSING


def test_two_missing_neighbours_and_the_newest_are_survived(tmp_path: Path) -> None:
    shas = growing(begun(tmp_path))
    for number in (3, 4, 10):
        blob = git(tmp_path, "rev-parse", f"{shas[number - 1]}:src/m{number}.sh").decode().strip()
        (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    history = judged(tmp_path)

    assert sorted(one.lines or 0 for one in history.judged) == [10, 20, 50, 60, 70, 80, 90]
    assert [one.sha for one in history.left_out][:-1] == [shas[9], shas[3], shas[2]]


def test_the_end_of_a_shallow_clone_is_no_change_of_a_thousand_files(tmp_path: Path) -> None:
    shas = growing(begun(tmp_path / "whole"))
    git(tmp_path, "clone", "-q", "--depth", "3", f"file://{tmp_path}/whole", "shallow")

    history = judged(tmp_path / "shallow")

    assert [one.lines for one in history.judged] == [100, 90]
    assert [(one.sha, one.why) for one in history.left_out] == [(shas[7], FIRST_COMMIT)]


def test_a_range_by_time_ends_with_the_last_that_landed_in_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for day, size in (("2023-12-01", 9), ("2024-01-01", 3), ("2024-02-01", 4), ("2024-03-01", 5)):
        commit_files(tmp_path, {f"{day}.sh": lines(size, size * 100)}, day)
        dated = os.environ | {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_CONFIG_GLOBAL": os.devnull}
        person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        subprocess.run(["git", *person, "commit", "-q", "--amend", "--no-edit"], cwd=tmp_path, env=dated, check=True)
    asked = side_by_side([recommended()], ["small-diff"])

    found = judged_history(tmp_path, Range(since=1_706_000_000), asked, lambda _done, _total: None)

    assert [one.lines for one in found.judged] == [5, 4]
    assert found.left_out == []


@pytest.fixture
def varied(tmp_path: Path) -> Path:
    """A history in which most things happen that a verdict may hang on."""
    begun(tmp_path)
    pay = "def pay(cart):\n    return settle(cart)\n"
    commit_files(tmp_path, {"src/pay.py": pay, "tests/test_pay.py": "def test_pay():\n    assert pay(1)\n"}, "Pay")
    commit_files(tmp_path, {"src/refund.py": "def refund(cart):\n    return cart.total\n"}, "Refund")
    big = commit_files(tmp_path, {"src/big.py": lines(500)}, "Big")
    commit_files(tmp_path, {"gen/api.py": lines(700, 5000), ".gitattributes": "gen/** linguist-generated\n"}, "Mark")
    commit_files(tmp_path, {"gen/more.py": lines(700, 9000)}, "Generated")
    git(tmp_path, "mv", "src/pay.py", "src/paying.py")
    commit_files(tmp_path, {"src/paying.py": pay.replace("settle", "charge")}, "Rename and change")
    commit_files(tmp_path, {"tests/test_pay.py": None}, "Drop the test")
    git(tmp_path, "revert", "--no-edit", big)
    stock = "def stock(shop):\n    return shop.count + 1\n"
    commit_files(tmp_path, {"src/stock.py": stock, "tests/counting.py": "def check():\n    assert stock(1)\n"}, "Stock")
    git(tmp_path, "mv", "tests/counting.py", "tests/test_stock.py")
    commit_files(tmp_path, {"src/stock.py": stock.replace("+ 1", "+ 2")}, "A test by its name, with its source")
    git(tmp_path, "switch", "-qc", "feature")
    flagged = (
        "import flags\n\ndef login(user):\n    if flags.is_on('sso'):\n        return sso(user)\n    return form()\n"
    )
    commit_files(tmp_path, {"src/auth/login.py": flagged}, "Login\n\nCo-authored-by: Bob <bob@example.org>")
    commit_files(tmp_path, {"docs/a.md": "# A\n", "requirements.txt": "a==1\n"}, "Docs")
    git(tmp_path, "switch", "-q", "main")
    commit_files(tmp_path, {"requirements.txt": "b==2\n"}, "Pin")
    git(tmp_path, "merge", "-q", "--no-ff", "-X", "ours", "-m", "Merge pull request #9 from ada/feature", "feature")
    return tmp_path


def test_every_change_is_judged_as_check_judges_it_against_its_first_parent(varied: Path) -> None:
    history = judged_history(varied, Range(), side_by_side([recommended()]), lambda _done, _total: None, 1)

    assert len(history.judged) == 12
    for one in history.judged:
        verdict = verdict_of(Asked(varied, f"{one.sha}^1", one.sha))
        assert (one.kind, one.outcomes, one.conclusions) == (
            verdict.kind.value,
            tuple(result.outcome for result in verdict.results),
            (verdict.conclusion,),
        )
    assert {one.kind for one in history.judged} >= {"change", "generated", "revert"}
    assert len({one.conclusions for one in history.judged}) > 1


def test_processes_beside_each_other_say_the_same_in_the_same_order(
    varied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = judged(varied, "extends: andon:recommended")
    monkeypatch.setattr("bot.backtest.running._WORTH", 1)
    monkeypatch.setattr("bot.backtest.running._AT_ONCE", 2)

    beside = judged(varied, "extends: andon:recommended", cores=2)

    assert beside.judged == alone.judged
    assert all(isinstance(one, Judged) for one in beside.judged)
