"""One release as its metrics see it, and what later releases tell of it. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Delivered:
    """One release: a landed commit on its way to live. Times are Unix times, as andon saw them; None is never.

    `first_push_at` is the first moment at which GitHub is known to have had the change: when its pull request was
    opened. `deployed_at` is when it reached production, `live_at` when it was found healthy there, `failed_at` when it
    failed or was taken back, `restored_at` when production was good again. `reverts` is the landed commit that it is
    proven to take back. `lines` are effective lines, as the rule small-diff counts them. `rework` says that it was not
    planned: it takes something back, or went before all others to mend production.
    """

    repository: str
    sha: str
    number: int
    environment: str
    branch: str
    merged_at: float
    first_push_at: float | None = None
    deployed_at: float | None = None
    live_at: float | None = None
    failed_at: float | None = None
    restored_at: float | None = None
    reverts: str | None = None
    lines: int | None = None
    files: int | None = None
    rework: bool = False

    @property
    def is_revert(self) -> bool:
        """Tell whether it takes back what landed before."""
        return self.reverts is not None

    @property
    def reached_at(self) -> float | None:
        """When it was in production first; None while it is not, and where it never came to be."""
        return _first(self.deployed_at, self.live_at)

    @property
    def settled_at(self) -> float | None:
        """When it was first known to be good or bad; None while it is under way."""
        return _first(self.live_at, self.failed_at)

    @property
    def lead_seconds(self) -> float | None:
        """How long it took from the first push to live."""
        if self.live_at is None or self.first_push_at is None:
            return None
        return max(0.0, self.live_at - self.first_push_at)

    @property
    def hurt_at(self) -> float | None:
        """Since when it hurt, where it failed: since it was in production; where it was not, since it failed."""
        return None if self.failed_at is None else _first(self.failed_at, self.reached_at)

    @property
    def recovery_seconds(self) -> float | None:
        """How long production took to be good again; None where it did not fail, and while that is open."""
        if self.hurt_at is None or self.restored_at is None:
            return None
        return max(0.0, self.restored_at - self.hurt_at)

    @property
    def is_open(self) -> bool:
        """Tell whether it failed and production is not known to be good again."""
        return self.failed_at is not None and self.restored_at is None


def _first(*moments: float | None) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)


def linked(known: Iterable[Delivered]) -> tuple[Delivered, ...]:
    """Add to each release what others tell of it, the oldest first.

    A release that another one takes back has failed, and production is good again once the one that takes it back is
    live. Any other that failed is made good by the first one that landed later on the same way and is live, or by being
    live itself after all. A release that is told twice is one release.
    """
    each = {(one.repository, one.environment, one.sha): one for one in known}
    ordered = tuple(one for _, one in sorted(each.items(), key=lambda item: (item[1].merged_at, item[0])))
    taken_back = _taken_back(ordered)
    later = _Later(ordered)
    return tuple(_linked(one, taken_back.get((one.repository, one.environment, one.sha)), later) for one in ordered)


def _taken_back(ordered: Sequence[Delivered]) -> Mapping[tuple[str, str, str], Delivered]:
    """Map each release that was taken back to the first one that did it."""
    found: dict[tuple[str, str, str], Delivered] = {}
    for one in ordered:
        if one.reverts is not None:
            found.setdefault((one.repository, one.environment, one.reverts), one)
    return found


def _linked(one: Delivered, revert: Delivered | None, later: _Later) -> Delivered:
    failed_at = one.failed_at
    restored = [one.restored_at] if one.restored_at is not None else []
    if failed_at is not None and one.live_at is not None and one.live_at > failed_at:
        restored.append(one.live_at)
    if failed_at is not None and (good_at := later.live_after(one)) is not None:
        restored.append(good_at)
    if revert is not None:
        failed_at = revert.merged_at if failed_at is None else failed_at
        restored += [revert.live_at] if revert.live_at is not None else []
    if failed_at is None:
        return one
    return replace(one, failed_at=failed_at, restored_at=min(restored, default=None))


class _Later:
    """Finds which release made production good again after another one landed, on the same way."""

    def __init__(self, ordered: Sequence[Delivered]) -> None:
        by_way: dict[tuple[str, str, str], list[Delivered]] = defaultdict(list)
        for one in ordered:
            if one.live_at is not None and (one.failed_at is None or one.live_at > one.failed_at):
                by_way[_way(one)].append(one)
        self._landed = {way: [one.merged_at for one in all_of_it] for way, all_of_it in by_way.items()}
        self._earliest = {way: _earliest(all_of_it) for way, all_of_it in by_way.items()}

    def live_after(self, one: Delivered) -> float | None:
        """Tell when the first of those that landed later was live (Unix time)."""
        landed = self._landed.get(_way(one), [])
        first = bisect_right(landed, one.merged_at)
        return self._earliest[_way(one)][first] if first < len(landed) else None


def _way(one: Delivered) -> tuple[str, str, str]:
    return one.repository, one.environment, one.branch


def _earliest(landed: Sequence[Delivered]) -> list[float]:
    """Give for each place the earliest moment at which it or a later one was live."""
    found: list[float] = []
    for one in reversed(landed):
        live_at = one.live_at if one.live_at is not None else float("inf")
        found.append(min(live_at, found[-1]) if found else live_at)
    return found[::-1]
