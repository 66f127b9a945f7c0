from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.address import CommitAt, Repository
from bot.evidence.evidence import Evidence, Kind, State, Watch
from bot.line.barred import NotAllowed
from bot.store.ledger import ReleaseState, Remembered, Sighting
from bot.store.line_kept import At
from tests.store.given import SHOP, Clock, just_landed, pull

if TYPE_CHECKING:
    from bot.store.store import Store

SHA = "c" * 40
LANDED = just_landed(1_000_000.0, sha=SHA)


async def test_the_latest_decision_is_found_however_the_name_is_spelled(store: Store) -> None:
    await store.record_decision(Repository(7, "Octo", "Shop"), 3, "a" * 40, {"conclusion": "held"})
    await store.record_decision(SHOP, 3, "b" * 40, {"conclusion": "passed", "rules": [{"name": "small-diff"}]})

    found = await store.decision("OCTO", "shop", 3)

    assert found == {"conclusion": "passed", "rules": [{"name": "small-diff"}]}


async def test_an_unknown_pull_request_has_no_decision(store: Store) -> None:
    await store.record_decision(SHOP, 3, "a" * 40, {"conclusion": "held"})

    assert await store.decision("octo", "shop", 4) is None


async def test_a_head_leads_to_its_open_pull_requests_of_its_repository(store: Store) -> None:
    await store.remember(Sighting(SHOP, 3, Remembered(SHA, "digest"), is_open=True))
    await store.remember(Sighting(SHOP, 4, Remembered(SHA, "digest"), is_open=True))
    await store.remember(Sighting(SHOP, 5, Remembered(SHA, "digest"), is_open=False))
    await store.remember(Sighting(SHOP, 6, Remembered("d" * 40, "digest"), is_open=True))
    await store.remember(Sighting(Repository(8, "octo", "shop"), 7, Remembered(SHA, "digest"), is_open=True))

    assert await store.numbers_at(SHOP, SHA) == (3, 4)


async def test_what_was_last_seen_replaces_what_was_seen_before(store: Store) -> None:
    await store.remember(Sighting(SHOP, 3, Remembered("a" * 40, "old"), is_open=True))
    await store.remember(Sighting(SHOP, 4, Remembered("a" * 40, "old"), is_open=True))

    await store.remember(Sighting(SHOP, 3, Remembered(SHA, "new"), is_open=True))
    await store.remember(Sighting(SHOP, 4, Remembered("a" * 40, "old"), is_open=False))

    assert await store.open_pull_requests(SHOP) == {3: Remembered(SHA, "new")}


async def test_a_landed_commit_is_kept_and_wanted_once(store: Store) -> None:
    answers = [await store.land(LANDED), await store.land(replace(LANDED, detail="again"))]

    (claim,) = await store.claim(10)

    assert answers == [True, False]
    assert (claim.address, claim.claimed) == (CommitAt(SHOP, SHA), 1)
    assert await store.release_of(SHOP, SHA) == LANDED


async def test_a_release_is_saved_as_it_now_stands(store: Store) -> None:
    await store.land(LANDED)
    live = replace(LANDED, state=ReleaseState.LIVE, deployment_id=99, since=1_000_050.0)

    await store.save_release(live)

    assert await store.release_of(SHOP, SHA) == live


async def test_a_pull_request_leads_to_its_latest_release(store: Store) -> None:
    await store.land(LANDED)
    later = replace(LANDED, sha="d" * 40, created_at=LANDED.created_at + 1)
    await store.land(later)

    assert await store.release_of_pull_request("Octo", "Shop", 3) == later
    assert await store.release_of_pull_request("octo", "shop", 4) is None


async def test_what_lands_in_the_same_second_keeps_the_order_in_which_it_was_heard_of(store: Store) -> None:
    await store.land(LANDED)
    second = replace(LANDED, sha="d" * 40, number=4)
    await store.land(second)
    await store.land(second)
    await store.land(replace(LANDED, sha="e" * 40, number=5))
    await store.land(replace(LANDED, sha="f" * 40, number=6, base_branch="release"))

    found = [await store.release_of(SHOP, letter * 40) for letter in "cdef"]

    assert [one.created_at - LANDED.created_at if one else None for one in found] == pytest.approx([0, 0.001, 0.002, 0])


async def test_a_mark_keeps_its_newest_value(store: Store) -> None:
    unset = await store.mark("cursor")
    await store.set_mark("cursor", "v1")
    await store.set_mark("cursor", "v2")

    assert (unset, await store.mark("cursor")) == (None, "v2")


async def test_pruning_forgets_what_ended_and_keeps_what_is_still_needed(store: Store, clock: Clock) -> None:
    await store.accept("old", "pull_request", [pull(1), pull(2), pull(3)])
    for claim in await store.claim(10):
        again_at = clock.now + 9_000_000 if claim.address == pull(2).address else None
        await (store.park(claim, "broken") if claim.address == pull(3).address else store.finish(claim, again_at))
    await store.record_decision(SHOP, 1, "a" * 40, {"turn": 1})
    await store.record_decision(SHOP, 1, "a" * 40, {"turn": 2})
    clock.now += 1000
    await store.accept("new", "pull_request", [pull(4)])

    gone = await store.prune(clock.now - 500)

    assert gone == 3  # the delivery "old", the idle work on pull request 1, the superseded decision
    assert await store.accept("old", "pull_request", [])
    assert not await store.accept("new", "pull_request", [])
    assert [one.address for one in await store.parked()] == [pull(3).address]
    assert await store.decision("octo", "shop", 1) == {"turn": 2}


async def test_a_decision_that_says_the_same_again_is_kept_once(store: Store, clock: Clock) -> None:
    for _ in range(5):
        await store.record_decision(SHOP, 1, "a" * 40, {"turn": 1})
    await store.record_decision(SHOP, 1, "b" * 40, {"turn": 1})

    assert await store.prune(clock.now + 1) == 1  # of two rows, the one for the older head


async def test_pruning_keeps_what_was_given_up_on_a_later_look(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    (first,) = await store.claim(1)
    await store.finish(first, again_at=clock.now + 30)
    clock.now += 30
    (second,) = await store.claim(1)
    await store.park(second, "broken")
    clock.now += 1000

    await store.prune(clock.now)

    assert [one.address for one in await store.parked()] == [pull(3).address]


async def test_what_was_told_of_releases_is_forgotten_with_time(store: Store, clock: Clock) -> None:
    for name, said in (("told/old", clock.now - 501), ("told/new", clock.now - 499)):
        await store.set_mark(name, json.dumps({"states": ["live"], "at": said}))

    gone = await store.prune(clock.now - 500)

    assert gone == 1
    assert [await store.mark("told/old") is None, await store.mark("told/new") is None] == [True, False]


async def test_refusals_of_merges_are_forgotten_with_time_and_other_marks_are_not(store: Store, clock: Clock) -> None:
    for name, said in (("tried/7/octo/shop/1", clock.now - 501), ("tried/7/octo/shop/2", clock.now - 499)):
        await store.set_mark(name, json.dumps({"rests_on": "ever", "what": "no", "who": "nobody", "at": said}))
    await store.set_mark("tried/7/octo/shop/3", "no JSON")
    await store.set_mark("deliveries_read_until", "12")
    line = At("octo", "shop", "main")
    await store.line.keep_refusal(line, NotAllowed(3, "no", clock.now - 501, "f"))
    await store.line.keep_refusal(replace(line, branch="b" * 250), kept := NotAllowed(3, "no", clock.now, "f"))

    gone = await store.prune(clock.now - 500)

    marks = [await store.mark(f"tried/7/octo/shop/{number}") for number in (1, 2, 3)]
    assert (gone, [one is None for one in marks]) == (3, [True, False, True])
    assert await store.mark("deliveries_read_until") == "12"
    assert (await store.line.read(line)).not_allowed is None
    assert (await store.line.read(replace(line, branch="b" * 250))).not_allowed == kept


async def test_what_was_seen_in_production_is_kept_with_the_release(store: Store) -> None:
    bad = Evidence("error-rate", Kind.QUERY, State.FAILED, "0.34", "below 0.01", 1_000_060.0)
    seen = Watch((bad,), healthy_since=1_000_000.0, soaked=45.0, looked_at=1_000_060.0, first_failing=bad)
    await store.land(LANDED)

    before = await store.release_of(SHOP, SHA)
    await store.save_release(replace(LANDED, state=ReleaseState.VERIFYING, watch=seen))
    after = await store.release_of(SHOP, SHA)

    assert before == LANDED
    assert after == replace(LANDED, state=ReleaseState.VERIFYING, watch=seen)


async def test_what_is_superseded_stays_so_whatever_a_look_saves_that_began_before(store: Store) -> None:
    await store.land(LANDED)
    superseded = replace(LANDED, state=ReleaseState.SUPERSEDED, since=LANDED.since + 9)
    await store.save_release(superseded)

    await store.save_release(replace(LANDED, state=ReleaseState.DEPLOYING, since=LANDED.since + 10))

    assert await store.release_of(SHOP, SHA) == superseded
    assert [state for state, _ in await store.dora.reached(LANDED)] == ["landed", "superseded"]
