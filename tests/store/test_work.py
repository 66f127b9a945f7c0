from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.address import CommitAt, Hint, PullRequestAt, Repository, Want
from bot.store.store import Store
from tests.store.given import SHOP, Clock, pull

if TYPE_CHECKING:
    from bot.store.work import Claim


async def only_claim(store: Store) -> Claim:
    (claim,) = await store.claim(10)
    return claim


async def test_an_accepted_delivery_is_claimed_at_once(store: Store) -> None:
    is_new = await store.accept("d1", "pull_request", [pull(3)])

    claim = await only_claim(store)

    assert is_new
    assert (claim.address, claim.claimed, claim.by_event, claim.looks) == (PullRequestAt(SHOP, 3), 1, True, 0)


async def test_a_delivery_seen_before_wants_nothing_again(store: Store) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.finish(await only_claim(store))

    answers = await asyncio.gather(*(store.accept("d1", "pull_request", [pull(3)]) for _ in range(5)))

    assert answers == [False] * 5
    assert await store.next_due() is None


async def test_one_of_many_equal_deliveries_at_once_is_new(store: Store) -> None:
    answers = await asyncio.gather(*(store.accept("d1", "pull_request", [pull(3)]) for _ in range(50)))

    claim = await only_claim(store)

    assert sorted(answers) == [False] * 49 + [True]
    assert claim.claimed == 1


async def test_ten_events_during_a_run_give_exactly_one_more_run(store: Store, clock: Clock) -> None:
    await store.accept("d0", "pull_request", [pull(3)])
    first = await only_claim(store)
    for number in range(10):
        await store.accept(f"during-{number}", "pull_request", [pull(3)])
    await store.finish(first)

    clock.now += 20
    second = await only_claim(store)
    await store.finish(second)
    clock.now += 20

    assert second.claimed == 11
    assert await store.claim(10) == ()


async def test_a_claimed_address_is_not_claimed_twice(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await only_claim(store)
    await store.accept("d2", "pull_request", [pull(3)])

    clock.now += 59

    assert await store.claim(10) == ()


async def test_a_lapsed_lease_is_taken_over_and_the_late_finish_changes_nothing(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    late = await only_claim(store)
    clock.now += 61
    newer = await only_claim(store)

    late_counts = await store.finish(late, again_at=clock.now + 5)
    newer_counts = await store.finish(newer)

    assert (late_counts, newer_counts) == (False, True)
    assert await store.next_due() is None


async def test_a_renewed_lease_holds_on(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    claim = await only_claim(store)
    clock.now += 50

    renewed = await store.renew(claim)
    clock.now += 50

    assert renewed
    assert await store.claim(10) == ()


async def test_a_lost_lease_is_not_renewed(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    late = await only_claim(store)
    clock.now += 61
    await only_claim(store)

    assert not await store.renew(late)


async def test_a_released_lease_is_free_at_once_and_its_wish_stays(store: Store) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    claim = await only_claim(store)

    await store.release(claim)
    again = await only_claim(store)

    assert (again.address, again.token, again.by_event) == (claim.address, claim.token + 1, True)
    assert not await store.finish(claim)


async def test_a_timer_brings_the_address_back_and_counts_its_looks(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.finish(await only_claim(store), again_at=clock.now + 30)
    early = await store.claim(10)
    clock.now += 30

    first_timer = await only_claim(store)
    await store.finish(first_timer, again_at=clock.now + 30)
    clock.now += 30
    second_timer = await only_claim(store)

    assert early == ()
    assert [(one.by_event, one.looks) for one in (first_timer, second_timer)] == [(False, 1), (False, 2)]


async def test_an_event_starts_the_count_of_looks_anew(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.finish(await only_claim(store), again_at=clock.now + 30)
    clock.now += 30
    await store.finish(await only_claim(store), again_at=clock.now + 300)
    clock.now += 2
    await store.accept("d2", "pull_request", [pull(3)])

    by_event = await only_claim(store)
    await store.finish(by_event, again_at=clock.now + 30)
    clock.now += 30
    by_timer = await only_claim(store)

    assert (by_event.by_event, by_event.looks) == (True, 0)
    assert (by_timer.by_event, by_timer.looks) == (False, 1)


async def test_a_burst_waits_for_a_second_of_quiet(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.finish(await only_claim(store))
    await store.accept("d2", "pull_request", [pull(3)])
    clock.now += 0.9
    await store.accept("d3", "pull_request", [pull(3)])
    clock.now += 0.9
    still_waiting = await store.claim(10)

    clock.now += 0.1
    claim = await only_claim(store)

    assert still_waiting == ()
    assert claim.claimed == 3


async def test_a_burst_without_end_waits_ten_seconds_at_most(store: Store, clock: Clock) -> None:
    await store.accept("d", "pull_request", [pull(3)])
    await store.finish(await only_claim(store))
    began = clock.now

    claims: tuple[Claim, ...] = ()
    for number in range(40):
        await store.accept(f"burst-{number}", "pull_request", [pull(3)])
        clock.now += 0.5
        claims = await store.claim(10)
        if claims:
            break

    assert len(claims) == 1
    assert clock.now - began == 10


async def test_an_address_quiet_for_more_than_a_second_is_due_at_once(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.finish(await only_claim(store))
    clock.now += 1.1

    await store.accept("d2", "pull_request", [pull(3)])

    assert (await only_claim(store)).claimed == 2


async def test_a_retry_comes_at_its_time_and_counts_the_attempts(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.retry(await only_claim(store), clock.now + 90, "limited")
    clock.now += 89
    early = await store.claim(10)
    clock.now += 1

    again = await only_claim(store)

    assert early == ()
    assert (again.attempts, again.by_event, again.claimed) == (1, True, 1)


async def test_an_event_does_not_cut_short_the_patience_that_github_asked_for(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.retry(await only_claim(store), clock.now + 90, "limited")

    await store.accept("d2", "pull_request", [pull(3)])
    clock.now += 60

    assert await store.claim(10) == ()
    assert await store.next_due() == clock.now + 30


async def test_a_retried_timer_run_stays_a_timer_run(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.finish(await only_claim(store), again_at=clock.now + 30)
    clock.now += 30
    await store.retry(await only_claim(store), clock.now + 5, "limited")
    clock.now += 5

    again = await only_claim(store)

    assert (again.attempts, again.by_event) == (1, False)


async def test_a_parked_address_rests_until_an_event_asks_anew(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.park(await only_claim(store), "KeyError: 'oid'")
    clock.now += 100_000
    resting = await store.claim(10)
    listed = await store.parked()

    await store.accept("d2", "pull_request", [pull(3)])
    clock.now += 1
    claim = await only_claim(store)

    assert resting == ()
    assert [(one.address, one.error, one.attempts) for one in listed] == [(pull(3).address, "KeyError: 'oid'", 1)]
    assert (claim.attempts, claim.claimed) == (0, 2)
    assert await store.parked() == []


async def test_what_is_parked_is_neither_due_nor_waiting(store: Store) -> None:
    await store.accept("d1", "pull_request", [pull(3)])

    await store.park(await only_claim(store), "broken")

    assert (await store.next_due(), (await store.observed.standing()).oldest) == (None, None)


async def test_a_want_for_later_is_not_claimed_before(store: Store, clock: Clock) -> None:
    await store.want([pull(3)], at=clock.now + 60)
    clock.now += 59
    early = await store.claim(10)
    clock.now += 1

    claim = await only_claim(store)

    assert early == ()
    assert claim.claimed == 1


async def test_an_event_brings_forward_what_was_wanted_for_later(store: Store, clock: Clock) -> None:
    await store.want([pull(3)], at=clock.now + 3600)

    await store.accept("d1", "pull_request", [pull(3)])
    clock.now += 1

    assert (await only_claim(store)).claimed == 2


async def test_a_want_for_later_does_not_delay_what_is_due(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])

    await store.want([pull(3)], at=clock.now + 3600)

    assert (await only_claim(store)).claimed == 2


async def test_the_newest_hint_is_kept_whatever_the_order_of_arrival(store: Store, clock: Clock) -> None:
    newest = Hint("b" * 40, "2026-05-02T10:00:05Z")
    await store.accept("d1", "pull_request", [pull(3, newest)])

    await store.accept("d2", "pull_request", [pull(3, Hint("a" * 40, "2026-05-02T10:00:00Z"))])
    await store.accept("d3", "pull_request", [pull(3)])
    clock.now += 1

    assert (await only_claim(store)).hint == newest


async def test_spellings_of_one_repository_are_one_address(store: Store, clock: Clock) -> None:
    await store.accept("d1", "status", [Want(CommitAt(Repository(7, "Octo", "Shop"), "a" * 40))])

    await store.accept("d2", "status", [Want(CommitAt(Repository(7, "octo", "SHOP"), "a" * 40))])
    clock.now += 1

    assert (await only_claim(store)).claimed == 2


async def test_the_longest_due_is_claimed_first_and_no_more_than_asked(store: Store, clock: Clock) -> None:
    for number in (5, 4, 3):
        await store.accept(f"d{number}", "pull_request", [pull(number)])
        clock.now += 1

    claims = await store.claim(2)

    assert [claim.address for claim in claims] == [pull(5).address, pull(4).address]


async def test_next_due_waits_for_leases_and_names_timers(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    due_now = await store.next_due()
    await only_claim(store)
    while_leased = await store.next_due()

    await store.want([pull(4)], at=clock.now + 5)

    assert (due_now, while_leased) == (clock.now, clock.now + 60)
    assert await store.next_due() == clock.now + 5


async def test_oldest_waiting_is_the_first_wish_not_yet_looked_at(store: Store, clock: Clock) -> None:
    began = clock.now
    await store.accept("d1", "pull_request", [pull(3)])
    clock.now += 5
    await store.accept("d2", "pull_request", [pull(3)])
    waiting = (await store.observed.standing()).oldest
    clock.now += 1
    await store.finish(await only_claim(store))

    assert waiting == began
    assert (await store.observed.standing()).oldest is None


async def test_two_processes_on_one_file_never_claim_one_address_twice(url: str, clock: Clock) -> None:
    stores = [await Store.open(url, clock) for _ in range(2)]
    await stores[0].want(pull(number) for number in range(1, 201))

    groups = await asyncio.gather(*(stores[turn % 2].claim(7) for turn in range(40)))
    for store in stores:
        await store.close()

    claimed = [claim.address for group in groups for claim in group]
    assert len(claimed) == len(set(claimed)) == 200


async def test_what_was_accepted_is_there_after_a_restart(url: str, clock: Clock) -> None:
    before = await Store.open(url, clock)
    await before.accept("d1", "pull_request", [pull(3)])
    await before.close()

    after = await Store.open(url, clock)
    claim = await only_claim(after)
    is_new = await after.accept("d1", "pull_request", [pull(3)])
    await after.close()

    assert claim.address == pull(3).address
    assert not is_new


async def test_many_wants_at_once_are_all_kept(store: Store) -> None:
    await store.want(pull(number) for number in range(1, 1301))

    claims = await store.claim(2000)

    assert len({claim.address for claim in claims}) == 1300


async def test_an_error_that_no_database_could_hold_is_kept_all_the_same(store: Store) -> None:
    await store.accept("d1", "pull_request", [pull(3)])

    await store.park(await only_claim(store), "half \ud800 a pair, a \0, and more" + "x" * 10_000)

    (parked,) = await store.parked()
    assert parked.error.startswith("half ? a pair, a , and more")
    assert len(parked.error) < 5000


async def test_what_was_given_up_is_not_brought_back_by_a_sweep(store: Store, clock: Clock) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.park(await only_claim(store), "broken")
    clock.now += 100_000

    await store.want([pull(3)])

    assert await store.claim(10) == ()
    assert [one.address for one in await store.parked()] == [pull(3).address]


async def test_a_new_process_takes_up_what_was_given_up_and_what_a_killed_one_held(
    store: Store, clock: Clock, url: str
) -> None:
    await store.accept("d1", "pull_request", [pull(3)])
    await store.accept("d2", "pull_request", [pull(4)])
    first, second = await store.claim(10)
    await store.park(first, "broken")

    await store.resume()
    clock.now += 1
    at_once = await store.claim(10)
    clock.now += 59.1
    later = await store.claim(10)

    one_process = url.startswith("sqlite")
    assert {claim.address for claim in at_once} == {first.address, *({second.address} if one_process else ())}
    assert {claim.address for claim in later} == (set() if one_process else {second.address})
    assert {claim.attempts for claim in (*at_once, *later)} == {0}
    assert not await store.finish(second)
