"""Takes addresses that are due, looks at each, and sees to it that none is lost and none is looked at twice at once."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.address import Address, key_of
from bot.github.errors import Later
from bot.github.fence import Overtaken, fenced
from bot.lease import Lease
from bot.metrics import Look
from bot.settings import AT_ONCE
from bot.store.engine import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from bot.store.store import Store
    from bot.store.work import Claim

log = structlog.get_logger(__name__)

FINISHED = "finished"
OVERTAKEN = "overtaken"
UNWRITTEN = "not written"


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the worker is, in seconds where no other unit is named."""

    poll: float = 5.0
    renew: float = 20.0
    longest_look: float = 300.0
    drain: float = 12.0
    first_backoff: float = 1.0
    longest_backoff: float = 300.0
    tries_when_later: int = 100
    tries_when_broken: int = 5
    rest: float = 0.02
    """Between a search that found nothing due and the next: each delivery starts one, and few make something due."""


class Worker:
    """Looks at what is due, `concurrency` addresses at a time. `look` gives the Unix time to look again, or None."""

    def __init__(
        self,
        store: Store,
        look: Callable[[Claim], Awaitable[float | None]],
        concurrency: int = AT_ONCE,
        clock: Callable[[], float] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._look = look
        self._concurrency = concurrency
        self._clock = clock or store.clock
        self._pace = pace or Pace()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._behind: dict[str, Claim] = {}
        self._stopping = False
        self._claiming = False

    async def run(self) -> None:
        """Work until `stop` is called; then wait for what runs, and give back what does not end in time."""
        while not self._stopping:
            self._store.wanted.clear()
            rest = 0.0
            try:
                rest = 0.0 if await self._claim() else self._pace.rest
                pause = await self._pause()
            except StoreUnavailable as error:
                log.warning("store unavailable", error=str(error))
                pause = self._pace.first_backoff
            except Exception:
                # Whatever it is, the next round may go well; a worker that ended would be noticed by nobody.
                log.exception("claiming failed")
                pause = self._pace.first_backoff
            await self._sleep(pause, rest)
        await self._drain()

    def stop(self) -> None:
        """Claim nothing more. `run` returns once everything has ended or given its lease back."""
        self._stopping = True
        self._store.wanted.set()

    @property
    def idle(self) -> bool:
        """Tell whether nothing is looked at right now, nor being claimed for a look."""
        return not self._running and not self._claiming

    async def _claim(self) -> bool:
        """Fill every free place with an address that is due; False where there was a place and no address."""
        free = self._concurrency - len(self._running)
        self._claiming = True
        try:
            claims = await self._store.claim(free) if free > 0 and not self._stopping else ()
            self._begin(claims)
        finally:
            self._claiming = False
        return bool(claims) or free <= 0

    def _begin(self, claims: tuple[Claim, ...]) -> None:
        """Start what was claimed; beside a look of ours at the same address nothing starts, but right behind it.

        Such a look has lost its lease, or has written its ending and is about to return.
        """
        for claim in claims:
            key = key_of(claim.address)
            if key in self._running:
                self._behind[key] = claim
            else:
                self._start(key, self._unit(claim))

    def _start(self, key: str, unit: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(unit, name=f"look at {key}")
        self._running[key] = task
        task.add_done_callback(partial(self._ended, key))

    def _ended(self, key: str, _: asyncio.Task[None]) -> None:
        del self._running[key]
        if key in self._behind and not self._stopping:
            self._start(key, self._late(self._behind.pop(key)))
        self._store.wanted.set()

    async def _late(self, claim: Claim) -> None:
        """Look at what had to wait for another look, if its lease has not run out meanwhile."""
        try:
            leased = await self._store.renew(claim)
        except StoreUnavailable as error:
            log.warning("lease not renewed", address=key_of(claim.address), error=str(error))
            return
        if leased:
            await self._unit(claim)  # proved anew before anything is written: `leased_until` is of before the wait

    async def _pause(self) -> float:
        if len(self._running) >= self._concurrency:
            return self._pace.poll
        due = await self._store.next_due()
        return self._pace.poll if due is None else min(self._pace.poll, max(0.01, due - self._clock()))

    async def _sleep(self, seconds: float, at_least: float) -> None:
        """Sleep until something is wanted, for `at_least` so long and no longer than `seconds`."""
        woken = asyncio.get_running_loop().time() + min(seconds, at_least)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._store.wanted.wait()
        if not self._stopping:
            await asyncio.sleep(max(0.0, woken - asyncio.get_running_loop().time()))

    async def _unit(self, claim: Claim) -> None:
        """Look at one address, and write down how that ended: one log line for each."""
        with structlog.contextvars.bound_contextvars(address=key_of(claim.address)):
            await self._counted(claim)

    async def _counted(self, claim: Claim) -> None:
        """Keep the lease while the look goes on, then log and count how it ended."""
        began = self._clock()
        lease = Lease(self._store, claim, self._clock)
        keeping = asyncio.create_task(self._keep(claim, lease))
        try:
            with fenced(lease.prove):
                outcome = await self._ending(claim)
        except asyncio.CancelledError:
            outcome = await self._give_back(claim)
        except StoreUnavailable as error:
            outcome = await self._unwritten(claim, error)
        except Exception:
            log.exception("outcome not written", address=key_of(claim.address))
            outcome = f"{UNWRITTEN}, the lease will run out"
        finally:
            keeping.cancel()
        ended = self._clock()
        seconds = round(ended - began, 3)
        log.info("looked", address=key_of(claim.address), outcome=outcome, seconds=seconds, token=claim.token)
        waited = None if claim.since is None or outcome != FINISHED else max(0.0, ended - claim.since)
        look = Look(kind_of(claim.address), claim.address.repository.full_name, named(outcome), seconds, waited)
        self._store.metrics.looked(look)

    async def _unwritten(self, claim: Claim, why: StoreUnavailable) -> str:
        """Give the lease back as soon as the store answers again, so that the look is made again at once."""
        while not self._stopping:
            await asyncio.sleep(self._pace.first_backoff)
            with contextlib.suppress(StoreUnavailable):
                await self._store.release(claim)
                return f"{UNWRITTEN}, and released: {why}"
        return f"{UNWRITTEN}, the lease will run out: {why}"

    async def _give_back(self, claim: Claim) -> str:
        try:
            await self._store.release(claim)
        except StoreUnavailable as error:
            return f"not released, the lease will run out: {error}"
        return "released"

    async def _ending(self, claim: Claim) -> str:
        try:
            async with asyncio.timeout(self._pace.longest_look):
                again_at = await self._look(claim)
        except Later as later:
            if later.retry_at is None:
                return await self._again(claim, 0.0, self._pace.tries_when_later, f"later: {later.why}")
            return await self._postponed(claim, later.retry_at, later.why)
        except Overtaken:
            return OVERTAKEN
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("look failed", address=key_of(claim.address), attempts=claim.attempts + 1)
            return await self._again(claim, 0.0, self._pace.tries_when_broken, f"{type(error).__name__}: {error}")
        return FINISHED if await self._store.finish(claim, again_at) else OVERTAKEN

    async def _postponed(self, claim: Claim, at: float, why: str) -> str:
        """Come again when GitHub allows it: that is no failure of this address, and never a reason to give it up."""
        await self._store.postpone(claim, max(at, self._clock() + self._pace.first_backoff), f"later: {why}")
        return f"postponed: {why}"

    async def _again(self, claim: Claim, earliest: float, tries: int, why: str) -> str:
        if claim.attempts + 1 >= tries:
            await self._store.park(claim, why)
            return f"parked: {why}"
        await self._store.retry(claim, max(earliest, self._clock() + self._backoff(claim.attempts)), why)
        return f"retry: {why}"

    def _backoff(self, attempts: int) -> float:
        longest = min(self._pace.longest_backoff, self._pace.first_backoff * 2.0 ** min(attempts, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing

    async def _keep(self, claim: Claim, lease: Lease) -> None:
        """Renew the lease while the look goes on."""
        while True:
            await asyncio.sleep(self._pace.renew)
            try:
                if not await lease.renew():
                    log.warning("lease lost", address=key_of(claim.address), token=claim.token)
                    return
            except StoreUnavailable as error:
                log.warning("lease not renewed", address=key_of(claim.address), error=str(error))

    async def _drain(self) -> None:
        running = list(self._running.values())
        for claim in self._behind.values():
            await self._give_back(claim)
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=self._pace.drain)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def kind_of(address: Address) -> str:
    """Name of what kind an address is, for counting: the first word of its key."""
    return key_of(address).partition("/")[0]


def named(outcome: str) -> str:
    """Name how a look ended, without why: finished, overtaken, retry, postponed, parked, released, or not written."""
    return outcome.partition(":")[0].partition(",")[0]
