"""What it costs to have a pull request judged in another process, beside judging it in this one."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import cast

from bot.judge.judge import Judge
from rules.engine.attributes import Attributes
from rules.engine.diff import parse_diff
from rules.engine.evaluate import evaluate
from rules.engine.policy import Policy, recommended
from rules.engine.pull_request import PullRequest, Totals
from rules.engine.result import Verdict

ROUNDS = 10
MILLISECONDS = 1000
KILOBYTE = 1000


def pull_request(files: int, lines: int) -> PullRequest:
    """Build a pull request that adds so many lines to each of so many files."""
    text = b"".join(_file(number, lines) for number in range(files))
    return PullRequest(
        repository="octo/shop",
        base="b" * 40,
        head="a" * 40,
        fetched_at=datetime(2030, 1, 1, tzinfo=UTC),
        files=parse_diff(text),
        totals=Totals(files, files * lines, 0),
        attributes=Attributes(),
    )


def _file(number: int, lines: int) -> bytes:
    name = b"src/part_%d.py" % number
    head = b"diff --git a/%b b/%b\nnew file mode 100644\nindex 0000000..2b4d6f8\n--- /dev/null\n+++ b/%b\n"
    head %= (name,) * 3
    body = b"".join(b"+    total_%d = price_%d * rate(region)\n" % (number * lines + at, at) for at in range(lines))
    return head + b"@@ -0,0 +1,%d @@\n" % lines + body


def milliseconds(work: Callable[[], object]) -> float:
    """Give the least time that the work took in several rounds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent) * MILLISECONDS


def carried(pull: PullRequest) -> PullRequest:
    """Write a pull request and read it again, as it goes over to another process."""
    return cast("PullRequest", pickle.loads(pickle.dumps(pull, pickle.HIGHEST_PROTOCOL)))  # noqa: S301 - our own


def judged_here(policy: Policy, pull: PullRequest) -> Verdict:
    """Judge a copy, so that nothing is remembered from the round before."""
    return evaluate(policy, carried(pull))


def main() -> None:
    """Print one line for each size."""
    judge, policy = Judge(), recommended()
    began = time.perf_counter()
    judge.evaluate(policy, pull_request(1, 1))
    print(f"first answer of a new process after {(time.perf_counter() - began) * MILLISECONDS:.0f} ms")
    print(f"{'pull request':<24}{'KB':>6}{'pickle ms':>11}{'here ms':>9}{'there ms':>10}")
    for files, lines in ((30, 10), (100, 100)):
        pull = pull_request(files, lines)
        size = len(pickle.dumps(pull, pickle.HIGHEST_PROTOCOL)) / KILOBYTE
        carrying, here = milliseconds(partial(carried, pull)), milliseconds(partial(judged_here, policy, pull))
        there = milliseconds(partial(judge.evaluate, policy, pull))
        name = f"{files} files, {files * lines} lines"
        print(f"{name:<24}{size:>6.0f}{carrying:>11.2f}{here:>9.1f}{there:>10.1f}")
    judge.close()


if __name__ == "__main__":
    main()
