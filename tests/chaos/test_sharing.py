"""Two bots on one database ask GitHub for no more together than one may."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.github.budget import Allowance
from bot.sharing import share
from bot.store.engine import StoreUnavailable
from tests.chaos.in_memory import InMemory


@pytest.fixture
def form() -> Iterator[InMemory]:
    made = InMemory()
    yield made
    made.close()


def test_with_a_second_process_each_takes_half_and_with_its_end_the_whole_again(form: InMemory) -> None:
    connection, parts = form.bench.github.connection, list[Allowance]()

    for names in (("a",), ("b", "a"), ("a",)):
        for name in names:
            form.run(share(form.bench, name))
        parts.append(connection.allowance)
        form.github.advance(70.0)

    whole = Allowance()
    assert parts == [whole, whole.shared_by(2), whole]


def test_where_the_database_does_not_answer_the_part_stays_what_it_was(form: InMemory) -> None:
    connection = form.bench.github.connection
    connection.share_with(3)

    class Gone:
        async def beat(self, name: str) -> int:
            raise StoreUnavailable(name)

    store = form.bench.store
    store.processes = Gone()  # type: ignore[assignment] # a database that fails

    form.run(share(replace(form.bench, store=store), "a"))

    assert connection.allowance == Allowance().shared_by(3)
