from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.address import Repository
from bot.store.decisions_kept import Again
from tests.evaluation.test_why import CI, FOUND, HELD, record
from tests.web.given import Running

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    Serving = Callable[..., AbstractAsyncContextManager[Running]]

TOKEN = "an API token of at least 32 bytes"
SHOP = Repository(7, "octo", "shop")
PULL = "/api/repos/Octo/Shop/pulls/12"


async def kept(running: Running, *records: dict[str, Any]) -> None:
    for number, one in enumerate(records):
        await running.store.record_decision(
            SHOP, 12, one["head"], one, Again(str(number), acted=True, broke_off=False, seen={})
        )


async def told(running: Running, path: str) -> tuple[int, dict[str, Any]]:
    async with running.http.get(path) as response:
        return response.status, await response.json()


async def test_why_gives_the_record_with_one_sentence_the_next_step_and_the_exit_code(running: Running) -> None:
    await kept(running, HELD)

    status, answer = await told(running, f"{PULL}/why")

    assert status == 200
    assert answer["rules"] == [FOUND]
    assert answer["sentence"] == "octo/shop#12 at aaaaaaaaaaaa is held. Next: the author: Split it."
    assert answer["next"]["who"] == "the author"
    assert (answer["standing"], answer["exit_code"], answer["evaluation"]["looks"]) == ("held", 1, 1)


async def test_why_at_a_moment_gives_what_stood_then(running: Running) -> None:
    await kept(running, HELD)
    (first,) = await running.store.evaluations(("octo", "shop", 12))
    await kept(running, record(merges=False, waiting_for=[CI]))

    _, then = await told(running, f"{PULL}/why?at={first.at!r}")
    _, now = await told(running, f"{PULL}/why")
    _, lately = await told(running, f"{PULL}/why?at=1s")

    assert (then["standing"], now["standing"]) == ("held", "waiting")
    assert "nothing is recorded before" in lately["error"]


async def test_decisions_lists_the_newest_first_with_what_changed(running: Running) -> None:
    await kept(running, HELD, record(head="b" * 40), record(head="b" * 40, state="merged", merge_commit="c" * 40))

    status, answer = await told(running, f"{PULL}/decisions")

    assert status == 200
    assert [(one["standing"], one["changed"]) for one in answer["decisions"]] == [
        ("merged", ["merged as cccccccccccc"]),
        ("merges", ["head aaaaaaaaaaaa → bbbbbbbbbbbb", "small-diff found → pass"]),
        ("held", ["first evaluation"]),
    ]
    assert answer["before"] is None


async def test_twenty_are_listed_where_nobody_says_how_many(running: Running) -> None:
    await kept(running, *(record(head=f"{number:040x}") for number in range(22)))

    _, answer = await told(running, f"{PULL}/decisions")

    assert len(answer["decisions"]) == 20
    assert answer["before"] == answer["decisions"][-1]["id"]


async def test_a_page_goes_on_where_the_one_before_ended_and_knows_what_changed_there(running: Running) -> None:
    await kept(running, *(record(head=sign * 40) for sign in "abcde"))

    pages, below = [], ""
    while True:
        _, answer = await told(running, f"{PULL}/decisions?limit=2{below}")
        pages.append([change for one in answer["decisions"] for change in one["changed"]])
        if answer["before"] is None:
            break
        below = f"&before={answer['before']}"

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [change.split()[-1][:1] for page in pages for change in page] == ["e", "d", "c", "b", "e"]
    assert pages[-1] == ["first evaluation"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/repos/octo/shop/pulls/13/why", 404, "Nothing is recorded of octo/shop#13: check the number"),
        ("/api/repos/octo/shop/pulls/13/decisions", 404, "Nothing is recorded of octo/shop#13: check the number"),
        (f"{PULL}/why?at=100", 404, "nothing is recorded before"),
        (f"{PULL}/why?at=yesterday", 400, "`at`: 'yesterday' is no moment: write a time such as 2026-11-22T10:00Z"),
        (f"{PULL}/why?at=", 400, "is no moment"),
        (f"{PULL}/decisions?before=x", 400, "`before` is the number"),
        (f"{PULL}/decisions?limit=0", 400, "`limit` is a number from 1 to 100"),
        (f"{PULL}/decisions?limit=101", 400, "`limit` is a number from 1 to 100"),
    ],
)
async def test_what_cannot_be_told_is_said_with_the_cure(running: Running, path: str, status: int, said: str) -> None:
    await kept(running, HELD)

    answered, answer = await told(running, path)

    assert answered == status
    assert said in answer["error"]


@pytest.mark.parametrize("path", [f"{PULL}/why", f"{PULL}/decisions"])
@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        (TOKEN, {}, 401),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}x"}, 401),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("", {}, 200),
    ],
)
async def test_only_those_may_ask_who_may_ask_the_api(
    serving: Serving, path: str, token: str, headers: dict[str, str], status: int
) -> None:
    async with serving(api_token=token) as running:
        await kept(running, HELD)
        async with running.http.get(path, headers=headers) as response:
            text = await response.text()

    assert response.status == status
    assert status == 200 or "small-diff" not in text
