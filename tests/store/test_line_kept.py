"""The line in the store: places, orders, what releases say of production, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.line.line import Entry, Failure, Lane, Line, Terms
from bot.requests.requests import Answer, Request, Verb
from bot.store.ledger import Release, ReleaseState
from bot.store.line_kept import TURN_SECONDS, At
from bot.store.requests_kept import Answered
from bot.store.store import Store
from rules.engine.pull_request import Account
from tests.store.given import SHOP, Clock, just_landed

MAIN = At.of(SHOP, "main")
A, B = Entry(1, "a" * 40, 100.0), Entry(2, "b" * 40, 200.0)
LIVE, FAILED, LANDED = ReleaseState.LIVE, ReleaseState.FAILED, ReleaseState.LANDED


def release(number: int, state: ReleaseState, at: float, **fields: object) -> Release:
    own = {"sha": f"{number:040x}", "number": number, "state": state, "detail": "red", "since": at + 5}
    return just_landed(at, **{**own, **fields})


def said(source: str, verb: Verb, at: float, *, reason: str = "migration", refusal: str = "") -> Answered:
    request = Request(source, verb, Account("ada", 5), at, reason=reason)
    return Answered(SHOP, 9, Answer(request, "h", "t", at, refusal), "main")


async def read(store: Store) -> Line:
    return await store.line.read(MAIN)


async def test_e1_joining_again_keeps_the_place_and_renews_the_rest(store: Store) -> None:
    await store.line.join(MAIN, A)
    await store.line.join(MAIN, replace(A, head="c" * 40, since=900.0, lane=Lane.FIX, unready_since=950.0))

    assert (await read(store)).entries == (replace(A, head="c" * 40, lane=Lane.FIX, unready_since=950.0),)


async def test_leaving_and_coming_back_begins_at_the_end(store: Store) -> None:
    await store.line.join(MAIN, A)
    await store.line.leave(MAIN, 1)
    await store.line.join(MAIN, replace(A, since=900.0))

    assert [entry.since for entry in (await read(store)).entries] == [900.0]


async def test_one_that_is_aimed_elsewhere_loses_its_place_and_stands_in_one_line_alone(store: Store) -> None:
    await store.line.join(MAIN, A)
    other = At.of(SHOP, "release")
    await store.line.join(other, replace(A, since=900.0))
    await store.line.leave(MAIN, 1)

    assert (await read(store)).entries == ()
    assert [entry.since for entry in (await store.line.read(other)).entries] == [900.0]
    assert await store.line.entry(SHOP, 1) == (other, replace(A, since=900.0))
    assert [at.branch for at, _ in await store.line.of_repository(SHOP)] == ["release"]


async def test_a_turn_is_taken_by_one_until_it_is_given_back_or_runs_out(store: Store, clock: Clock) -> None:
    await store.line.join(MAIN, A)
    await store.line.join(MAIN, B)
    first, second = await store.line.take_turn(MAIN, 1), await store.line.take_turn(MAIN, 2)
    await store.line.leave(MAIN, 1)
    after = await store.line.take_turn(MAIN, 2)
    await store.line.join(MAIN, replace(A, lane=Lane.FIX))
    while_it_lasts = await store.line.take_turn(MAIN, 1)
    clock.now += TURN_SECONDS
    run_out = await store.line.take_turn(MAIN, 1)

    assert [one.may_merge for one in (first, second, after, while_it_lasts, run_out) if one] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert await store.line.take_turn(MAIN, 99) is None


async def test_a_closed_line_gives_nobody_the_turn_and_says_what_closes_it(store: Store) -> None:
    await store.line.join(MAIN, A)
    await store.answer(said("comment/1/0", Verb.FREEZE, 150.0))

    found = await store.line.take_turn(MAIN, 1)

    assert found is not None
    assert ([one.who for one in found.closings], found.may_merge) == (["ada"], False)
    assert (await read(store)).turn is None


async def test_a_turn_that_goes_on_keeps_its_beginning_and_ends_when_given_back(store: Store, clock: Clock) -> None:
    await store.line.join(MAIN, A)
    began = clock.now
    await store.line.take_turn(MAIN, 1)
    clock.now += 10
    await store.line.take_turn(MAIN, 1)
    turn = (await read(store)).turn
    await store.line.give_back(MAIN, 2)
    kept = (await read(store)).turn
    await store.line.give_back(MAIN, 1)

    assert turn is not None
    assert (turn.number, turn.taken_at, turn.until) == (1, began, clock.now + TURN_SECONDS)
    assert kept == turn
    assert (await read(store)).turn is None


async def test_e3_of_two_processes_one_gets_the_turn(url: str, clock: Clock) -> None:
    one, other = await Store.open(url, clock), await Store.open(url, clock)
    await one.line.join(MAIN, A)
    await one.line.take_turn(MAIN, 1)
    await other.line.join(MAIN, replace(B, lane=Lane.FIX))

    found = await other.line.take_turn(MAIN, 2)

    await one.close()
    await other.close()
    assert found is not None
    assert (found.may_merge, found.merging) == (False, 1)


@pytest.mark.parametrize(
    ("releases", "failed", "undeployed"),
    [
        ((), None, 0),
        ((release(1, LIVE, 10.0),), None, 0),
        ((release(1, FAILED, 10.0),), 1, 1),
        ((release(1, LIVE, 10.0), release(2, FAILED, 20.0)), 2, 1),
        ((release(1, FAILED, 10.0), release(2, LIVE, 20.0)), None, 0),
        ((release(1, FAILED, 10.0), release(2, LANDED, 20.0)), 1, 2),
        ((release(1, LANDED, 10.0), release(2, LIVE, 20.0), release(3, LANDED, 30.0)), None, 1),
        ((release(1, FAILED, 20.0), release(2, LIVE, 20.0, since=40.0)), None, 0),
        ((release(1, FAILED, 20.0, since=40.0), release(2, LIVE, 20.0)), 1, 1),
        ((release(1, FAILED, 10.0, base_branch="other"),), None, 0),
    ],
    ids=[
        "nothing landed",
        "all is live",
        "the first failed",
        "a later one failed",
        "a later one is live",
        "a later one is on its way",
        "what landed before the live one is in it",
        "in one second, then live",
        "in one second, then failed",
        "another branch",
    ],
)
async def test_production_is_what_the_releases_say(
    store: Store, releases: tuple[Release, ...], failed: int | None, undeployed: int
) -> None:
    for one in releases:
        await store.save_release(one)

    line = await read(store)

    assert (line.failure.number if line.failure else None, len(line.undeployed_since)) == (failed, undeployed)


async def test_of_several_that_failed_the_first_is_named(store: Store) -> None:
    await store.save_release(release(1, FAILED, 10.0))
    await store.save_release(release(2, FAILED, 20.0))

    assert (await read(store)).failure == Failure(1, f"{1:040x}", 15.0, "red")


async def test_an_order_is_kept_with_its_answer_once_and_only_if_it_was_granted(store: Store) -> None:
    frozen = said("comment/1/0", Verb.FREEZE, 500.0, reason="migration until 30m")
    for one in (frozen, frozen, said("comment/2/0", Verb.FREEZE, 510.0, refusal="that takes write access")):
        await store.answer(one)
    await store.answer(replace(said("comment/2/0", Verb.FREEZE, 510.0)))

    [order] = (await read(store)).orders

    assert (order.source, order.by, order.reason, order.at, order.until) == (
        "comment/1/0",
        "ada",
        "migration",
        500.0,
        2300.0,
    )


async def test_what_was_ordered_before_the_line_was_opened_is_read_no_more(store: Store) -> None:
    await store.answer(said("comment/1/0", Verb.FREEZE, 500.0))
    await store.answer(said("comment/2/0", Verb.UNFREEZE, 600.0))
    await store.answer(said("comment/3/0", Verb.FREEZE, 700.0))
    await store.answer(said("comment/4/0", Verb.HOLD, 800.0))

    assert [(order.source, order.freezes) for order in (await read(store)).orders] == [
        ("comment/2/0", False),
        ("comment/3/0", True),
    ]


async def test_the_terms_of_the_policy_are_kept_and_outlive_a_turn(store: Store) -> None:
    terms = Terms(max_undeployed=2, step_aside=60.0, deploys=True, arms=True)
    await store.line.join(MAIN, A)
    await store.line.take_turn(MAIN, 1)
    before = (await read(store)).terms
    await store.line.keep_terms(MAIN, terms)
    await store.line.take_turn(MAIN, 1)

    assert (before, (await read(store)).terms) == (Terms(), terms)
