"""When the bot is at rest: nothing is under way, and nothing is due for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot import sweep
from bot.address import key_of
from bot.bench import SWEEP_SECONDS, Bench
from bot.github.errors import Later, Refused
from bot.store.work import Claim
from bot.wiring import look
from simulator.github import Simulator

MOST_LOOKS = 400
"""Looks within one rest: far more than any schedule needs, and few enough to be told soon."""

TOLD = 12
NEVER = float("inf")
SWEEPS = 5

Look = Callable[[Claim], Awaitable[float | None]]


class RestlessError(Exception):
    """The bot does not come to rest; the text says what keeps it busy."""


@dataclass(slots=True)
class Looking:
    """The looks of one bot, as keys of their addresses, in the order in which they began.

    `doubled` names those that began while another look at the same address was under way.
    """

    looked_at: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _under_way: Counter[str] = field(default_factory=Counter)

    def at(self, bench: Bench) -> Look:
        """Make the look at one address that the worker is given: the bot's own, written down."""

        async def looks(claim: Claim) -> float | None:
            key = key_of(claim.address)
            self.looked_at.append(key)
            if self._under_way[key]:
                self.doubled.append(key)
            self._under_way[key] += 1
            try:
                return await look(bench, claim)
            finally:
                self._under_way[key] -= 1

        return looks


@dataclass(frozen=True, slots=True)
class Resting:
    """What must be still for the bot to be at rest.

    `pass_time` lets so many seconds pass; 0 lets go on what is under way. A rest is of `most_looks` at the most.
    """

    github: Simulator
    bench: Bench
    is_idle: Callable[[], bool]
    looking: Looking
    pass_time: Callable[[float], Awaitable[None]]
    most_looks: int = MOST_LOOKS

    async def reached(self, horizon: float) -> None:
        """Wait until nothing is under way or due before the horizon, in seconds from now."""
        until, before = self.bench.clock() + horizon, len(self.looking.looked_at)
        self.bench.store.wanted.set()  # the clock may have been moved by hand
        while True:
            self._check(self.looking.looked_at[before:])
            await self.github.settled()
            due, now = await self._due(), self.bench.clock()
            if due > until:
                return
            await self.pass_time(max(due - now, 0.0))

    async def _due(self) -> float:
        """Tell when something is due next (Unix time): now while something is looked at, never where nothing is."""
        if not self.is_idle():
            return self.bench.clock()
        due = await self.bench.store.next_due()
        return NEVER if due is None else due

    def _check(self, looked_at: list[str]) -> None:
        if len(looked_at) > self.most_looks:
            raise RestlessError(f"no rest after {self.most_looks} looks, the latest at {', '.join(looked_at[-TOLD:])}")

    async def swept(self) -> None:
        """Do once what `bot.sweep.sweep_for_ever` does; one that ended early is done again after a while."""
        for _ in range(SWEEPS):
            try:
                await sweep.discover(self.bench)
                await sweep.redeliver_failures(self.bench)
                await self.bench.store.prune(self.bench.clock() - sweep.RETENTION)
            except (Later, Refused) as problem:
                until = getattr(problem, "retry_at", None) or 0.0
                await self.pass_time(max(until - self.bench.clock(), SWEEP_SECONDS))
            else:
                return
        raise RestlessError(f"no sweep went through in {SWEEPS} tries")
