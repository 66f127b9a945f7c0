from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.store.decisions_kept import MOST_AT_ONCE, Again
from tests.store.given import SHOP

if TYPE_CHECKING:
    from bot.store.store import Store
    from tests.store.given import Clock

HEAD = "a" * 40


def again(says: str, *, acted: bool = False, broke_off: bool = False, **seen: object) -> Again:
    return Again(says, acted, broke_off, seen)


async def keep(store: Store, clock: Clock, at: float, turn: int, how: Again, head: str = HEAD) -> None:
    clock.now = at
    await store.record_decision(SHOP, 3, head, {"turn": turn}, how)


async def test_what_says_the_same_again_moves_only_its_last_time_and_its_count(store: Store, clock: Clock) -> None:
    await keep(store, clock, 100.0, 1, again("held", snapshot="one"))
    await keep(store, clock, 200.0, 2, again("held", snapshot="two"))
    await keep(store, clock, 300.0, 3, again("held", snapshot="three"))

    (only,) = await store.evaluations(("octo", "shop", 3))

    assert (only.at, only.last_at, only.looks) == (100.0, 300.0, 3)
    assert (only.record, only.last) == ({"turn": 1}, {"snapshot": "three"})


@pytest.mark.parametrize(
    ("second", "head"),
    [
        pytest.param(again("passed"), HEAD, id="it says something else"),
        pytest.param(again("held"), "b" * 40, id="of another head"),
        pytest.param(again("held", acted=True), HEAD, id="it did something"),
    ],
)
async def test_what_is_new_is_kept_for_itself(store: Store, clock: Clock, second: Again, head: str) -> None:
    await keep(store, clock, 100.0, 1, again("held"))

    await keep(store, clock, 200.0, 2, second, head)

    kept = await store.evaluations(("octo", "shop", 3))
    assert [(one.at, one.looks, one.record["turn"], one.last) for one in kept] == [
        (200.0, 1, 2, None),
        (100.0, 1, 1, None),
    ]


async def test_what_says_the_same_after_something_else_is_kept_for_itself(store: Store, clock: Clock) -> None:
    for at, says in ((100.0, "held"), (200.0, "passed"), (300.0, "held")):
        await keep(store, clock, at, int(at), again(says))

    assert [one.at for one in await store.evaluations(("octo", "shop", 3))] == [300.0, 200.0, 100.0]


@pytest.mark.parametrize(
    ("at", "turn"),
    [
        (99.9, None),
        (100.0, 1),
        (150.0, 1),
        (199.9, 1),
        (200.0, 2),
        (9_000.0, 2),
        (None, 2),
    ],
)
async def test_a_moment_finds_the_evaluation_that_stood_then(
    store: Store, clock: Clock, at: float | None, turn: int | None
) -> None:
    await keep(store, clock, 100.0, 1, again("held"))
    await keep(store, clock, 150.0, 1, again("held"))
    await keep(store, clock, 200.0, 2, again("passed"))

    found = await store.evaluation("OCTO", "Shop", 3, at)

    assert (found and found.record["turn"]) == turn
    assert await store.recorded_since("octo", "shop", 3) == 100.0
    assert await store.recorded_since("octo", "shop", 4) is None


async def test_pruning_forgets_what_another_evaluation_replaced_long_ago(store: Store, clock: Clock) -> None:
    await keep(store, clock, 100.0, 1, again("held"))
    await keep(store, clock, 200.0, 2, again("passed"))
    await keep(store, clock, 900.0, 2, again("passed"))
    await keep(store, clock, 950.0, 3, again("merged"))
    clock.now = 2_000.0

    gone = await store.prune(500.0)

    assert gone == 1
    assert [one.record["turn"] for one in await store.evaluations(("octo", "shop", 3))] == [3, 2]


async def test_pruning_keeps_the_latest_however_old(store: Store, clock: Clock) -> None:
    await keep(store, clock, 100.0, 1, again("merged"))

    assert await store.prune(5_000.0) == 0
    assert await store.evaluation("octo", "shop", 3) is not None


async def test_the_list_goes_on_below_the_last_one_shown(store: Store, clock: Clock) -> None:
    for number in range(MOST_AT_ONCE + 5):
        await keep(store, clock, 100.0 + number, number, again(str(number)))

    first = await store.evaluations(("octo", "shop", 3))
    second = await store.evaluations(("octo", "shop", 3), before=first[-1].id)

    assert [one.record["turn"] for one in (*first, *second)] == list(reversed(range(MOST_AT_ONCE + 5)))
    assert len(first) == MOST_AT_ONCE


async def test_a_head_is_not_judged_by_an_evaluation_that_nobody_was_shown(store: Store, clock: Clock) -> None:
    await keep(store, clock, 100.0, 1, again("held", broke_off=True))
    before = await store.judged_since(SHOP, 3, HEAD)
    await keep(store, clock, 200.0, 2, again("held", acted=True))

    assert (before, await store.judged_since(SHOP, 3, HEAD)) == (None, 200.0)


async def test_a_row_of_the_version_before_is_read_and_not_taken_for_the_same(store: Store, clock: Clock) -> None:
    with store._engines.writer.begin() as connection:  # noqa: SLF001 - writes as the version before does
        connection.execute(
            text(
                "INSERT INTO decisions (installation, owner, name, number, head, at, record) "
                "VALUES (7, 'octo', 'shop', 3, :head, 50.0, :record)"
            ),
            {"head": HEAD, "record": '{"turn": 0}'},
        )

    await keep(store, clock, 100.0, 1, again("held"))

    kept = await store.evaluations(("octo", "shop", 3))
    assert [(one.at, one.last_at, one.looks, one.record["turn"]) for one in kept] == [
        (100.0, 100.0, 1, 1),
        (50.0, 50.0, 1, 0),
    ]
