"""What shows that production is well with a release: pieces of evidence, looked at again and again. Pure.

Nothing but a look that passed is evidence. What could not be read is unknown: it neither passes nor fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

LOOK_SECONDS: Final = 15.0
"""How often production is looked at."""

RETRY_SECONDS: Final = 5.0
"""How soon a probe that failed is tried again."""

TRIES: Final = 3
"""So many looks in a row must fail before a probe has failed.

One request can be lost by a restart, a deployment's last connection or the network between: a release that is taken
back for it is taken back for nothing. Three within ten seconds are not chance. A query is not tried again: what it asks
is a mean over time already, and a check or a workflow is somebody's verdict.
"""

MOST_APART: Final = 60.0
"""Seconds between two looks that count as watched at the most: nobody knows what was between looks further apart."""


class Kind(StrEnum):
    """Where a piece of evidence comes from."""

    DEPLOYMENT = "deployment"
    CHECK = "check"
    WORKFLOW = "workflow"
    PROBE = "probe"
    QUERY = "query"
    POLICY = "policy"


class State(StrEnum):
    """How a piece of evidence stands: only PASSED counts for a release, only FAILED against it."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


FINAL: Final = frozenset({Kind.DEPLOYMENT, Kind.CHECK, Kind.WORKFLOW})
"""What fails once and for all: somebody said so, and a later look would hear the same."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence as it was seen `at` a Unix time: what was measured, against what, and what else to say.

    `misses` counts the looks in a row that failed, the last one included.
    """

    name: str
    kind: Kind
    state: State
    value: str = ""
    threshold: str = ""
    at: float = 0.0
    said: str = ""
    misses: int = 0

    @property
    def key(self) -> tuple[Kind, str]:
        """What it is called."""
        return self.kind, self.name


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a release in production so far.

    `healthy_since` is when everything passed for the first time (Unix time), `soaked` for how many seconds it was seen
    to go on passing, `looked_at` when it was looked at last. `first_failing` is what failed first of all that fails.
    """

    evidence: tuple[Evidence, ...] = ()
    healthy_since: float | None = None
    soaked: float = 0.0
    looked_at: float | None = None
    first_failing: Evidence | None = None

    def of(self, key: tuple[Kind, str]) -> Evidence | None:
        """Find a piece of evidence as it was seen last."""
        return next((one for one in self.evidence if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """By when everything must have passed, and how long it must go on passing; in seconds."""

    within: float
    soak: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is decided: look again at a Unix time."""

    until: float


@dataclass(frozen=True, slots=True)
class Healthy:
    """Everything passed, and went on passing for as long as was asked."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Production is not well: `first` failed first of all that fails."""

    first: Evidence


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The time is over, and nothing failed; but some evidence never came, or did not come back."""

    missing: tuple[Evidence, ...]


Production = Waiting | Healthy | Failed | TimedOut


def watched(before: Watch, seen: Sequence[Evidence], now: float) -> Watch:
    """Add one look to what is known."""
    evidence = tuple(_weighed(before.of(one.key), one) for one in seen)
    healthy = bool(evidence) and all(one.state is State.PASSED for one in evidence)
    since = now if healthy and before.healthy_since is None else before.healthy_since
    return Watch(
        evidence=evidence,
        healthy_since=since,
        soaked=before.soaked + _passed_since(before, now) if healthy else before.soaked,
        looked_at=now,
        first_failing=_first_failing(before.first_failing, evidence),
    )


def _weighed(before: Evidence | None, now: Evidence) -> Evidence:
    """Count a probe's looks that failed: below the number of tries it has neither passed nor failed."""
    if now.kind is not Kind.PROBE or now.state is not State.FAILED:
        return now
    misses = (before.misses if before else 0) + 1
    state = State.FAILED if misses >= TRIES else State.PENDING
    return replace(now, state=state, misses=misses)


def _passed_since(before: Watch, now: float) -> float:
    """Tell how many seconds went by in health: from one look at which everything passed to the next."""
    passed = bool(before.evidence) and all(one.state is State.PASSED for one in before.evidence)
    if not passed or before.looked_at is None:
        return 0.0
    return min(max(now - before.looked_at, 0.0), MOST_APART)


def _first_failing(before: Evidence | None, evidence: Sequence[Evidence]) -> Evidence | None:
    """Keep what failed first for as long as it fails; then the first of what fails now."""
    failing = [one for one in evidence if one.state is State.FAILED]
    if before is not None and any(one.key == before.key for one in failing):
        return before
    return min(failing, key=lambda one: one.at, default=None)


def verdict(watch: Watch, terms: Terms, since: float, now: float) -> Production:
    """Judge a release that is watched since a Unix time.

    Until everything passed once, a probe or a query that fails is only not there yet: what was just started may need a
    moment. From then on, what fails fails the release. Time in which something is unknown is no time of health, and the
    whole ends at the latest once twice `within` and the soak are over.
    """
    settled = next((one for one in watch.evidence if one.state is State.FAILED and one.kind in FINAL), None)
    if settled is not None:
        return Failed(_first(watch, settled))
    deadline = since + terms.within
    if watch.healthy_since is not None:
        if watch.first_failing is not None:
            return Failed(watch.first_failing)
        if watch.soaked >= terms.soak and _all_passed(watch):
            return Healthy()
        deadline += terms.soak + terms.within
    if now >= deadline:
        return _over(watch)
    return Waiting(min(deadline, now + _pause(watch, terms)))


def _first(watch: Watch, settled: Evidence) -> Evidence:
    """Name what failed first, unless it might yet have passed."""
    first = watch.first_failing
    return first if first is not None and (first.kind in FINAL or watch.healthy_since is not None) else settled


def _all_passed(watch: Watch) -> bool:
    return all(one.state is State.PASSED for one in watch.evidence)


def _over(watch: Watch) -> Production:
    if watch.first_failing is not None:
        return Failed(watch.first_failing)
    return TimedOut(tuple(one for one in watch.evidence if one.state is not State.PASSED))


def _pause(watch: Watch, terms: Terms) -> float:
    """Look sooner where a probe is to be tried again, and just when the soak is over."""
    if any(one.misses and one.state is State.PENDING for one in watch.evidence):
        return RETRY_SECONDS
    if watch.healthy_since is not None and _all_passed(watch):
        return min(LOOK_SECONDS, max(terms.soak - watch.soaked, 0.0))
    return LOOK_SECONDS


def as_json(watch: Watch) -> dict[str, Any]:
    """Write what was seen as JSON."""
    return asdict(watch)


def watch_of(kept: Mapping[str, Any] | None) -> Watch:
    """Read what was written by `as_json`; nothing is nothing seen."""
    if kept is None:
        return Watch()
    first = kept["first_failing"]
    return Watch(
        evidence=tuple(_evidence_of(one) for one in kept["evidence"]),
        healthy_since=kept["healthy_since"],
        soaked=kept["soaked"],
        looked_at=kept["looked_at"],
        first_failing=_evidence_of(first) if first is not None else None,
    )


def _evidence_of(kept: Mapping[str, Any]) -> Evidence:
    return Evidence(**{**kept, "kind": Kind(kept["kind"]), "state": State(kept["state"])})


def in_words(production: Failed | TimedOut, terms: Terms) -> str:
    """Say why a release failed in production."""
    match production:
        case Failed(first):
            return _sentence(first)
        case TimedOut(missing):
            if not missing:
                return f"production was not seen to stay well for {_span(terms.soak)}"
            named = ", ".join(f"{_name(one)} ({one.said or one.state.value})" for one in missing)
            return f"production did not show within {_span(terms.within)} that it is well; missing: {named}"


def _sentence(one: Evidence) -> str:
    against = f", and should be {one.threshold}" if one.threshold else ""
    value = f" gave {one.value}{against}" if one.value else " failed"
    said = f": {one.said}" if one.said else ""
    return f"{_name(one)}{value}{said}"


def _name(one: Evidence) -> str:
    return "the deployment" if one.kind is Kind.DEPLOYMENT else f"the {one.kind.value} `{one.name}`"


def _span(seconds: float) -> str:
    count, unit = (seconds / 60, "minute") if seconds >= 60 else (seconds, "second")  # noqa: PLR2004 - a minute
    return f"{count:.0f} {unit}{'' if round(count) == 1 else 's'}"
