"""Histories that are unlike others: what is odd about a change is named, with the change."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.backtest.folding import History, summed_up
from bot.backtest.report import report
from bot.backtest.running import title_of
from bot.backtest.words import text
from bot.git.history import MISSING
from bot.git.objects import GitError
from tests.backtest.histories import begun, growing, judged, lines
from tests.factories import commit_files, git

DAY = 86_400


def odd(history: History) -> dict[str, list[str]]:
    return {one["what"].partition(":")[0].partition(",")[0]: one["commits"] for one in summed_up(history)["oddities"]}  # type: ignore[attr-defined]


def amended(directory: Path, *, when: str = "", message: bytes = b"") -> str:
    """Give the newest commit another date or message, byte for byte."""
    raw = git(directory, "cat-file", "commit", "HEAD")
    head, _, said = raw.partition(b"\n\n")
    lines_of = [line for line in head.split(b"\n") if not line.startswith(b"encoding")]
    if when:
        lines_of = [
            b" ".join((*line.split(b" ")[:-2], when.encode(), b"+0000")) if line.startswith(b"committer") else line
            for line in lines_of
        ]
    written = b"\n".join(lines_of) + b"\n\n" + (message or said)
    made = subprocess.run(
        ("git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"),
        cwd=directory,
        input=written,
        capture_output=True,
        check=True,
    )
    sha = made.stdout.decode().strip()
    git(directory, "update-ref", "HEAD", sha)
    return sha


@pytest.mark.parametrize("when", ["4102444800", "999999999999"])
def test_a_date_in_the_future_is_named_and_does_not_stretch_the_period(tmp_path: Path, when: str) -> None:
    begun(tmp_path)
    commit_files(tmp_path, {"a.sh": lines(5)}, "Now")
    commit_files(tmp_path, {"b.sh": lines(6, 100)}, "Later")
    later = amended(tmp_path, when=when)

    history = judged(tmp_path)

    assert [one.lines for one in history.judged] == [6, 5]
    assert odd(history) == {"dated in the future": [later]}
    assert summed_up(history)["until"] <= history.read_at + DAY  # type: ignore[operator]
    assert later[:12] in text(summed_up(history))
    assert later[:12] in report(summed_up(history))


def test_a_message_that_is_not_utf_8_is_judged_and_named(tmp_path: Path) -> None:
    begun(tmp_path)
    commit_files(tmp_path, {"a.sh": lines(5)}, "Plain")
    sha = amended(tmp_path, message=b"Caf\xe9 opens\n")

    history = judged(tmp_path)

    assert history.named[sha].title == "Caf\N{REPLACEMENT CHARACTER} opens"
    assert odd(history) == {"messages that are not UTF-8": [sha]}


def test_an_octopus_a_submodule_and_a_renamed_binary_are_named(tmp_path: Path) -> None:
    begun(tmp_path)
    (tmp_path / "logo.png").write_bytes(bytes(range(256)) * 4)
    picture = commit_files(tmp_path, {}, "Logo")
    git(tmp_path, "mv", "logo.png", "mark.png")
    (tmp_path / "mark.png").write_bytes(bytes(range(256)) * 4 + b"\0")
    renamed = commit_files(tmp_path, {}, "Rename the logo")
    for number, name in enumerate(("one", "two")):
        git(tmp_path, "switch", "-qc", name, "main")
        commit_files(tmp_path, {f"{name}.sh": lines(10, 100 * number)}, name)
    git(tmp_path, "switch", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "Both", "one", "two")
    merge = git(tmp_path, "rev-parse", "HEAD").decode().strip()
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{picture},vendored")
    git(tmp_path, "commit", "-q", "-m", "Bring a submodule")
    submodule = git(tmp_path, "rev-parse", "HEAD").decode().strip()

    assert odd(judged(tmp_path)) == {
        "merges of several branches at once": [merge],
        "with a submodule": [submodule],
        "with binary files": [renamed, picture],
    }


def test_a_clone_without_file_contents_is_one_cause_with_every_commit(tmp_path: Path) -> None:
    shas = growing(begun(tmp_path / "whole"))
    git(tmp_path / "whole", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{tmp_path}/whole", "partial")

    history = judged(tmp_path / "partial")
    said = text(summed_up(history))

    assert history.judged == []
    assert [one.sha for one in history.left_out if one.why == MISSING] == shas[::-1]
    assert f"  10: {MISSING}" in said.splitlines()
    assert f"<td>{MISSING}</td><td>10</td>" in report(summed_up(history))


def test_a_repository_without_a_commit_says_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")

    with pytest.raises(GitError, match="has no commits yet"):
        judged(tmp_path)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("Merge pull request #7 from ada/fix\n\nMend the cart\n\nMore", "Mend the cart (#7)"),
        ("Merge pull request #7 from ada/fix", "Merge pull request #7 from ada/fix"),
        ("Mend the cart (#7)\n\nMore", "Mend the cart (#7)"),
    ],
)
def test_a_merge_goes_by_the_title_of_its_pull_request(message: str, title: str) -> None:
    assert title_of(message) == title
