"""Which failed releases make one incident, since when, and when production was well again. Pure.

An incident begins with the first release of a branch that failed, and ends once none of those that failed meanwhile is
in production any more. All times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Passage:
    """One release and when it reached which state; None where it never did."""

    sha: str
    number: int
    landed_at: float
    failed_at: float | None = None
    live_at: float | None = None
    reverted_at: float | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """Failed releases of one branch that belong together, the first one first; it is called by `sha`.

    `restored_by` is the commit with which production was well again.
    """

    sha: str
    number: int
    began_at: float
    members: tuple[str, ...]
    restored_at: float | None = None
    restored_by: str = ""


def incidents(passages: Sequence[Passage], known: Sequence[str] = ()) -> tuple[Incident, ...]:
    """Put failed releases together, the earliest incident first. One that is `known` keeps the commit it is called by.

    A release that failed when a later one was live already is none: production was past it.
    """
    found: list[Incident] = []
    for one in sorted(_failures(passages), key=lambda one: (one.began_at, one.sha)):
        last = found[-1] if found else None
        if last is None or (last.restored_at is not None and last.restored_at <= one.began_at):
            found.append(one)
        else:
            found[-1] = _joined(last, one, known)
    return tuple(found)


def _failures(passages: Sequence[Passage]) -> Iterator[Incident]:
    """Yield an incident for each release that failed."""
    for one in passages:
        if one.failed_at is None:
            continue
        restored_at, by = _restored(one, passages)
        if restored_at is None or restored_at > one.failed_at:
            yield Incident(one.sha, one.number, one.failed_at, (one.sha,), restored_at, by)


def _restored(failed: Passage, passages: Iterable[Passage]) -> tuple[float | None, str]:
    """Tell when a failed release was in production no more, or well there after all, and by which commit."""
    ends = [(one.live_at, one.sha) for one in passages if one.live_at is not None and _is_later(one, failed)]
    if failed.reverted_at is not None:
        ends.append((failed.reverted_at, ""))
    if failed.live_at is not None and failed.failed_at is not None and failed.live_at > failed.failed_at:
        ends.append((failed.live_at, failed.sha))
    return min(ends, default=(None, ""), key=lambda end: (end[0], not end[1], end[1]))


def _is_later(one: Passage, failed: Passage) -> bool:
    return one.landed_at >= failed.landed_at and one.sha != failed.sha


def _joined(first: Incident, then: Incident, known: Sequence[str]) -> Incident:
    """Put two that overlap together: it lasts until both are over."""
    both = (first, then)
    named = then if then.sha in known and first.sha not in known else first
    ended = None if any(one.restored_at is None for one in both) else max(both, key=lambda one: one.restored_at or 0.0)
    return replace(
        first,
        sha=named.sha,
        number=named.number,
        members=(*first.members, *then.members),
        restored_at=ended.restored_at if ended else None,
        restored_by=ended.restored_by if ended else "",
    )
