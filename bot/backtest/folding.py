"""Sums up what was said of a history: what each policy would have stopped, and the sizes that it proposes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from bot.backtest.asked import Asked, Held, Judged, LeftOut, Unseen
from bot.backtest.reverts import Reverts
from bot.dora.intervals import nearest_rank
from rules.engine.result import Conclusion, Kind, Mode, Outcome

PERCENTILES: Final = (50, 75, 90, 95)
STEPS: Final = (0, 10, 25, 50, 100, 200, 400, 800, 1600, 3200)
"""The upper ends of the ranges of sizes, in effective lines; a last range holds all that is larger."""

_EXAMPLES: Final = 5
_LARGER: Final = 75  # the percentile above which a change is one of the larger here
_STOPPED: Final = (Conclusion.HELD, Conclusion.BLOCKED, Conclusion.UNDECIDED)

SKEW: Final = 86_400
"""Seconds by which a clock may be wrong before a date counts as one in the future."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Named:
    """What people know a change by: its title, and the Unix time at which it landed, as it says.

    `parents` are more than two where it merges several branches at once; `garbled` says that its message is not UTF-8.
    """

    title: str
    landed: int
    parents: int = 1
    garbled: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """A history that was judged, the newest first; `read_at` is the Unix time then."""

    repository: str
    asked: Asked
    judged: Sequence[Judged]
    left_out: Sequence[LeftOut]
    named: Mapping[str, Named]
    reverts: Reverts
    read_at: float


_ODD: Final[Mapping[str, Callable[[Judged, History], bool]]] = {
    "dated in the future: by their own dates they have not landed yet": lambda one, history: (
        history.named[one.sha].landed > history.read_at + SKEW
    ),
    "merges of several branches at once, held against their first parent": lambda one, history: (
        history.named[one.sha].parents > 2  # noqa: PLR2004 - what git calls an octopus
    ),
    "messages that are not UTF-8: what cannot be read is replaced": lambda one, history: history.named[one.sha].garbled,
    "with a submodule: what it brings is not seen": lambda one, _history: Unseen.SUBMODULE in one.unseen,
    "with binary files: they have no lines to count": lambda one, _history: Unseen.BINARY in one.unseen,
}


def summed_up(history: History) -> Json:
    """Give the sums as JSON values; `bot/backtest/schema.py` says what they mean."""
    judged = history.judged
    times = [at for one in judged if (at := history.named[one.sha].landed) <= history.read_at + SKEW]
    return {
        "repository": history.repository,
        "newest": judged[0].sha if judged else None,
        "oldest": judged[-1].sha if judged else None,
        "since": min(times, default=None),
        "until": max(times, default=None),
        "changes": len(judged),
        "kinds": dict(Counter(one.kind for one in judged).most_common()),
        "policies": [_policy(history, number, held) for number, held in enumerate(history.asked.policies)],
        "sizes": _sizes(history),
        "histogram": _histogram(history),
        "reverts": _reverts(history),
        "paired": {"n": sum(one.pair for one in judged), "of": len(judged)},
        "oddities": oddities(history),
        "left_out": [{"commit": one.sha, "why": one.why} for one in history.left_out],
    }


def oddities(history: History) -> list[Json]:
    """List what sets some of the judged changes apart, each with the commits; nothing where none are so."""
    found = [(what, [one.sha for one in history.judged if is_so(one, history)]) for what, is_so in _ODD.items()]
    return [{"what": what, "commits": commits} for what, commits in found if commits]


def spread(values: Sequence[int]) -> Json:
    """Give the percentiles by nearest rank, and the largest; all None of nothing."""
    return {
        **{f"p{percent}": nearest_rank(values, percent) for percent in PERCENTILES},
        "max": max(values, default=None),
        "of": len(values),
    }


def known_lines(judged: Sequence[Judged]) -> list[int]:
    """List the sizes that are known, in effective lines."""
    return [one.lines for one in judged if one.lines is not None]


def known_files(judged: Sequence[Judged]) -> list[int]:
    """List the numbers of files that hold effective lines."""
    return [one.files for one in judged if one.files is not None]


def _policy(history: History, number: int, held: Held) -> Json:
    counted = Counter(one.conclusions[number] for one in history.judged)
    return {
        "policy": held.source,
        "conclusions": {one.value: counted[one] for one in Conclusion},
        "stopped": {"n": sum(counted[one] for one in _STOPPED), "of": len(history.judged)},
        "rules": [_rule(history, name, mode, at) for name, mode, at in held.rules],
    }


def _rule(history: History, name: str, mode: Mode, at: int) -> Json:
    counted = Counter(one.outcomes[at] for one in history.judged)
    found, waiting, unknown = (counted[one] for one in (Outcome.FOUND, Outcome.WAITING, Outcome.UNKNOWN))
    largest = sorted(
        (one for one in history.judged if one.outcomes[at] is Outcome.FOUND), key=lambda one: -(one.lines or 0)
    )
    return {
        "rule": name,
        "mode": mode.value,
        "outcomes": {one.value: counted[one] for one in Outcome},
        "would": {
            "warn": {"shown": found + waiting + unknown},
            "hold": {"held": found + waiting, "undecided": unknown},
            "block": {"blocked": found, "held": waiting, "undecided": unknown},
        },
        "reverted": sum(one.sha in history.reverts.by for one in largest),
        "places": _places(largest, at),
        "examples": [_shown(history, one) for one in largest[:_EXAMPLES]],
    }


def _places(found: Sequence[Judged], at: int) -> list[Json]:
    """Name the directories in which a rule found something most often."""
    counted = Counter(place for one in found for number, place in one.places if number == at)
    most = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_EXAMPLES]
    return [{"directory": place, "changes": count} for place, count in most]


def _shown(history: History, one: Judged) -> Json:
    return {"commit": one.sha, "title": history.named[one.sha].title, "effective_lines": one.lines}


def _sizes(history: History) -> Json:
    lines, files = known_lines(history.judged), known_files(history.judged)
    own = _own(history)
    size = history.asked.size
    return {
        "now": {"max_lines": size.max_lines, "max_files": size.max_files},
        "over_now": {
            "n": sum(map(_over, lines, files, repeat(size.max_lines), repeat(size.max_files))),
            "of": len(lines),
        },
        "effective_lines": spread(lines),
        "files": spread(files),
        "own": {"effective_lines": spread(known_lines(own)), "files": spread(known_files(own))},
        "limits": [_limit(lines, files, percent) for percent in PERCENTILES],
    }


def _limit(lines: Sequence[int], files: Sequence[int], percent: int) -> Json:
    """Say what would have been over the limits at one percentile."""
    most, widest = nearest_rank(lines, percent), nearest_rank(files, percent)
    over = sum(map(_over, lines, files, repeat(most or 0), repeat(widest or 0)))
    return {"percentile": percent, "max_lines": most, "max_files": widest, "over": {"n": over, "of": len(lines)}}


def _over(lines: int, files: int, max_lines: float, max_files: float) -> bool:
    return lines > max_lines or files > max_files


def _histogram(history: History) -> list[Json]:
    """Count the changes by size, and of each size those that were taken back."""
    edges = [-1, *STEPS]
    rows = []
    for above, up_to in zip(edges, (*STEPS, None), strict=True):
        inside = [one for one in history.judged if _is_inside(one, above, up_to)]
        reverted = sum(one.sha in history.reverts.by for one in inside)
        rows.append({"above": above, "up_to": up_to, "changes": len(inside), "reverted": reverted})
    return [dict(row) for row in rows]


def _is_inside(one: Judged, above: int, up_to: int | None) -> bool:
    return one.lines is not None and one.lines > above and (up_to is None or one.lines <= up_to)


def _reverts(history: History) -> Json:
    """Hold those that were taken back against all."""
    taken = [one for one in history.judged if one.sha in history.reverts.by]
    return {
        "found": len(history.reverts.by),
        "elsewhere": history.reverts.elsewhere,
        "sizes": {"reverted": spread(known_lines(taken)), "all": spread(known_lines(history.judged))},
        "by_size": _by_size(history),
        "reverted": [
            {**_shown(history, one), "by": history.reverts.by[one.sha], "stopped_by": _stopped_by(history, one)}
            for one in taken
        ],
    }


def _by_size(history: History) -> Json:
    """Part people's own changes at one of their sizes, and say of each part how many were taken back."""
    own = [one for one in _own(history) if one.lines is not None]
    edge = nearest_rank(known_lines(own), _LARGER)
    above = [one for one in own if _is_inside(one, int(edge or 0), None)]
    taken, large = (sum(one.sha in history.reverts.by for one in some) for some in (own, above))
    return {
        "edge": edge,
        "up_to": {"n": taken - large, "of": len(own) - len(above)},
        "above": {"n": large, "of": len(above)},
    }


def _own(history: History) -> list[Judged]:
    """Leave out what only bumps versions of dependencies, which says nothing of how people work."""
    return [one for one in history.judged if one.kind != Kind.DEPENDENCIES.value]


def _stopped_by(history: History, one: Judged) -> list[Json]:
    """Name, by policy, the rules that would have stopped a change."""
    return [
        {
            "policy": held.source,
            "rules": [
                name
                for name, mode, at in held.rules
                if mode in (Mode.HOLD, Mode.BLOCK) and one.outcomes[at] is Outcome.FOUND
            ],
        }
        for held in history.asked.policies
    ]
