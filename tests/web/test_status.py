"""What the operator sees: the page of the status, and the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.address import PullRequestAt, Repository, Want
from bot.metrics import Budget, Look
from bot.store.ledger import Release, ReleaseState
from bot.store.observed import SWEPT
from tests.web.given import Running, body_of, deliver, headers, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    Serving = Callable[..., AbstractAsyncContextManager[Running]]

TOKEN = "an API token of at least 32 bytes"
SHOP = Repository(7, "octo", "canary-shop")


async def page(running: Running) -> str:
    async with running.http.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return await response.text()


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Give every sample by its name and the values of its labels, in the order of their names."""
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


async def test_deliveries_are_counted_by_event_and_by_what_was_answered(running: Running) -> None:
    body = body_of(opened())
    await deliver(running, body, headers(body, "d1"))
    await deliver(running, body, headers(body, "d1"))
    await deliver(running, body, headers(body, "d2", X_GitHub_Event="never_heard_of"))
    await deliver(running, b"{", headers(b"{", "d3"))

    counted = samples(await page(running))

    assert counted["andon_deliveries_total", "new", "pull_request"] == 1
    assert counted["andon_deliveries_total", "known", "pull_request"] == 1
    assert counted["andon_deliveries_total", "new", "other"] == 1
    assert counted["andon_deliveries_total", "400", "pull_request"] == 1
    assert counted["andon_ack_seconds_count", "new"] == 2


async def test_strangers_make_no_new_series(running: Running) -> None:
    body = body_of(opened())
    for number in range(5):
        forged = headers(body, f"d{number}", X_GitHub_Event=f"made_up_{number}", X_Hub_Signature_256="sha256=00")
        await deliver(running, body, forged)

    counted = samples(await page(running))

    assert {key: value for key, value in counted.items() if key[0] == "andon_deliveries_total"} == {
        ("andon_deliveries_total", "401", "unsigned"): 5
    }


async def test_the_queue_shows_how_much_waits_since_when_and_what_was_given_up(running: Running) -> None:
    await running.store.accept("d1", "pull_request", [Want(PullRequestAt(SHOP, 3))])
    (claim,) = await running.store.claim(1)
    await running.store.park(claim, "KeyError: 'oid'")
    await running.store.accept("d2", "pull_request", [Want(PullRequestAt(SHOP, number)) for number in (4, 5)])

    counted = samples(await page(running))

    assert counted["andon_database_up",] == 1
    assert (counted["andon_queue_depth",], counted["andon_parked",]) == (2, 1)
    assert 0 <= counted["andon_oldest_waiting_seconds",] < 60


async def test_releases_are_counted_by_every_state_that_they_reached(running: Running) -> None:
    for sha, state in (("a", ReleaseState.LIVE), ("b", ReleaseState.REVERTED)):
        release = Release(SHOP, sha * 40, 3, "main", ReleaseState.LANDED, "production", "deployment", 9, "", 5.0, 4.0)
        await running.store.land(release)
        await running.store.save_release(
            Release(SHOP, sha * 40, 3, "main", state, "production", "deployment", 9, "", 6.0, 4.0)
        )

    counted = samples(await page(running))

    assert [counted["andon_releases_total", state] for state in ("landed", "live", "reverted")] == [2, 1, 1]


async def test_no_metric_names_a_repository_unless_the_operator_wants_that(running: Running) -> None:
    await running.store.accept("d1", "pull_request", [Want(PullRequestAt(SHOP, 3))])
    running.store.metrics.looked(Look("pull", SHOP.full_name, "finished", 0.2, 0.4))
    running.store.metrics.wrote("merge-pull-request", "done", SHOP.full_name)
    unnamed = await page(running)

    running.store.metrics.names_repositories = True
    running.store.metrics.wrote("merge-pull-request", "done", SHOP.full_name)

    assert "canary" not in unnamed
    assert "octo" not in unnamed
    counted = samples(await page(running))
    assert counted["andon_writes_total", "merge-pull-request", "", "done"] == 1
    assert counted["andon_writes_total", "merge-pull-request", "octo/canary-shop", "done"] == 1
    assert counted["andon_decision_seconds_sum", "pull"] == 0.4


@pytest.mark.parametrize("path", ["/metrics", "/status.json"])
async def test_who_may_not_ask_learns_nothing(serving: Serving, path: str) -> None:
    async with serving(api_token=TOKEN) as running:
        async with running.http.get(path) as refused:
            without = refused.status, await refused.text()
        async with running.http.get(path, headers={"Authorization": f"Bearer {TOKEN}"}) as allowed:
            status = allowed.status

    assert (without[0], status) == (401, 200)
    assert "andon_" not in without[1]


async def test_a_proxy_is_not_this_machine(running: Running) -> None:
    async with running.http.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}) as response:
        assert response.status == 403


async def test_without_a_database_the_process_still_tells_of_itself(running: Running) -> None:
    def refuse(*_: object) -> None:
        raise OSError("disk I/O error")

    running.store.metrics.called("read", "200", 0.1)
    running.store._engines.reader.connect = refuse  # type: ignore[method-assign, assignment]  # noqa: SLF001 - a broken disk

    counted = samples(await page(running))

    assert counted["andon_database_up",] == 0
    assert counted["andon_github_calls_total", "read", "200"] == 1
    assert ("andon_queue_depth",) not in counted


async def test_the_status_tells_of_the_last_sweep_the_last_decision_and_the_budgets(running: Running) -> None:
    await running.store.set_mark(SWEPT, "1767225600.5")
    await running.store.record_decision(SHOP, 3, "a" * 40, {"conclusion": "held"})
    running.store.metrics.budgets[7, "core"] = Budget(4200, 5000, 1767229200.0)
    running.store.metrics.clock_skew = -3.0

    async with running.http.get("/status.json") as response:
        shown = await response.json()

    assert shown["last_sweep"] == 1767225600.5
    assert 0 <= shown["now"] - shown["last_decision"] < 60
    assert (shown["clock_skew"], shown["stalled"], shown["version"] != "") == (-3.0, False, True)
    assert shown["rate_budget"] == [
        {"installation": 7, "resource": "core", "remaining": 4200, "limit": 5000, "reset_at": 1767229200.0}
    ]


@pytest.mark.parametrize(
    ("skew", "status", "problems"),
    [
        (None, 200, []),
        (-60.0, 200, []),
        (61.0, 503, ["the clock of this machine is 61 seconds behind GitHub's: set it by NTP"]),
        (-600.0, 503, ["the clock of this machine is 600 seconds ahead of GitHub's: set it by NTP"]),
    ],
)
async def test_a_clock_that_is_wrong_by_more_than_a_minute_is_not_ready(
    running: Running, skew: float | None, status: int, problems: list[str]
) -> None:
    running.store.metrics.clock_skew = skew

    async with running.http.get("/readyz") as response:
        shown = await response.json()

    assert (response.status, shown["problems"]) == (status, problems)


async def test_standing_still_is_an_alarm_and_no_reason_to_take_deliveries_away(running: Running) -> None:
    running.store.metrics.stalled = True

    async with running.http.get("/readyz") as ready, running.http.get("/livez") as alive:
        statuses = ready.status, alive.status
    async with running.http.get("/status.json") as response:
        stalled = (await response.json())["stalled"]

    assert (statuses, stalled) == ((200, 200), True)
    assert samples(await page(running))["andon_stalled",] == 1


async def test_a_refusal_repeats_no_secret(running: Running) -> None:
    async with running.http.get("/ghs_canary0123456789?token=canary") as response:
        answer = await response.text()

    assert response.status == 404
    assert "canary" not in answer
