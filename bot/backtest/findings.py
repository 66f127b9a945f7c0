"""Says in a few sentences what a history shows, each with its numbers and how sure they are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.dora.intervals import Share, difference
from bot.dora.words import percent

Told = Mapping[str, Any]

FEW: Final = 5
"""Reverted changes below which nothing is said of what they have in common."""

_MANY: Final = 0.1  # of all changes that bump versions alone and are worth a word
_NAMED: Final = 3  # directories
_SIZE: Final = "small-diff"


def findings(told: Told) -> tuple[str, ...]:
    """Give the sentences, the weightiest first; none of nothing."""
    if not told["changes"]:
        return ()
    return (*_sizes(told), *_limit(told), *_rules(told["policies"][0], told["changes"]), *_bumps(told))


def counted(n: int, of: int) -> str:
    """Write a share with its numbers and where it lies by chance: `85 of 4918 (1.7 %; 95 %: 1.4 % to 2.1 %)`."""
    share = Share(n, of)
    if share.rate is None or share.interval is None:
        return "none of none"
    low, high = share.interval
    return f"{n} of {of} ({percent(share.rate)}; 95 %: {percent(low)} to {percent(high)})"


def _sizes(told: Told) -> Iterator[str]:
    """Hold the larger changes against all others: which were reverted later."""
    taken, by_size = len(told["reverts"]["reverted"]), told["reverts"]["by_size"]
    small, large = by_size["up_to"], by_size["above"]
    if not taken:
        yield "No message says that one of these changes was reverted later."
    elif small["n"] + large["n"] < FEW or not large["of"]:
        yield (
            f"Reverted later: {counted(taken, told['changes'])}, by the messages of later changes. "
            "Too few to tell whether size matters here."
        )
    else:
        apart = difference(Share(**small), Share(**large))
        yield (
            f"{_verdict(apart)}: of the largest quarter, above {by_size['edge']} effective lines, {counted(**large)} "
            f"were reverted later; of the others {counted(**small)}. Mere bumps of dependencies are left out."
        )


def _verdict(apart: tuple[float, float] | None) -> str:
    if apart is not None and apart[0] > 0:
        return "Large changes were reverted more often here"
    if apart is not None and apart[1] < 0:
        return "Large changes were reverted less often here"
    return "Whether size matters here is not certain"


def _limit(told: Told) -> Iterator[str]:
    now, over = told["sizes"]["now"], told["sizes"]["over_now"]
    rules = (rule for policy in told["policies"] for rule in policy["rules"] if rule["rule"] == _SIZE)
    if over["of"]:
        yield (
            f"A limit of {now['max_lines']} effective lines and {now['max_files']} files would have stopped "
            f"{counted(**over)}{_where(next(rules, None))}."
        )


def _rules(policy: Told, changes: int) -> Iterator[str]:
    """Say of every other rule what it found, of how many that it judges, and where most of it is."""
    for rule in policy["rules"]:
        found, judged = rule["outcomes"]["found"], changes - rule["outcomes"]["not-applicable"]
        if found and rule["rule"] != _SIZE:
            yield f"{rule['rule']} found something in {counted(found, judged)} that it judges{_where(rule)}."


def _where(rule: Told | None) -> str:
    """Name the directories in which a rule found something most often."""
    places: Sequence[Told] = rule["places"][:_NAMED] if rule else ()
    named = ", ".join(f"{_directory(one)} ({one['changes']})" for one in places)
    return f", most often in {named}" if named else ""


def _directory(place: Told) -> str:
    return "the top directory" if place["directory"] == "./" else str(place["directory"])


def _bumps(told: Told) -> Iterator[str]:
    bumps = told["kinds"].get("dependencies", 0)
    own, every = told["sizes"]["own"]["effective_lines"]["p90"], told["sizes"]["effective_lines"]["p90"]
    if bumps >= _MANY * told["changes"] and own is not None:
        yield (
            f"{bumps} of {told['changes']} changes ({percent(bumps / told['changes'])}) only bump versions of "
            f"dependencies. Of the others 90 of 100 have at most {own} effective lines; of all, {every}."
        )
