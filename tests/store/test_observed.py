from __future__ import annotations

from typing import TYPE_CHECKING

from bot.address import Repository
from bot.line.line import Terms
from bot.store.ledger import Release, ReleaseState
from bot.store.line_kept import At
from bot.store.observed import Standing
from tests.store.given import Clock, pull

if TYPE_CHECKING:
    from bot.store.store import Store

SHOP = Repository(7, "octo", "shop")


async def test_an_empty_database_waits_for_nothing(store: Store) -> None:
    assert await store.observed.standing() == Standing(0, None, 0, None, None)
    assert (await store.observed.releases(), await store.observed.lines()) == ({}, ())


async def test_what_is_looked_at_waits_until_its_look_ended_and_what_was_given_up_waits_no_more(
    store: Store, clock: Clock
) -> None:
    began = clock.now
    await store.want([pull(1), pull(2), pull(3)])
    await store.want([pull(4)], at=clock.now + 500)
    clock.now += 10
    first, second, _ = await store.claim(3)
    before = await store.observed.standing()
    await store.finish(first, clock.now + 60)
    await store.park(second, "KeyError: 'oid'")
    await store.record_decision(SHOP, 1, "a" * 40, {"conclusion": "held"})

    after = await store.observed.standing()

    assert before == Standing(4, began, 0, None, None)
    assert after == Standing(2, began, 1, clock.now, clock.now)


async def test_a_claim_tells_since_when_it_was_wanted_but_not_where_only_a_timer_wanted_it(
    store: Store, clock: Clock
) -> None:
    began = clock.now
    await store.accept("d1", "pull_request", [pull(1)])
    clock.now += 3
    (by_event,) = await store.claim(1)
    await store.finish(by_event, clock.now + 30)
    clock.now += 40

    (by_timer,) = await store.claim(1)

    assert (by_event.since, by_timer.since) == (began, None)


async def test_releases_are_counted_by_each_state_they_reached_and_lines_are_named(store: Store) -> None:
    landed = Release(SHOP, "a" * 40, 3, "main", ReleaseState.LANDED, "", "deployment", None, "", 5.0, 4.0)
    live = Release(SHOP, "a" * 40, 3, "main", ReleaseState.LIVE, "", "deployment", 9, "", 6.0, 4.0)
    await store.land(landed)
    await store.save_release(live)
    await store.save_release(live)
    await store.line.keep_terms(At("octo", "shop", "main"), Terms())

    assert await store.observed.releases() == {"landed": 1, "live": 1}
    assert await store.observed.lines() == (At("octo", "shop", "main"),)
