"""`andon backtest` as people and programs run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.backtest.schema import backtest_schema
from tests.backtest.histories import SIZE_ALONE, begun, growing
from tests.factories import commit_files, git

SCHEMA = jsonschema_rs.Draft202012Validator(backtest_schema())
VOID = frozenset(("meta", "br", "use", "path"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    directory = begun(tmp_path / "shop")
    shas = growing(directory)
    git(directory, "revert", "--no-edit", shas[7])
    return directory


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yml"
    file.write_text(SIZE_ALONE)
    return file


def backtest(repository: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["backtest", "--repo", str(repository), *map(str, arguments)])


def test_people_read_tables_of_eighty_columns(repository: Path, policy: Path) -> None:
    result = backtest(repository, "--policy", policy)

    said = result.stdout.splitlines()
    assert result.exit_code == 0
    assert max(map(len, said)) <= 80
    assert "  passed 7 (64 %), held 4 (36 %)" in said
    assert "  small-diff  hold         4       0     4 shown     4 held     4 blocked" in said
    assert "  effective lines          50       80       90      100      100" in said
    assert "Reverted later: 1 (9.1 %)" in said
    assert "      found by small-diff" in said


def test_a_long_title_and_a_hostile_one_keep_to_the_table(repository: Path) -> None:
    commit_files(
        repository, {"big.sh": "\n".join(f"call_{n}(x)" for n in range(900)) + "\n"}, f"\x1b[31m{'long ' * 40}"
    )

    said = backtest(repository, "--rules", "small-diff").stdout

    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 80


def test_programs_read_json_of_the_published_shape(repository: Path, policy: Path) -> None:
    result = backtest(repository, "--policy", policy, "--format", "json")

    told = json.loads(result.stdout)
    SCHEMA.validate(told)
    assert (result.exit_code, told["repository"], told["changes"]) == (0, "shop", 11)
    assert told["newest"] == git(repository, "rev-parse", "HEAD").decode().strip()
    counted = [(row["up_to"], row["changes"], row["reverted"]) for row in told["histogram"] if row["changes"]]
    assert counted == [(10, 1, 0), (25, 1, 0), (50, 3, 0), (100, 5, 1)]


def test_a_repository_with_its_first_commit_alone_has_nothing_to_judge(tmp_path: Path) -> None:
    result = backtest(begun(tmp_path / "new"), "--format", "json")

    told = json.loads(result.stdout)
    SCHEMA.validate(told)
    assert (result.exit_code, told["changes"], len(told["left_out"])) == (0, 0, 1)
    assert backtest(tmp_path / "new").stdout.startswith("new: nothing landed that can be judged.")


def test_its_own_process_prints_no_progress_where_nobody_looks(repository: Path) -> None:
    command = (sys.executable, "-m", "bot", "backtest", "--repo", str(repository), "--last", "3")

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "3 changes that landed" in done.stdout


def test_at_a_terminal_it_shows_how_far_it_is(repository: Path) -> None:
    ours, theirs = os.openpty()
    command = (sys.executable, "-m", "bot", "backtest", "--repo", str(repository), "--rules", "small-diff")

    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)

    assert done.returncode == 0
    assert "judging" in shown
    assert "11/11" in shown


def test_a_report_without_what_draws_it_says_what_to_install(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bot.backtest.report", "bot.backtest.plots"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    result = backtest(repository, "--html", tmp_path / "report.html")

    assert result.exit_code == 2
    assert "install andon[report]" in result.stderr
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rev", "nowhere"], "no such revision"),
        (["--policy", "missing.yml"], "missing.yml cannot be read"),
        (["--rules", "small-dif"], "no such rule: small-dif"),
        (["--last", "3", "--since", "90d"], "give one of them"),
        (["--since", "yesterday"], "write a time such as"),
        (["--last", "0"], "0 is not in the range"),
        (["--html", "/nowhere/report.html"], "/nowhere/report.html cannot be written"),
    ],
)
def test_what_cannot_be_done_exits_2_and_says_why(repository: Path, arguments: list[str], words: str) -> None:
    result = backtest(repository, *arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_a_directory_without_a_repository_exits_2(tmp_path: Path) -> None:
    result = backtest(tmp_path)

    assert result.exit_code == 2
    assert "is not a git repository" in result.stderr


def test_the_repositorys_own_policy_counts_where_none_is_named(repository: Path) -> None:
    commit_files(repository, {".github/andon.yml": "rules: {small-diff: {max-lines: 30}}"})

    (policy,) = json.loads(backtest(repository, "--format", "json").stdout)["policies"]

    assert (policy["policy"], policy["stopped"]["n"]) == (".github/andon.yml", 7)


class _Page(HTMLParser):
    """Reads what matters of a page: its elements, and that all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def test_the_report_is_one_page_without_a_network_whose_plots_are_told_in_words(
    repository: Path, tmp_path: Path
) -> None:
    commit_files(repository, {"x.sh": "run_it(argument)\n"}, "<script>alert(1)</script> & co")
    file = tmp_path / "report.html"

    result = backtest(repository, "--html", file)

    text = file.read_text("utf-8")
    page = _Page(text)
    assert (result.exit_code, page.open) == (0, [])
    assert [one["aria-label"] for one in page.all("svg")][1].startswith("Changes by size. 1–10 lines: 2;")  # type: ignore[union-attr]
    assert len(page.all("svg")) == 3  # of one that was reverted no plot is drawn
    assert len(page.all("caption")) >= 4
    assert not page.all("script")
    assert "prefers-color-scheme: dark" in text
    assert "var(--main)" in text
    assert not [value for _, given in page.seen for name, value in given.items() if name in ("src", "href") and value]
    names = [given["id"] for _, given in page.seen if "id" in given]
    assert len(names) == len(set(names))


def test_help_shows_an_example(repository: Path) -> None:
    assert "Example: andon backtest --since 90d" in backtest(repository, "--help").stdout


STANDING_STILL = """
import sys
from pathlib import Path
from bot.backtest import running
from bot.backtest.asked import side_by_side
from rules.engine.policy import recommended

def stand_still(done, total):
    if done:
        print("judged", flush=True)
        sys.stdin.read()

if __name__ == "__main__":
    running._WORTH, asked = 1, side_by_side([recommended()], ["small-diff"])
    running.judged_history(Path(sys.argv[1]), running.Range(last=9), asked, stand_still, 2)
"""


def test_no_process_outlives_one_that_is_killed(repository: Path, tmp_path: Path) -> None:
    (script := tmp_path / "standing_still.py").write_text(STANDING_STILL)
    command = (sys.executable, str(script), str(repository))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "judged\n"

        process.kill()

        said, _ = process.communicate(timeout=60)  # which ends when the last that could write has ended
    assert said == ""
