"""Real git histories for backtests, small enough to know every answer by hand."""

from __future__ import annotations

from pathlib import Path

from bot.backtest.asked import side_by_side
from bot.backtest.folding import History
from bot.backtest.running import Range, judged_history
from rules.engine.policy import read_policy
from tests.factories import code, commit_files, git

SIZE_ALONE = "rules: {small-diff: {mode: hold, max-lines: 60}}\n"


def lines(count: int, start: int = 0) -> str:
    """Write so many distinct lines of code; other starts give others."""
    return "\n".join(code(count, start)) + "\n"


def begun(directory: Path) -> Path:
    """Make a repository with one commit, which has nothing before it."""
    directory.mkdir(exist_ok=True)
    git(directory, "init", "-q")
    commit_files(directory, {"README.md": "# Shop\n"}, "Begin")
    return directory


def growing(directory: Path) -> list[str]:
    """Land ten changes of 10, 20, … 100 lines, the smallest first; gives their ids."""
    return [
        commit_files(directory, {f"src/m{number}.sh": lines(10 * number, 1000 * number)}, f"Add {number}")
        for number in range(1, 11)
    ]


def judged(directory: Path, policy: str = SIZE_ALONE, *, cores: int = 1, last: int = 500) -> History:
    """Judge a history by the text of a policy."""
    asked = side_by_side([read_policy(policy, "policy.yml")])
    return judged_history(directory, Range(last=last), asked, lambda _done, _total: None, cores)
