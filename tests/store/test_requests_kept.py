"""Requests in the store: answered once, kept where granted, found by pull request and by head."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.address import CommitAt, Press, PullRequestAt, Repository, Want
from bot.requests.requests import Answer, Request, Verb
from bot.store.ledger import Remembered, Sighting
from bot.store.requests_kept import Answered
from rules.engine.pull_request import Account
from tests.store.given import SHOP, pull

if TYPE_CHECKING:
    from bot.store.store import Store
    from tests.store.given import Clock

HEAD, TREE = "a" * 40, "t" * 40
BOB = Account("bob", 2)
PRESS = Press("recheck", "bob", 2, HEAD)


def answer(source: str = "comment/1/0", refusal: str = "", at: float = 1_000_010.0) -> Answer:
    request = Request(source, Verb.OVERRIDE, BOB, at - 5, "small-diff", "hotfix", line="/andon override …")
    return Answer(request, HEAD, TREE, at, refusal)


async def test_an_answer_comes_back_as_it_was_given(store: Store) -> None:
    await store.answer(Answered(SHOP, 12, answer()))

    kept = await store.requests(SHOP, 12, "b" * 40)

    assert (kept.answers, kept.open) == ((answer(),), ())
    assert (await store.requests(SHOP, 13, HEAD)).answers == ()
    assert (await store.requests(replace(SHOP, installation=8), 12, HEAD)).answers == ()


async def test_a_request_is_answered_once(store: Store) -> None:
    await store.answer(Answered(SHOP, 12, answer()))

    await store.answer(Answered(SHOP, 12, answer(refusal="too late")))

    assert (await store.requests(SHOP, 12, HEAD)).answers == (answer(),)


async def test_a_press_is_kept_with_its_delivery_and_found_by_the_head_until_it_is_answered(store: Store) -> None:
    wants = [Want(CommitAt(SHOP, HEAD), None, PRESS), Want(PullRequestAt(SHOP, 12), None, PRESS)]

    first, again = await store.accept("d1", "check_run", wants), await store.accept("d1", "check_run", wants)

    [request] = (await store.requests(SHOP, 12, HEAD)).open
    elsewhere = await store.requests(SHOP, 12, "b" * 40)
    await store.answer(Answered(SHOP, 12, Answer(request, HEAD, TREE, 1_000_020.0)))
    kept = await store.requests(SHOP, 12, HEAD)
    assert (first, again, elsewhere.open) == (True, False, ())
    assert (request.source, request.verb, request.by, request.head) == ("delivery/d1", Verb.RECHECK, BOB, HEAD)
    assert (kept.open, [one.request.source for one in kept.answers]) == ((), ["delivery/d1"])


async def test_it_is_known_who_was_told(store: Store) -> None:
    await store.answer(Answered(SHOP, 12, answer()))

    await store.tell(SHOP, "comment/1/0")

    assert [one.told for one in (await store.requests(SHOP, 12, HEAD)).answers] == [True]


async def test_what_was_granted_can_be_refused_later_and_stays_so(store: Store) -> None:
    await store.answer(Answered(SHOP, 12, answer()))
    await store.answer(Answered(SHOP, 12, answer("comment/2/0")))

    await store.tell(SHOP, "comment/1/0", "they left")
    await store.tell(SHOP, "comment/1/0")

    [gone, other] = (await store.requests(SHOP, 12, HEAD)).answers
    assert (gone.refusal, gone.told, gone.granted) == ("they left", True, False)
    assert (other.refusal, other.granted) == ("", True)


async def test_the_audit_lists_the_newest_first_and_goes_on_before_a_time(store: Store) -> None:
    for number, at in enumerate((1_000_010.0, 1_000_030.0, 1_000_020.0)):
        await store.answer(Answered(SHOP, 12 + number, answer(f"comment/{number}/0", at=at)))
    await store.answer(Answered(Repository(7, "octo", "other"), 1, answer("comment/9/0")))

    everything = await store.audit("Octo", "Shop")
    earlier = await store.audit("octo", "shop", before=1_000_020.0)

    assert [number for number, _ in everything] == [13, 14, 12]
    assert [number for number, _ in earlier] == [12]


async def test_what_was_granted_outlives_what_was_refused_and_told(store: Store) -> None:
    await store.answer(Answered(SHOP, 12, answer("comment/1/0")))
    await store.answer(Answered(SHOP, 12, answer("comment/2/0", refusal="no")))
    await store.answer(Answered(SHOP, 12, answer("comment/3/0", refusal="no")))
    await store.tell(SHOP, "comment/2/0")
    await store.accept("d1", "check_run", [Want(CommitAt(SHOP, HEAD), None, PRESS)])

    await store.prune(2_000_000.0)

    kept = await store.requests(SHOP, 12, HEAD)
    assert ([one.request.source for one in kept.answers], kept.open) == (["comment/1/0", "comment/3/0"], ())


async def test_a_head_is_judged_since_it_last_became_the_head(store: Store, clock: Clock) -> None:
    for head, now in ((HEAD, 10.0), ("b" * 40, 20.0), (HEAD, 30.0), (HEAD, 40.0)):
        clock.now = now
        await store.record_decision(SHOP, 12, head, {"at": now})

    since = [await store.judged_since(SHOP, 12, head) for head in (HEAD, "b" * 40, "c" * 40)]

    assert since == [30.0, None, None]


async def test_it_is_known_until_when_comments_were_heard_and_a_look_without_any_forgets_nothing(store: Store) -> None:
    first = (await store.requests(SHOP, 12, HEAD)).heard_until
    await store.remember(Sighting(SHOP, 12, Remembered(HEAD, "digest"), is_open=True, heard_until=50.0))
    await store.remember(Sighting(SHOP, 12, Remembered(HEAD, "another"), is_open=True))

    assert (first, (await store.requests(SHOP, 12, HEAD)).heard_until) == (None, 50.0)


async def test_a_delivery_without_a_press_keeps_none(store: Store) -> None:
    await store.accept("d1", "pull_request", [pull(12)])

    assert (await store.requests(SHOP, 12, HEAD)).open == ()
