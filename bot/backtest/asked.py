"""Puts several policies side by side so that each rule with the same options is asked once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from rules.engine.known import known_rules
from rules.engine.policy import Listed, Policy
from rules.engine.result import Conclusion, Mode, Outcome, RuleResult, Verdict
from rules.engine.rule import Rule
from rules.engine.size import Size
from rules.engine.split import Part
from rules.small_diff import SmallDiff

_DEPTH: Final = 2  # parts of a directory that are named
_PERSONS: Final = ("human", "unknown")


class WithoutAdvice(SmallDiff):
    """The rule `small-diff` without its advice, which takes most of its time and which nobody reads here."""

    def advised(self, size: Size) -> tuple[Part, ...]:  # noqa: ARG002 - it proposes nothing
        """Propose nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class Held:
    """One policy: each of its rules with its mode and its place among all that are asked; `source` names it."""

    source: str
    rules: tuple[tuple[str, Mode, int], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that is asked of each change, once, and by which policies. `size` counts its lines."""

    listed: tuple[Listed, ...]
    policies: tuple[Held, ...]
    size: SmallDiff

    def as_policy(self) -> Policy:
        """Give one policy that asks everything."""
        return Policy(self.listed, source="backtest")

    def conclusions(self, verdict: Verdict) -> tuple[Conclusion, ...]:
        """Say what each policy concludes from the answers to everything."""
        return tuple(self._conclusion(held, verdict) for held in self.policies)

    def _conclusion(self, held: Held, verdict: Verdict) -> Conclusion:
        results = tuple(_in_mode(verdict.results[at], mode) for _, mode, at in held.rules)
        return replace(verdict, results=results).conclusion


def _in_mode(result: RuleResult, mode: Mode) -> RuleResult:
    return replace(result, mode=mode)


def _hurried(rule: Rule) -> Rule:
    """Take the advice off a rule that gives some."""
    return WithoutAdvice.model_validate(rule.model_dump()) if type(rule) is SmallDiff else rule


def side_by_side(policies: Sequence[Policy], only: Collection[str] = ()) -> Asked:
    """Join policies; `only` names the rules that are asked, all by default. Raises ValueError for an unknown name."""
    if unknown := sorted(set(only) - set(known_rules())):
        raise ValueError(f"no such rule: {', '.join(unknown)}; there are {', '.join(known_rules())}")
    listed: list[Listed] = []
    held = []
    for policy in policies:
        rules = []
        for one in policy.rules:
            if one.mode is Mode.OFF or (only and one.name not in only):
                continue
            question = one._replace(mode=Mode.HOLD, rule=_hurried(one.rule))
            if question not in listed:
                listed.append(question)
            rules.append((one.name, one.mode, listed.index(question)))
        held.append(Held(policy.source, tuple(rules)))
    sizes = (one.rule for policy in policies for one in policy.rules if isinstance(one.rule, SmallDiff))
    return Asked(tuple(listed), tuple(held), next(sizes, SmallDiff()))


class Unseen(Enum):
    """What a change brings without showing its lines."""

    BINARY = "binary"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of one change: the answers to everything that was asked, and what each policy concludes.

    `lines` and `files` are effective lines and the files that hold some; None where the size is not known or does not
    count. `pair` says that the commits name a second person. `places` are the directories, by the number of the
    question, in which a rule found something; `unseen` says what shows no lines.
    """

    sha: str
    kind: str
    outcomes: tuple[Outcome, ...]
    conclusions: tuple[Conclusion, ...]
    lines: int | None
    files: int | None
    pair: bool = False
    places: tuple[tuple[int, str], ...] = ()
    unseen: frozenset[Unseen] = frozenset()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One commit that was not judged, and why."""

    sha: str
    why: str


def places_of(verdict: Verdict) -> tuple[tuple[int, str], ...]:
    """List where each question found something, every directory once: no deeper than two."""
    found = {
        (at, _directory(one.path))
        for at, result in enumerate(verdict.results)
        for one in result.findings
        if one.path is not None
    }
    return tuple(sorted(found))


def _directory(path: str) -> str:
    """Name the directory of a file, cut to its first two parts; `./` for the top."""
    parts = path.split("/")[:-1][:_DEPTH]
    return "/".join(parts or (".",)) + "/"


def is_paired(verdict: Verdict) -> bool:
    """Say whether the facts of any rule name a co-author who may be another person; accounts only GitHub knows."""
    return any(_names_a_person(result.facts) for result in verdict.results)


def _names_a_person(facts: Mapping[str, object]) -> bool:
    people = facts.get("co_authors")
    return isinstance(people, (list, tuple)) and any(one.get("kind") in _PERSONS for one in people)
