from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from bot.dora.schema import dora_schema
from bot.store.ledger import ReleaseState
from tests.store.test_dora_kept import LANDED
from tests.web.given import Running

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    Serving = Callable[..., AbstractAsyncContextManager[Running]]

TOKEN = "an API token of at least 32 bytes"
SCHEMA = jsonschema_rs.Draft202012Validator(dora_schema())


async def shipped(running: Running, hours_ago: float = 2.0) -> float:
    """Keep a release that landed and went live so many hours ago; gives when."""
    then = running.store.clock() - hours_ago * 3600
    landed = replace(LANDED, since=then, created_at=then)
    await running.store.land(landed)
    await running.store.save_release(replace(landed, state=ReleaseState.LIVE))
    return then


async def told(running: Running, query: str = "") -> tuple[int, dict[str, Any]]:
    async with running.http.get(f"/api/dora{query}") as response:
        return response.status, await response.json()


async def test_without_a_question_it_counts_all_that_is_known_of_ninety_days(running: Running) -> None:
    then = await shipped(running)

    status, answer = await told(running)

    assert status == 200
    assert [error.message for error in SCHEMA.iter_errors(answer)] == []
    assert (answer["repositories"], answer["environment"], answer["branch"]) == (["octo/shop"], "production", None)
    assert answer["period"]["days"] == pytest.approx(90)
    assert [one["live_at"] for one in answer["releases"]] == [then]
    assert answer["recorded_since"] == then


@pytest.mark.parametrize(
    ("query", "deployments"),
    [
        ("?since=1h", 0),
        ("?since=3h", 1),
        ("?since=3h&until=2d", None),
        ("?since=3d&until=1d", 0),
        ("?branch=main", 1),
        ("?branch=next", 0),
        ("?environment=staging", 0),
        ("?environment=&branch=&zone=", 1),
        ("?repository=OCTO/shop&repository=octo/shop&zone=Europe/Berlin", 1),
    ],
)
async def test_what_is_asked_for_is_what_is_counted(running: Running, query: str, deployments: int | None) -> None:
    await shipped(running)

    status, answer = await told(running, query)

    if deployments is None:
        assert status == 400
    else:
        assert (status, answer["deployment_frequency"]["deployments"]) == (200, deployments)
        assert [error.message for error in SCHEMA.iter_errors(answer)] == []


async def test_a_period_ends_now_at_the_latest_for_tomorrow_has_no_data(running: Running) -> None:
    await shipped(running)

    _, answer = await told(running, f"?until={running.store.clock() + 86_400:.0f}")

    assert answer["period"]["until"] <= running.store.clock()


async def test_with_nothing_recorded_there_is_no_data_and_no_nought(running: Running) -> None:
    status, answer = await told(running)

    assert (status, answer["recorded_since"], answer["deployment_frequency"]["per_day"]) == (200, None, None)
    assert (answer["lead_time"]["p50_seconds"], answer["change_fail_rate"]["rate"]) == (None, None)
    assert answer["batch_size"]["small_pays"]["answer"] == "no data"
    assert [error.message for error in SCHEMA.iter_errors(answer)] == []


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("?repository=octo/shup", 404, "Nothing is recorded of octo/shup: check the name (owner/repo)"),
        ("?repository=shop", 404, "Nothing is recorded of shop: check the name (owner/repo)"),
        ("?since=soon", 400, "`since`: 'soon' is no moment: write a time such as 2026-11-22T10:00Z"),
        ("?until=soon", 400, "`until`: 'soon' is no moment"),
        ("?since=1d&until=2d", 400, "`since` is not before `until` and now: write an earlier moment"),
        ("?since=999999999999", 400, "`since` is not before `until` and now"),
        ("?since=0", 400, "days are too many: ask for 3660 at most"),
        ("?zone=Mars/Olympus", 400, "`zone`: 'Mars/Olympus' is no time zone: write one such as Europe/Berlin"),
        ("?zone=../../etc/passwd", 400, "is no time zone"),
        ("?zone=/etc/passwd", 400, "is no time zone"),
        ("?zone=Europe", 400, "is no time zone"),
        ("?zone=%00", 400, "is no time zone"),
        ("?sicne=30d", 400, "`sicne` is not asked for here: write repository, since, until"),
    ],
)
async def test_what_cannot_be_told_is_said_with_place_and_cure(
    running: Running, query: str, status: int, said: str
) -> None:
    await shipped(running)

    answered, answer = await told(running, query)

    assert answered == status
    assert said in answer["error"]


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        (TOKEN, {}, 401),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("", {}, 200),
    ],
)
async def test_only_those_may_ask_who_may_ask_the_api(
    serving: Serving, token: str, headers: dict[str, str], status: int
) -> None:
    async with serving(api_token=token) as running:
        await shipped(running)
        async with running.http.get("/api/dora", headers=headers) as response:
            text = await response.text()

    assert response.status == status
    assert status == 200 or "octo/shop" not in text
