"""Random histories of the work table, and mutants that show that the histories would notice what they guard."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import ColumnElement, and_

from bot.address import key_of
from bot.store import claiming, endings
from bot.store import work as work_module
from bot.store.endings import Ending
from bot.store.tables import work
from tests.store.given import Clock, opened, pull

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from bot.store.store import Store
    from bot.store.work import Claim, Quiet, Wish

STEPS = 120
HISTORIES = 12
ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Run:
    """A worker at work: what it claimed, how many events of its address had come by then, and when its lease ends."""

    claim: Claim
    seen: int
    until: float

    @property
    def key(self) -> str:
        return key_of(self.claim.address)


@dataclass
class History:
    """Plays events, runs, crashes and pauses against a store, and knows what must hold."""

    store: Store
    clock: Clock
    choose: random.Random
    number: int
    events: Counter[str] = field(default_factory=Counter)
    looked: Counter[str] = field(default_factory=Counter)
    newest: Counter[str] = field(default_factory=Counter)
    running: list[Run] = field(default_factory=list)

    async def play(self) -> None:
        common = (self.event, self.event, self.begin, self.begin, self.end, self.end)
        for number in range(STEPS):
            step = self.choose.choice((*common, self.fail, self.give_back, self.pause, self.stall))
            await step(number)
        await self.settle()

    async def event(self, number: int) -> None:
        want = pull(10 * self.number + self.choose.randint(1, ADDRESSES))
        await self.store.accept(f"delivery-{self.number}-{number}", "pull_request", [want])
        self.events[key_of(want.address)] += 1

    async def begin(self, _: int) -> None:
        for claim in await self.store.claim(self.choose.randint(1, 2)):
            run = Run(claim, self.events[key_of(claim.address)], self.clock.now + 60)
            beside = [other for other in self.running if other.key == run.key and other.until >= self.clock.now]
            assert not beside, f"{run.key} is looked at twice at once"
            self.newest[run.key] = claim.token
            self.running.append(run)

    async def end(self, _: int) -> None:
        """Finish any run, in time or long after its lease has lapsed."""
        if not self.running:
            return
        run = self.running.pop(self.choose.randrange(len(self.running)))
        counts = await self.store.finish(run.claim, self.clock.now + 5 if self.choose.random() < 0.2 else None)
        is_newest = self.newest[run.key] == run.claim.token
        assert counts == is_newest, f"{run.key}: a finish counted as {counts}, newest: {is_newest}"
        if counts:
            self.looked[run.key] = run.seen

    async def fail(self, _: int) -> None:
        if self.running:
            await self.store.retry(self.running.pop().claim, self.clock.now + 3, "failed")

    async def give_back(self, _: int) -> None:
        if self.running:
            await self.store.release(self.running.pop().claim)

    async def pause(self, _: int) -> None:
        self.clock.now += self.choose.choice((0.2, 0.7, 1.5, 11.0))

    async def stall(self, _: int) -> None:
        """Let every worker hang until its lease has lapsed."""
        self.clock.now += 61

    async def settle(self) -> None:
        """End all that runs, look at all that is due, until nothing is; then nothing may be lost."""
        while self.running:
            await self.end(0)
        while (due := await self.store.next_due()) is not None:
            self.clock.now = max(self.clock.now, due) + 0.001
            for claim in await self.store.claim(10):
                await self.store.finish(claim)
                self.looked[key_of(claim.address)] = self.events[key_of(claim.address)]
        assert self.looked == self.events, "an event was lost"


async def play_histories(url: str, clock: Clock) -> None:
    async with opened(url, clock) as store:
        for seed in range(HISTORIES):
            await History(store, clock, random.Random(seed), seed).play()  # noqa: S311 - a history is not a secret


async def test_no_history_loses_an_event_or_overlaps(url: str, clock: Clock) -> None:
    await play_histories(url, clock)


genuine_finished = endings.finished
genuine_wished = work_module.wished


def finish_sets_done_to_wanted(claim: Claim, again_at: float | None, now: float) -> Ending:
    ending = genuine_finished(claim, again_at, now)
    return replace(ending, changes={**ending.changes, "done": work.c.wanted})


def claim_ignores_the_lease(_: float) -> ColumnElement[bool]:
    return work.c.parked_at.is_(None)


def finish_ignores_the_token(claim: Claim) -> ColumnElement[bool]:
    return and_(work.c.key == key_of(claim.address), work.c.lease_until.is_not(None))


def an_event_during_a_run_is_dropped(row: dict[str, Any], one: Wish, now: float, quiet: Quiet) -> dict[str, Any]:
    return genuine_wished(row, one, now, quiet) if row["lease_until"] is None else row


def a_claim_takes_the_wish_away(claim: Claim) -> Ending:
    return Ending(claim, {"lease_until": None, "done": claim.claimed})


@pytest.mark.parametrize(
    ("module", "seam", "mutant", "notice"),
    [
        (endings, "finished", finish_sets_done_to_wanted, "an event was lost"),
        (claiming, "free", claim_ignores_the_lease, "looked at twice at once"),
        (endings, "holds", finish_ignores_the_token, "a finish counted as True"),
        (work_module, "wished", an_event_during_a_run_is_dropped, "an event was lost"),
        (endings, "released", a_claim_takes_the_wish_away, "an event was lost"),
    ],
)
async def test_the_histories_notice(
    url: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    seam: str,
    mutant: Callable[..., object],
    notice: str,
) -> None:
    monkeypatch.setattr(module, seam, mutant)

    with pytest.raises(AssertionError, match=notice):
        await play_histories(url, clock)
