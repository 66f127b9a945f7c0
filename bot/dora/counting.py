"""Counts the five metrics and the batch sizes of a period. Pure; sets of releases, never sums of incidents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from bot.dora.delivered import Delivered, linked
from bot.dora.intervals import Share, difference, nearest_rank
from bot.dora.periods import Part, Period


@dataclass(frozen=True, slots=True)
class Spread:
    """How values of seconds, or counts, spread: `known` says of how many of all they are known.

    `p50` and `p90` are values that occurred, by nearest rank; None where there is none.
    """

    known: Share
    p50: float | None
    p90: float | None

    @classmethod
    def of(cls, values: Iterable[float | None]) -> Spread:
        """Take the values that are known."""
        everything = tuple(values)
        known = [value for value in everything if value is not None]
        share = Share(len(known), len(everything))
        return cls(share, nearest_rank(known, 50), nearest_rank(known, 90))


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often production was reached: `deployments` over all `days` and `weeks`, those without any included.

    `per_day` and `per_week` are means over the whole period; None, and no days, where nothing was recorded by its end.
    """

    deployments: int
    per_day: float | None
    per_week: float | None
    days_with: Share
    days: tuple[tuple[Part, int], ...]
    weeks: tuple[Week, ...]
    daily: Spread


@dataclass(frozen=True, slots=True)
class Week:
    """One week: how often production was reached, how many of those that settled failed, and the lead times."""

    part: Part
    deployments: int
    failed: Share
    lead: Spread


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long failures took to be made good; the open ones count as longer than all others.

    `recovered` says how many of all that failed. `p50` and `p90` are seconds, and None with `p50_open` or `p90_open`
    where that many are open still.
    """

    recovered: Share
    open: tuple[Delivered, ...]
    p50: float | None
    p90: float | None
    p50_open: bool
    p90_open: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """The releases of one range of sizes: more than `above` effective lines (None: any) and up to `up_to`."""

    above: int | None
    up_to: int
    failed: Share
    lead: Spread


@dataclass(frozen=True, slots=True)
class SmallPays:
    """Whether small changes fail less often than larger ones, split at `up_to`, the median size.

    `apart` is where the share of the large less that of the small lies with 95 % confidence.
    """

    up_to: int | None
    small: Share
    large: Share

    @property
    def apart(self) -> tuple[float, float] | None:
        """Give the interval of the difference; None where there is nothing to compare."""
        return difference(self.small, self.large)

    @property
    def answer(self) -> bool | None:
        """Tell whether small pays here; None where there are too few to tell."""
        if self.apart is None or self.apart[0] <= 0 <= self.apart[1]:
            return None
        return self.apart[0] > 0


@dataclass(frozen=True, slots=True)
class Metrics:
    """All that is counted of one period. `under_way` landed in it and are neither live nor failed."""

    period: Period
    frequency: Frequency
    lead: Spread
    failed: Share
    recovery: Recovery
    rework: Share
    measured: Share
    batches: tuple[Batch, ...]
    small_pays: SmallPays
    under_way: int
    releases: tuple[Delivered, ...]


NOTHING: Final = Frequency(0, None, None, Share(0, 0), (), (), Spread.of(()))
"""How often production was reached where nothing is recorded."""


def metrics(known: Iterable[Delivered], period: Period) -> Metrics:
    """Count a period. `known` are all releases, also those after it: they may tell that an earlier one failed.

    A release counts in the period in which it reached production (frequency, rework), was live (lead time), or was
    first known to be good or bad (failures, recovery, batch sizes).
    """
    everything = linked(known)
    reached = [one for one in everything if period.holds(one.reached_at)]
    live = [one for one in everything if period.holds(one.live_at)]
    settled = [one for one in everything if period.holds(one.settled_at)]
    waits = [one for one in everything if one.settled_at is None and period.holds(one.merged_at)]
    sized = [one for one in settled if one.lines is not None]
    counted = (*reached, *live, *settled, *waits)
    shown = {(one.repository, one.sha, one.environment) for one in counted}
    is_recorded = any(one.merged_at < period.until for one in everything)
    return Metrics(
        period=period,
        frequency=_frequency(_Groups(reached, live, settled), period) if is_recorded else NOTHING,
        lead=_lead(live),
        failed=_failed(settled),
        recovery=_recovery(settled),
        rework=Share(sum(one.rework for one in reached), len(reached)),
        measured=Share(len(sized), len(settled)),
        batches=_batches(sized),
        small_pays=_small_pays(sized),
        under_way=len(waits),
        releases=tuple(one for one in everything if (one.repository, one.sha, one.environment) in shown),
    )


def _failed(settled: Sequence[Delivered]) -> Share:
    return Share(sum(one.failed_at is not None for one in settled), len(settled))


def _lead(live: Iterable[Delivered]) -> Spread:
    return Spread.of(one.lead_seconds for one in live)


@dataclass(frozen=True, slots=True)
class _Groups:
    reached: Sequence[Delivered]
    live: Sequence[Delivered]
    settled: Sequence[Delivered]


def _frequency(groups: _Groups, period: Period) -> Frequency:
    by_day = Counter(period.day_of(one.reached_at) for one in groups.reached if one.reached_at is not None)
    days = tuple((part, by_day[part.start]) for part in period.each_day())
    weeks = tuple(_week(part, groups, period) for part in period.each_week())
    count = len(groups.reached)
    return Frequency(
        deployments=count,
        per_day=count / period.days,
        per_week=count / period.days * 7,
        days_with=Share(sum(count > 0 for _, count in days), len(days)),
        days=days,
        weeks=weeks,
        daily=Spread.of(float(count) for _, count in days),
    )


def _week(part: Part, groups: _Groups, period: Period) -> Week:
    def in_it(moment: float | None) -> bool:
        return moment is not None and period.week_of(moment) == part.start

    return Week(
        part,
        deployments=sum(in_it(one.reached_at) for one in groups.reached),
        failed=_failed([one for one in groups.settled if in_it(one.settled_at)]),
        lead=_lead(one for one in groups.live if in_it(one.live_at)),
    )


def _recovery(settled: Sequence[Delivered]) -> Recovery:
    failed = [one for one in settled if one.failed_at is not None]
    ended = [one.recovery_seconds for one in failed if one.recovery_seconds is not None]
    still_open = tuple(one for one in failed if one.is_open)
    ranked = [*ended, *(float("inf") for _ in still_open)]
    p50, p90 = nearest_rank(ranked, 50), nearest_rank(ranked, 90)
    open_50, open_90 = p50 == float("inf"), p90 == float("inf")
    recovered = Share(len(ended), len(failed))
    return Recovery(recovered, still_open, None if open_50 else p50, None if open_90 else p90, open_50, open_90)


def _size(one: Delivered) -> int:
    return one.lines or 0


def _batches(sized: Sequence[Delivered]) -> tuple[Batch, ...]:
    """Group releases by quartiles of their sizes; equal sizes stay together, so there may be fewer groups."""
    sizes = [float(_size(one)) for one in sized]
    ends = sorted({int(end) for percent in (25, 50, 75, 100) if (end := nearest_rank(sizes, percent)) is not None})
    return tuple(_batch(above, up_to, sized) for above, up_to in pairwise([None, *ends]) if up_to is not None)


def _batch(above: int | None, up_to: int, sized: Sequence[Delivered]) -> Batch:
    its = [one for one in sized if _size(one) <= up_to and (above is None or _size(one) > above)]
    return Batch(above, up_to, _failed(its), _lead(one for one in its if one.live_at is not None))


def _small_pays(sized: Sequence[Delivered]) -> SmallPays:
    median = nearest_rank([float(_size(one)) for one in sized], 50)
    up_to = None if median is None else int(median)
    small = [one for one in sized if up_to is not None and _size(one) <= up_to]
    large = [one for one in sized if up_to is not None and _size(one) > up_to]
    return SmallPays(up_to, _failed(small), _failed(large))
