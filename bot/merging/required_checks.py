"""How one required check stands, by all that was reported under its name. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.snapshot import CHECK_NAME, MergeState, RequiredCheck
from rules.engine.pull_request import Check, CheckState
from rules.engine.sections import Merge


class Standing(StrEnum):
    """How a check stands. GitHub lets success, neutral and skipped satisfy a requirement (docs, status checks)."""

    ABSENT = "absent"
    WRONG_APP = "from the wrong app"
    PENDING = "pending"
    SUCCESS = "success"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"
    FAILED = "failed"
    STALE = "stale"

    @property
    def passes(self) -> bool:
        """Tell whether GitHub lets it pass."""
        return self in (Standing.SUCCESS, Standing.NEUTRAL, Standing.SKIPPED)


_WORST_FIRST = (Standing.FAILED, Standing.STALE, Standing.PENDING, Standing.SKIPPED, Standing.NEUTRAL, Standing.SUCCESS)


@dataclass(frozen=True, slots=True)
class Judged:
    """One name and how it stands. `said` is the conclusion in GitHub's words; `sources` are the Apps that reported."""

    name: str
    standing: Standing
    said: str = ""
    sources: tuple[str, ...] = ()
    expected: int | None = None


def required(state: MergeState, merge: Merge, checks: Sequence[Check], our_app: int) -> tuple[RequiredCheck, ...]:
    """List what must pass: by GitHub's rules, by the policy, and by GitHub's marks on what was reported; never ours."""
    named = [*state.required, *(RequiredCheck(name) for name in merge.required_checks)]
    known = {one.name for one in named}
    marked = [RequiredCheck(one.name) for one in checks if one.required and one.name not in known]
    return tuple(dict.fromkeys(one for one in (*named, *marked) if not one.is_for(our_app)))


def judged(wanted: RequiredCheck, checks: Sequence[Check]) -> Judged:
    """Judge one required check: a check run and a commit status of one name must both pass."""
    reported = [one for one in checks if one.name == wanted.name]
    if not reported:
        return Judged(wanted.name, Standing.ABSENT)
    counting = [one for one in reported if _counts(one, wanted)]
    if not counting:
        sources = tuple(sorted({_source(one) for one in reported}))
        return Judged(wanted.name, Standing.WRONG_APP, sources=sources, expected=wanted.app_id)
    return min(_of_each_kind(counting), key=lambda one: _WORST_FIRST.index(one.standing))


def _counts(check: Check, wanted: RequiredCheck) -> bool:
    """Tell whether the report comes from where it must: the App that is pinned, or what GitHub itself marks."""
    return wanted.app_id in (None, check.app_id) and (check.required or not wanted.marked)


def _source(check: Check) -> str:
    return "a commit status" if check.is_status else f"app {check.app_id}"


def _of_each_kind(checks: Sequence[Check]) -> Iterator[Judged]:
    for kind in (True, False):
        if of_kind := [one for one in checks if one.is_status is kind]:
            newest = newest_of(of_kind)
            yield Judged(newest.name, standing_of(newest.state), newest.said)


def newest_of(checks: Sequence[Check]) -> Check:
    """Choose the run that counts: a running one beats all, then the one that started last."""
    return max(checks, key=lambda one: (one.state is CheckState.PENDING, one.started_at or _NEVER))


_NEVER = datetime.min.replace(tzinfo=UTC)


def standing_of(state: CheckState) -> Standing:
    """Say how a reported run stands."""
    match state:
        case CheckState.PENDING:
            return Standing.PENDING
        case CheckState.SUCCESS:
            return Standing.SUCCESS
        case CheckState.NEUTRAL:
            return Standing.NEUTRAL
        case CheckState.SKIPPED:
            return Standing.SKIPPED
        case CheckState.FAILED:
            return Standing.FAILED
        case CheckState.STALE:
            return Standing.STALE


def optional_failures(checks: Sequence[Check], wanted: Sequence[RequiredCheck]) -> tuple[str, ...]:
    """Name the checks that failed and that nothing requires."""
    names = {one.name for one in wanted}
    by_name: dict[str, list[Check]] = {}
    for one in checks:
        if one.name not in names and one.name != CHECK_NAME:
            by_name.setdefault(one.name, []).append(one)
    return tuple(name for name, found in sorted(by_name.items()) if newest_of(found).state is CheckState.FAILED)


def impostors(checks: Sequence[Check]) -> tuple[str, ...]:
    """Name who else reports a check of our name; what we report is not among the checks of a snapshot."""
    return tuple(sorted({_source(one) for one in checks if one.name == CHECK_NAME}))
