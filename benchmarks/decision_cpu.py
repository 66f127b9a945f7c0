"""What one decision costs in processor time: the standard pull request of 30 files and 300 added lines."""

from __future__ import annotations

import asyncio
import difflib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks import flag_wrapped
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.judge import carried
from benchmarks.running import Run
from bot.decision import decide
from bot.snapshot import PolicyFile
from rules.engine.attributes import Attributes
from rules.engine.diff import parse_diff
from rules.engine.evaluate import needs_of
from rules.engine.flags.extents import Source
from rules.engine.flags.wrapped import judged
from rules.engine.policy import read_policy
from rules.engine.pull_request import PullRequest, Totals
from rules.engine.syntax.outline import outline
from tests.snapshots import OUR_APP, pull_request, snapshot

MILLISECONDS = 1000
PLAIN = "rules: {small-diff: {}, required-tests: {}, pairing: {}}\nmerge: {when: ready}\n"
WITH_SYNTAX = (
    "rules: {small-diff: {}, required-tests: {}, pairing: {}, flag-wrapped: {flags: [features.has]}}\n"
    "merge: {when: ready}\n"
)
FLAGS_MILLISECONDS = 15
PLAIN_MILLISECONDS = 3
LINES_A_SECOND = 5_000


async def measure(run: Run) -> Sequence[Figure]:
    """Decide anew each time: nothing of the flags is remembered from the round before."""
    return await asyncio.to_thread(_measured, run)


def _measured(run: Run) -> Sequence[Figure]:
    sources = flag_wrapped.pull_requests()
    rounds = run.times(30, 5)
    standard, guarded = sources["30 files, 10 lines each"], sources["the same, with flags"]
    split = _splitting(standard, rounds)
    plain = _deciding(standard, PLAIN, rounds)
    syntax = _deciding(standard, WITH_SYNTAX, rounds)
    unread = _deciding(standard, WITH_SYNTAX, rounds, unread=True)
    flagged = _deciding(guarded, WITH_SYNTAX, rounds)
    return (
        Figure("CPU of splitting the standard diff into lines (a floor)", split, "ms"),
        Figure("CPU per decision, no syntax rules", plain, "ms", at_most(PLAIN_MILLISECONDS)),
        Figure("CPU per decision, with syntax rules", syntax, "ms", at_most(FLAGS_MILLISECONDS)),
        Figure("CPU per decision, with syntax rules, no text was read before", unread, "ms"),
        Figure("CPU per decision, with syntax rules, every function asks for a flag", flagged, "ms"),
        Figure(
            "flag analysis, three of thirty files ask for flags",
            _analysed(sources["30 files, three ask for flags"]),
            "lines/s",
            at_least(LINES_A_SECOND),
        ),
        Figure("flag analysis, every function asks for a flag", _analysed(guarded), "lines/s"),
    )


def _analysed(sources: tuple[Source, ...]) -> float:
    """Give the added lines that are judged in a second."""
    added = sum(len(one.added) for one in sources)
    return added / flag_wrapped.best(lambda: judged(sources, flag_wrapped.FLAGS, flag_wrapped.RISK))


def _splitting(sources: Sequence[Source], rounds: int) -> float:
    data = b"".join(map(_diff_of, sources))
    return _best(rounds, data.splitlines)


def _deciding(sources: Sequence[Source], policy: str, rounds: int, *, unread: bool = False) -> float:
    """Give the milliseconds of a decision on a pull request that was read just now.

    `required-tests` keeps the outlines of texts by their content; `unread` takes them away before each round.
    """
    whole = _pull_request(sources, policy)
    state = snapshot(policy=PolicyFile("main:.github/andon.yml@1234567", policy[:7], policy))

    def decides() -> object:
        judged.cache_clear()
        if unread:
            outline.cache_clear()
        return decide(replace(state, pull_request=carried(whole)), our_app=OUR_APP)

    return _best(rounds, decides)


def _best(rounds: int, work: Callable[[], object]) -> float:
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent) * MILLISECONDS


def _pull_request(sources: Sequence[Source], policy: str) -> PullRequest:
    """Make the pull request that changes these files, with what the rules of a policy read beside the diff."""
    files = parse_diff(b"".join(map(_diff_of, sources)))
    whole = pull_request(
        files=files,
        totals=Totals(len(files), sum(one.added for one in files), sum(one.deleted for one in files)),
        attributes=Attributes(),
        fetched_at=datetime(2030, 1, 1, tzinfo=UTC),
    )
    needs = needs_of(read_policy(policy, "policy"), whole)
    texts = {one.path: one.head for one in sources}
    return needs.filled(whole, {path: texts[path] for path in needs.to_fetch(whole)}, frozenset(texts))


def _diff_of(source: Source) -> bytes:
    before, after = (source.base or b"").decode(), source.head.decode()
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{source.path}", f"b/{source.path}"
    )
    head = f"diff --git a/{source.path} b/{source.path}\nindex 1f3a5c7..2b4d6f8 100644\n"
    return (head + "".join(lines)).encode()
