"""The disk is full, or the database takes no writes: nothing is acknowledged, it is said, and it goes on afterwards."""

from __future__ import annotations

import itertools
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import create_engine, make_url, text

from tests.faults.figures import Figure, Place, at_most, exactly
from tests.faults.kept import deliveries_kept
from tests.faults.load import Answers, Delivery, asked, deliver_all, labelled
from tests.faults.serving import Scene, memory_of, scene, until, until_ready

ANSWERED_WITHIN_SECONDS = 10.0
"""After it GitHub gives up: the delivery counts as failed as well, but andon would not know."""


CUT_OFF = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True, slots=True)
class Size:
    """How often the disk is full, and how many deliveries come meanwhile."""

    times: int
    deliveries: int


FULL = Size(10, 200)
SMALL = Size(1, 10)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Fill the disk and empty it again, so often."""
    meanwhile, afterwards, said = Answers(), Answers(), set[tuple[int, int]]()
    async with scene(place, size.times) as town, town.served() as process:
        await until_ready(town.port)
        await _deliver(town, Answers(), "before", 2)
        for number in range(size.times):
            with _full(place, process.pid):
                ready = await asked(town.port, "/readyz")
                await _deliver(town, meanwhile, f"full-{number}", size.deliveries)
                said.add((ready, await asked(town.port, "/livez")))
            await until_ready(town.port)
            await _deliver(town, afterwards, f"after-{number}", size.deliveries, town.pulls[number].number)
        await until(lambda: all(town.verdicts(pull) for pull in town.pulls))
        memory = memory_of(process)
        kept = deliveries_kept(place)
    lost = set(meanwhile.acknowledged + afterwards.acknowledged) - kept
    return [
        exactly("answers while it is full", sorted(meanwhile.statuses), [503]),
        exactly("ready and alive while it is full", sorted(said), [(503, 200)]),
        at_most("slowest answer while it is full", max(meanwhile.seconds), ANSWERED_WITHIN_SECONDS, " s"),
        exactly("answers afterwards", sorted(afterwards.statuses), [202]),
        exactly("acknowledged and lost", len(lost), 0),
        exactly("pull requests with other than one verdict", sum(town.verdicts(one) != 1 for one in town.pulls), 0),
        at_most("memory at most", memory, 256, " MiB"),
    ]


async def _deliver(town: Scene, into: Answers, name: str, number: int, only: int = 0) -> None:
    pulls = [pull for pull in town.pulls if only in {0, pull.number}]
    turns = zip(range(number), itertools.cycle(pulls), strict=False)
    deliveries: Iterator[Delivery] = (labelled(town.github, pull, f"{name}-{index}") for index, pull in turns)
    answers = await deliver_all(town.port, deliveries, 4)
    into.acknowledged += answers.acknowledged
    into.seconds += answers.seconds
    into.statuses += answers.statuses


@contextmanager
def _full(place: Place, process: int) -> Iterator[None]:
    """Let a process write nothing more: no file may grow, or PostgreSQL only reads."""
    if not place.is_file:
        with _read_only(place.database_url):
            yield
        return
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)


@contextmanager
def _read_only(url: str) -> Iterator[None]:
    """Let a database take no writes, as a standby that nobody promoted, or a server whose disk is full."""
    name = make_url(url).database
    _execute(url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        yield
    finally:
        _execute(url, f'ALTER DATABASE "{name}" RESET default_transaction_read_only')


def _execute(url: str, statement: str) -> None:
    """Carry out a statement, and have everybody connect anew."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.execute(text("SET transaction_read_only = off"))
            connection.execute(text(statement))
            connection.execute(text(CUT_OFF))
    finally:
        engine.dispose()
