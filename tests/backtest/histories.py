"""Real git histories for backtests, small enough to know every answer by hand."""

from __future__ import annotations

from pathlib import Path

from bot.backtest.asked import Judged, side_by_side
from bot.backtest.folding import History, Named
from bot.backtest.reverts import Reverts
from bot.backtest.running import Range, judged_history
from rules.engine.policy import read_policy
from rules.engine.result import Conclusion, Outcome
from rules.small_diff import SmallDiff
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


def history_of(small: tuple[int, int], large: tuple[int, int], bumps: tuple[int, int] = (0, 0)) -> History:
    """Make a history: of 5 lines, of 500 lines, and bumps of 1 line; each as (reverted, of)."""
    kinds = ((small, 5, "change"), (large, 500, "change"), (bumps, 1, "dependencies"))
    changes: list[Judged] = []
    by: dict[str, str] = {}
    for (reverted, of), size, kind in kinds:
        for number in range(of):
            sha = f"{size:04}{number:036}"
            outcome = Outcome.FOUND if size > SmallDiff().max_lines else Outcome.PASS
            changes.append(Judged(sha, kind, (outcome,), (Conclusion.PASSED,), size, 1, places=((0, "src/shop/"),)))
            by |= {sha: "f" * 40} if number < reverted else {}
    asked = side_by_side([read_policy("rules: {small-diff: hold}", "policy.yml")])
    named = {one.sha: Named("x", 1_700_000_000) for one in changes}
    return History("shop", asked, changes, (), named, Reverts(by, 0), 1_800_000_000)
