"""The store as the rest of andon sees it: asynchronous, durable, and honest about a database that fails."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from bot.metrics import Metrics
from bot.settings import CONNECTIONS
from bot.store import (
    beside,
    claiming,
    decisions_kept,
    dora_kept,
    endings,
    flags_kept,
    incident_story,
    ledger,
    line_kept,
    migrate,
    observed,
    processes_kept,
    requests_kept,
    reverts_kept,
    waits_kept,
)
from bot.store.decisions_kept import Again, Decision, Evaluated, Place
from bot.store.endings import Ending
from bot.store.engine import Engines, StoreUnavailable, is_unavailable, open_engines
from bot.store.flags_kept import Flag, Landed
from bot.store.kinds import Kinds
from bot.store.ledger import Release, Remembered, Sighting
from bot.store.requests_kept import Answered, Kept
from bot.store.work import USUAL, Claim, Delivery, Parked, Quiet, Wish
from bot.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from sqlalchemy import Connection

    from bot.address import Repository, Want
    from bot.requests.requests import Answer as RequestAnswer

Answer = TypeVar("Answer")


class Store:
    """One database. Every method raises StoreUnavailable where it cannot be written or read; writes are committed.

    `wanted` is set whenever this process made something worth a look, for the worker to wake up; `clock` gives the
    Unix time that leases and timers are measured by, and `quiet` how long events are waited for to be one look.
    `metrics` counts what this process does.
    """

    def __init__(
        self, engines: Engines, clock: Callable[[], float], writer: Writer | None = None, quiet: Quiet = USUAL
    ) -> None:
        self._engines = engines
        self.clock = clock
        self._writer = writer or Writer(engines.writer)
        self._readers = ThreadPoolExecutor(engines.readers, thread_name_prefix="andon-reader")
        self._kinds = Kinds(clock, quiet)
        self.waits = waits_kept.KeptWaits(self._writer, self._read)
        self.dora = dora_kept.KeptDora(self._read)
        self.incidents = incident_story.Incidents(self._writer, self._read, clock)
        self.line = line_kept.KeptLine(self._writer, self._read, clock)
        self.reverts = reverts_kept.KeptReverts(self._writer, self._read, quiet)
        self.processes = processes_kept.KeptProcesses(self._writer, clock)
        self.observed = observed.Observed(self._read)
        self.metrics = Metrics()
        self.wanted = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        clock: Callable[[], float] = time.time,
        quiet: Quiet = USUAL,
        connections: int = CONNECTIONS,
    ) -> Store:
        """Open a database. A SQLite file is created and upgraded; raises StoreBehind where PostgreSQL needs that.

        `connections` is how many this process may have to PostgreSQL.
        """
        await asyncio.to_thread(migrate.prepare, url)
        return cls(open_engines(url, connections), clock, quiet=quiet)

    async def close(self) -> None:
        """Finish what waits to be written, then close every connection."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._writer.close()
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._engines.dispose)

    # Work

    async def accept(self, delivery_id: str, event: str, wants: Iterable[Want]) -> bool:
        """Keep a delivery and what it wants in one transaction; False, and nothing wanted, if it was seen before."""
        delivery = Delivery(delivery_id, event, tuple(wants))
        is_new = await self._writer.write(self._kinds.accept, delivery)
        if is_new and delivery.wants:
            self.wanted.set()
        return is_new

    async def want(self, wants: Iterable[Want], at: float | None = None) -> None:
        """Want a look without a delivery, not before `at` (a Unix time). What was given up stays so."""
        await self._writer.write(self._kinds.want, tuple(Wish(want, at) for want in wants))
        self.wanted.set()

    async def claim(self, limit: int) -> tuple[Claim, ...]:
        """Lease up to `limit` addresses that are due, for 60 seconds."""
        return await self._writer.write(self._kinds.claim, limit)

    async def finish(self, claim: Claim, again_at: float | None = None) -> bool:
        """End a run well, to look again by timer at a Unix time. False if a newer run has taken the address over."""
        return await self._end(endings.finished(claim, again_at, self.clock()))

    async def retry(self, claim: Claim, at: float, error: str) -> bool:
        """End a run that failed, to be tried again at a Unix time."""
        return await self._end(endings.retried(claim, at, error))

    async def postpone(self, claim: Claim, at: float, why: str) -> bool:
        """End a run that GitHub lets nobody make before a Unix time; it is not counted among those that failed."""
        return await self._end(endings.postponed(claim, at, why))

    async def park(self, claim: Claim, error: str) -> bool:
        """Give an address up until it is wanted anew."""
        return await self._end(endings.parked(claim, error, self.clock()))

    async def release(self, claim: Claim) -> bool:
        """Give a lease back at once; what was wanted stays wanted."""
        answer = await self._end(endings.released(claim))
        self.wanted.set()
        return answer

    async def renew(self, claim: Claim) -> bool:
        """Keep a lease for another 60 seconds; False if it is lost."""
        return await self._end(endings.renewed(claim, self.clock()))

    async def _end(self, ending: Ending) -> bool:
        return await self._writer.write(self._kinds.end, ending)

    async def resume(self) -> None:
        """Take the work up at the start of a process: what was given up, and what a killed process still held.

        A SQLite file has one process; a lease in it is of one that died. On PostgreSQL nobody knows whether others
        live: leases run out by themselves within a minute. From then on, what other processes want wakes this one.
        """
        alone = not beside.is_postgresql(self._engines.writer.dialect)
        await self._writer.write(self._kinds.resume, alone)
        if not alone and self._listening is None:
            self._listening = asyncio.create_task(beside.listen(self._engines.writer, self.wanted), name="listen")

    async def run_alone(self, task: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a task of this name while no other process on the same database does; wait for that."""
        await beside.run_alone(self._engines.writer, task, run)

    async def next_due(self) -> float | None:
        """Tell when something can be claimed next, as a Unix time."""
        return await self._read(lambda connection: claiming.next_due(connection, self.clock()))

    async def parked(self) -> list[Parked]:
        """List what was given up, the longest ago first."""
        return list(await self._read(claiming.all_parked))

    # Ledger

    async def record_decision(
        self, repository: Repository, number: int, head: str, record: Mapping[str, object], again: Again | None = None
    ) -> None:
        """Keep what was decided on a pull request; `record` is JSON. Without `again`, equal records are one."""
        await self._writer.write(self._kinds.record, Decision(repository, number, head, record, again))

    async def decision(self, owner: str, name: str, number: int) -> dict[str, Any] | None:
        """Give the latest record of a pull request."""
        return await self._read(lambda connection: decisions_kept.latest_record(connection, owner, name, number))

    async def evaluation(self, owner: str, name: str, number: int, at: float | None = None) -> Evaluated | None:
        """Give the evaluation of a pull request that stood at a Unix time; without one, the latest."""
        return await self._read(lambda connection: decisions_kept.evaluation(connection, owner, name, number, at))

    async def evaluations(self, place: Place, before: int | None = None, most: int = 100) -> tuple[Evaluated, ...]:
        """List the evaluations of a pull request, the newest first; `before` goes on below an id."""
        return await self._read(lambda connection: decisions_kept.history(connection, place, before, most))

    async def recorded_since(self, owner: str, name: str, number: int) -> float | None:
        """Tell when the first evaluation of a pull request was made that is still kept (Unix time)."""
        return await self._read(lambda connection: decisions_kept.recorded_since(connection, owner, name, number))

    async def remember(self, sighting: Sighting) -> None:
        """Keep what was last seen of a pull request."""
        await self._writer.write(self._kinds.remember, sighting)

    async def open_pull_requests(self, repository: Repository) -> dict[int, Remembered]:
        """Give the known open pull requests of a repository by their numbers."""
        return await self._read(lambda connection: ledger.open_pull_requests(connection, repository))

    async def numbers_at(self, repository: Repository, sha: str) -> tuple[int, ...]:
        """Give the numbers of the known open pull requests whose head is a commit."""
        return await self._read(lambda connection: ledger.numbers_at(connection, repository, sha))

    async def land(self, release: Release) -> bool:
        """Keep a newly landed commit and want a look at it; False if it was known, and stays as it is."""
        is_new = await self._writer.write(self._kinds.land, release)
        self.wanted.set()
        return is_new

    async def save_release(self, release: Release) -> None:
        """Keep a release as it now stands."""
        await self._writer.write(self._kinds.save_release, release)

    async def release_of(self, repository: Repository, sha: str) -> Release | None:
        """Give the release of a landed commit."""
        return await self._read(lambda connection: ledger.release_of(connection, repository, sha))

    async def release_of_pull_request(self, owner: str, name: str, number: int) -> Release | None:
        """Give the latest release that a pull request became."""
        return await self._read(lambda connection: ledger.release_of_pull_request(connection, owner, name, number))

    async def under_way(self, repository: Repository) -> tuple[str, ...]:
        """List the landed commits of a repository whose releases are not over."""
        return await self._read(lambda connection: ledger.under_way(connection, repository))

    async def requests(self, repository: Repository, number: int, head: str) -> Kept:
        """Give what people asked for on a pull request, and by buttons on its head."""
        return await self._read(lambda connection: requests_kept.kept(connection, repository, number, head))

    async def answer(self, answered: Answered) -> None:
        """Keep the answer to a request; one that has an answer keeps that."""
        await self._writer.write(self._kinds.answer, answered)

    async def tell(self, repository: Repository, source: str, refusal: str = "") -> None:
        """Keep that whoever asked was shown the answer, or with a refusal that what was granted counts no more."""
        await self._writer.write(self._kinds.tell, (repository, source, refusal))

    async def audit(self, owner: str, name: str, before: float | None = None) -> list[tuple[int, RequestAnswer]]:
        """Give the newest answers of a repository, each with the number of its pull request."""
        return await self._read(lambda connection: requests_kept.audit(connection, owner, name, before))

    async def note_flags(self, landed: Landed) -> None:
        """Keep which flags a landed pull request brought and took away."""
        await self._writer.write(self._kinds.note_flags, landed)

    async def flags(self, owner: str, name: str) -> list[Flag]:
        """Give the flags of a repository, the longest there first."""
        return await self._read(lambda connection: flags_kept.all_of(connection, owner, name))

    async def keep_stale_after(self, repository: Repository, seconds: int) -> None:
        """Keep after how many seconds the policy of a repository calls a flag stale; nothing is written twice."""
        if await self.stale_after(repository.owner, repository.name) != seconds:
            await self._writer.write(self._kinds.keep_stale_after, (repository, seconds))

    async def stale_after(self, owner: str, name: str) -> int | None:
        """Give after how many seconds a flag is stale, as far as a policy of the repository was seen."""
        return await self._read(lambda connection: flags_kept.stale_after(connection, owner, name))

    async def judged_since(self, repository: Repository, number: int, head: str) -> float | None:
        """Tell since when a head stands as the pull request's, as far as decisions show it (Unix time)."""
        return await self._read(lambda connection: decisions_kept.judged_since(connection, repository, number, head))

    async def mark(self, key: str) -> str | None:
        """Give the value of a mark."""
        return await self._read(lambda connection: ledger.mark(connection, key))

    async def set_mark(self, key: str, value: str) -> None:
        """Keep a mark."""
        await self._writer.write(self._kinds.set_mark, (key, value))

    async def prune(self, before: float) -> int:
        """Forget a portion of what ended before a Unix time, 30 days ago; gives how many rows."""
        return await self._writer.write(self._kinds.prune, before)

    async def _read(self, query: Callable[[Connection], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._query, query)

    def _query(self, query: Callable[[Connection], Answer]) -> Answer:
        try:
            with self._engines.reader.connect() as connection:
                return query(connection)
        except Exception as error:
            if is_unavailable(error):
                raise StoreUnavailable(f"{type(error).__name__}: {getattr(error, 'orig', error)}") from error
            raise
