"""`andon check`: what it prints, how it exits, and how fast it starts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.commands.check import Asked, verdict_of
from bot.words.render import check_run
from rules.engine.known import known_rules
from rules.engine.policy import Policy
from tests.factories import code, commit_files, git
from tests.words.test_render import SEEN

HERE = Path(__file__).parents[2]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    commit_files(tmp_path, {"README.md": "# Shop\n"}, "Begin")
    git(tmp_path, "switch", "-qc", "feature")
    return tmp_path


def check(repository: Path, *arguments: str, columns: int = 240) -> Result:
    asked = ["check", "--repo", str(repository), *arguments]
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(main, asked)


def lines(count: int) -> str:
    return "\n".join(code(count)) + "\n"


def test_a_small_change_passes_and_the_json_has_exactly_the_agreed_keys(repository: Path) -> None:
    base = git(repository, "rev-parse", "main").decode().strip()
    head = commit_files(repository, {"a.sh": lines(3)})

    result = check(repository, "--base", "main", "--head", "HEAD", "--format", "json")
    answer = json.loads(result.stdout)
    (rule,) = (one for one in answer["rules"] if one["rule"] == "small-diff")

    assert result.exit_code == 0
    assert {key: value for key, value in answer.items() if key != "rules"} == {
        "conclusion": "passed",
        "base": base,
        "head": head,
        "policy": "andon:recommended",
        "kind": "change",
    }
    assert rule == {
        "rule": "small-diff",
        "mode": "hold",
        "outcome": "pass",
        "facts": {
            "effective_lines": 3,
            "raw_added": 3,
            "raw_deleted": 0,
            "files": 1,
            "moved_lines": 0,
            "excluded": {},
            "parts": [],
        },
        "findings": [],
    }


def test_a_large_change_is_held_and_the_findings_say_where(repository: Path) -> None:
    commit_files(repository, {"src/a.py": lines(612)})

    result = check(repository, "--format", "json")
    (rule,) = (one for one in json.loads(result.stdout)["rules"] if one["rule"] == "small-diff")

    assert result.exit_code == 1
    assert rule["findings"] == [
        {
            "message": "612 effective lines, 212 over the limit of 400. `src/` (612) is the largest part.",
            "path": None,
            "start_line": None,
            "end_line": None,
        },
        {
            "message": "`src/a.py` brings 612 of the 612 effective lines; this is its largest block.",
            "path": "src/a.py",
            "start_line": 1,
            "end_line": 612,
        },
    ]


@pytest.mark.parametrize(
    ("mode", "code", "conclusion"),
    [
        ("off", 0, "passed"),
        ("observe", 0, "passed"),
        ("warn", 0, "warned"),
        ("hold", 1, "held"),
        ("block", 1, "blocked"),
    ],
)
def test_the_mode_decides_the_exit_code(repository: Path, mode: str, code: int, conclusion: str) -> None:
    git(repository, "switch", "-q", "main")
    commit_files(repository, {".github/andon.yml": f"rules:\n  small-diff: {mode}\n"})
    git(repository, "switch", "-qC", "feature")
    commit_files(repository, {"a.py": lines(401)})

    result = check(repository, "--format", "json")

    assert (result.exit_code, json.loads(result.stdout)["conclusion"]) == (code, conclusion)
    assert json.loads(result.stdout)["policy"] == ".github/andon.yml"


def test_the_policy_of_the_head_changes_nothing(repository: Path) -> None:
    commit_files(repository, {"a.py": lines(401), ".github/andon.yml": "rules: {}\n"})

    assert check(repository).exit_code == 1


def test_a_policy_file_may_be_named(repository: Path, tmp_path: Path) -> None:
    commit_files(repository, {"a.py": lines(5)})
    (tmp_path / "mine.yml").write_text("rules: {small-diff: {max-lines: 4, good-lines: 2}}")

    result = check(repository, "--policy", str(tmp_path / "mine.yml"))

    assert result.exit_code == 1
    assert "5 effective lines, 1 over the limit of 4." in result.stdout


def test_a_wrong_policy_is_explained_line_by_line(repository: Path) -> None:
    git(repository, "switch", "-q", "main")
    commit_files(repository, {".github/andon.yml": "rules:\n  small-diff:\n    max-line: 3\n  nonsense: warn\n"})

    result = check(repository)

    assert result.exit_code == 2
    assert (
        '.github/andon.yml:3:5: rules.small-diff.max-line: no such option. Did you mean "max-lines"?' in result.stderr
    )
    assert ".github/andon.yml:4:3: rules.nonsense: no such rule." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--base", "nowhere"], "no such revision: 'nowhere'"),
        (["--head", "nowhere"], "no such revision: 'nowhere'"),
        (["--policy", "missing.yml"], "missing.yml cannot be read"),
        (["--format", "xml"], "Invalid value for '--format'"),
        (["--nonsense"], "No such option"),
    ],
)
def test_bad_usage_exits_with_two(repository: Path, arguments: list[str], words: str) -> None:
    result = check(repository, *arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_the_text_has_the_numbers_the_next_step_and_no_colours(repository: Path) -> None:
    commit_files(repository, {"src/a.sh": lines(612), "docs/a.md": "x\n"})

    result = check(repository)

    assert result.stdout.splitlines()[0].startswith("⏸ Held: 1 of ")
    assert [row(line) for line in result.stdout.splitlines() if line.startswith("small-diff  ")] == [
        (
            "small-diff",
            "❌",
            "612 effective lines, 212 over the limit of 400. `src/` (612) is the largest part.",
            "Split the change in `src/`: first the preparation, then the new code, then the switch.",
        )
    ]
    assert "  src/a.sh:1–612 brings 612 of" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Counted at ")
    assert "\x1b" not in result.stdout


def test_the_text_shows_the_plan_with_commands_that_can_be_copied(repository: Path) -> None:
    head = commit_files(repository, {"a/x.py": lines(300), "b/it's\ny.py": "\n".join(code(200, start=900)) + "\n"})

    text = check(repository).stdout.splitlines()

    start = text.index("  The plan, in bash or zsh at the top of a clean work tree:")
    assert text[start + 1] == "  1. a/x.py (300, 1 file)"
    assert f"       git restore --source {head} --staged --worktree -- a/x.py" in text
    assert "  2. b/it's?y.py (200, 1 file)" in text
    assert "       git commit -m 'b/it'\"'\"'s?y.py'" in text


def test_a_command_that_can_be_copied_is_one_line_in_the_narrowest_terminal(repository: Path) -> None:
    head = commit_files(repository, {"a/x.py": lines(300), "b/y.py": "\n".join(code(200, start=900)) + "\n"})

    text = check(repository, columns=10).stdout.splitlines()

    assert f"       git restore --source {head} --staged --worktree -- a/x.py" in text


@pytest.mark.parametrize("columns", [80, 100, 131])
def test_no_word_is_lost_and_no_line_is_wider_than_the_terminal(repository: Path, columns: int) -> None:
    commit_files(repository, {"src/a.sh": lines(612)})

    wide, narrow = check(repository, columns=240).stdout, check(repository, columns=columns).stdout

    assert max(map(len, narrow.splitlines())) <= columns
    assert sorted(words(narrow)) == sorted(words(wide))


def row(line: str) -> tuple[str, ...]:
    return tuple(re.split(r" {2,}", line))


def words(text: str) -> list[str]:
    return [word for word in text.split() if set(word) != {"─"}]


def test_a_place_of_one_line_is_named_by_that_line(repository: Path) -> None:
    commit_files(repository, {"tax.py": "print(1)\n"})

    assert "  tax.py:1\n" in check(repository).stdout


def test_text_and_check_run_have_the_same_words(repository: Path) -> None:
    commit_files(repository, {"src/a.sh": lines(612), "lib/pay.py": lines(20)})
    published = check_run(verdict_of(Asked(repository, "main", "HEAD")), SEEN, Policy(())).summary.splitlines()

    printed = [row(line) for line in check(repository, columns=400).stdout.splitlines()[3:]]

    told = [unescaped(line).strip("| ").split(" | ") for line in published if line.startswith("| **")]
    assert [rule.strip("*") for rule, _, _ in told] == list(known_rules())
    assert [(rule.strip("*"), *said.split(" ", 1), todo) for rule, said, todo in told] == printed[: len(told)]


def unescaped(markdown: str) -> str:
    return re.sub(r"\\(?=[^\w\s])|\u200b", "", markdown)


def test_a_rule_that_only_observes_asks_for_no_work(repository: Path, tmp_path: Path) -> None:
    commit_files(repository, {"a.py": lines(401)})
    (tmp_path / "mine.yml").write_text("rules: {small-diff: observe}")

    result = check(repository, "--policy", str(tmp_path / "mine.yml"))

    assert result.stdout.splitlines()[0] == "✅ Passed"
    assert "small-diff" not in result.stdout


def test_names_cannot_speak_to_the_terminal(repository: Path) -> None:
    commit_files(repository, {"a\x1b[2J\nb.py": lines(401)})

    result = check(repository)

    assert "\x1b" not in result.stdout
    assert "a�[2J�b.py" in result.stdout


def test_a_proven_revert_is_not_judged_by_its_size(repository: Path) -> None:
    git(repository, "switch", "-q", "main")
    commit_files(repository, {"a.py": lines(900)})
    removed = commit_files(repository, {"a.py": None})
    git(repository, "switch", "-qC", "feature")
    commit_files(repository, {"a.py": lines(900)}, f"Revert\n\nThis reverts commit {removed}.")

    result = check(repository)

    assert result.exit_code == 0
    assert "Kind of change: revert." in result.stdout
    assert "Not judged: a proven revert" in result.stdout


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE)}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_web_stack_is_never_imported(repository: Path) -> None:
    program = (
        "import sys\nfrom bot.__main__ import main\n"
        f"sys.argv = ['andon', 'check', '--repo', {str(repository)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        "heavy = {'aiohttp', 'gidgethub', 'sqlalchemy', 'alembic', 'jwt', 'cryptography', 'structlog', 'asyncio',\n"
        "    'pygments', 'matplotlib', 'numpy', 'bot.snapshot', 'bot.web', 'bot.store', 'bot.github', 'simulator'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )

    result = run("-c", program)

    assert result.stdout.splitlines()[-1] == "loaded: []", result.stderr


def test_a_typical_branch_is_judged_in_half_a_second_of_work(repository: Path) -> None:
    sources = {f"src/part_{number}.py": lines(10) for number in range(20)}
    commit_files(repository, sources | {f"tests/test_part_{number}.py": lines(3) for number in range(20)})
    run("-m", "bot", "check", "--repo", str(repository))  # compiles the modules once

    spent = min(work_of("-m", "bot", "check", "--repo", str(repository)) for _ in range(3))

    assert spent < 0.5  # seconds of CPU; wall time says too much about the neighbours


def work_of(*arguments: str) -> float:
    before = os.times()
    assert run(*arguments).returncode == 0
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def test_help_shows_an_example_and_version_is_known() -> None:
    everything = CliRunner().invoke(main, ["--help"]).stdout

    assert "Example: andon check" in CliRunner().invoke(main, ["check", "--help"]).stdout
    assert [name for name in ("check", "serve", "demo", "db") if f"  {name} " not in everything] == []
    assert CliRunner().invoke(main, ["nonsense"]).exit_code == 2
