"""What comes out of judging: what one rule yields, and the verdict that all of them make together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How much a rule may stop, chosen by the maintainer for each rule."""

    OFF = "off"
    OBSERVE = "observe"
    WARN = "warn"
    HOLD = "hold"
    BLOCK = "block"


class Outcome(StrEnum):
    """How one rule ended on one pull request."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FOUND = "found"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Conclusion(StrEnum):
    """What a verdict comes to, in JSON and in the ledger."""

    PASSED = "passed"
    WARNED = "warned"
    HELD = "held"
    BLOCKED = "blocked"
    UNDECIDED = "undecided"


class Kind(StrEnum):
    """The kind of change that a pull request makes; some kinds exempt some rules."""

    REVERT = "revert"
    REMOVAL = "removal"
    MOVE = "move"
    FORMATTING = "formatting"
    DEPENDENCIES = "dependencies"
    GENERATED = "generated"
    DOCS = "docs"
    TESTS = "tests"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change: what, and the smallest next step. Knows no rule name and no mode."""

    message: str
    fix: str = ""
    path: str | None = None
    start_line: int | None = None
    end_line: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing, and the smallest next step. It is only shown: no outcome changes by it."""

    message: str
    fix: str = ""
    path: str | None = None
    start_line: int | None = None
    end_line: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person or a system must act first; nothing is wrong yet."""

    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The rule could not decide because something could not be read. Never a pass."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What the rule measured (JSON values, keys in snake_case), and the same in one short sentence for people."""

    facts: Mapping[str, object]
    sentence: str


Yielded = Finding | Note | Waiting | Unknown | Reported


@dataclass(frozen=True, slots=True)
class Override:
    """A named person lets one rule pass, for a reason; `rule` is its name."""

    rule: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule's answer. `exempt` says in words why it does not apply (a kind of change, its paths), or is empty.

    `override` is there only where the rule had something to say that a person then let pass.
    """

    rule: str
    mode: Mode
    outcome: Outcome
    facts: Mapping[str, object]
    sentence: str
    findings: tuple[Finding, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    unknown: tuple[str, ...] = ()
    exempt: str = ""
    override: Override | None = None
    notes: tuple[Note, ...] = ()

    @property
    def settled(self) -> bool:
        """Tell whether the rule has nothing to say against the change."""
        return self.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)

    @property
    def force(self) -> Mode:
        """The mode as it counts here: a rule that was overridden is shown, and stops nothing."""
        stops = self.mode in (Mode.HOLD, Mode.BLOCK)
        return Mode.WARN if stops and self.override is not None else self.mode


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything one policy says of one pull request at one head."""

    base: str
    head: str
    policy: str
    kind: Kind
    results: tuple[RuleResult, ...]

    @property
    def conclusion(self) -> Conclusion:
        """The worst over its rules: blocked, then undecided, held, warned, passed."""
        return max((_conclusion(result) for result in self.results), key=_SEVERITY.index, default=Conclusion.PASSED)

    @property
    def waits(self) -> tuple[Waiting, ...]:
        """What is waited for where nothing is wrong and nothing unknown; else empty."""
        stopping = [result for result in self.results if result.force in (Mode.HOLD, Mode.BLOCK)]
        open_ones = [one for one in stopping if not one.settled]
        if any(one.outcome is not Outcome.WAITING for one in open_ones):
            return ()
        return tuple(wait for one in open_ones for wait in one.waiting)


_SEVERITY = (Conclusion.PASSED, Conclusion.WARNED, Conclusion.HELD, Conclusion.UNDECIDED, Conclusion.BLOCKED)


def _conclusion(result: RuleResult) -> Conclusion:
    if result.force in (Mode.OFF, Mode.OBSERVE) or result.settled:
        return Conclusion.PASSED
    if result.force is Mode.WARN:
        return Conclusion.WARNED
    if result.outcome is Outcome.UNKNOWN:
        return Conclusion.UNDECIDED
    return Conclusion.BLOCKED if result.force is Mode.BLOCK and result.outcome is Outcome.FOUND else Conclusion.HELD
