"""What a connection sees of GitHub besides its answers: the time there, what is left, and how calls went."""

from __future__ import annotations

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.github import app
from bot.github.connection import Connection
from bot.github.errors import Later
from bot.github.tokens import Purpose, Scope
from tests.github.conftest import Line

DEPLOYMENTS = "/repos/octo/shop/deployments"


def counted(connection: Connection) -> dict[tuple[str, str], float]:
    """Count the calls by kind and status."""
    families = text_string_to_metric_families(connection.counted.metrics.exposition().decode())
    return {
        (one.labels["kind"], one.labels["status"]): one.value
        for family in families
        for one in family.samples
        if one.name == "andon_github_calls_total"
    }


async def test_calls_are_counted_by_kind_and_by_how_they_were_answered(line: Line) -> None:
    scope = Scope.of(line.place, Purpose.LOOK)
    await line.connection.graphql(scope, "query Viewer { viewer { login } }", {})
    await line.connection.get(scope, DEPLOYMENTS)
    line.github.fails_next(status=502)
    with pytest.raises(Later):
        await line.connection.get(scope, DEPLOYMENTS)
    line.github.resets_next(2)  # aiohttp itself asks once more where a connection that was kept is reset
    with pytest.raises(Later):
        await line.connection.get(scope, DEPLOYMENTS)

    assert counted(line.connection) == {
        ("app", "201"): 1,
        ("query", "200"): 1,
        ("read", "200"): 1,
        ("read", "502"): 1,
        ("read", "none"): 1,
    }


async def test_what_is_left_of_the_hour_is_kept_by_the_number_of_the_installation(line: Line) -> None:
    await line.connection.get(Scope.of(line.place, Purpose.LOOK), DEPLOYMENTS)

    budgets = dict(line.connection.counted.metrics.budgets)

    (budget,) = budgets.values()
    assert list(budgets) == [(line.place.installation, "core")]
    assert (budget.limit, budget.remaining) == (5000, 4999)
    assert "octo" not in line.connection.counted.metrics.exposition().decode()


@pytest.mark.parametrize("skew", [600.0, -600.0])
async def test_a_clock_that_is_ten_minutes_wrong_still_signs_tokens_that_github_takes(line: Line, skew: float) -> None:
    async with aiohttp.ClientSession() as session:
        wrong = Connection(
            session,
            api_url=line.github.url,
            graphql_url=line.github.graphql_url,
            app=(line.github.app_id, line.github.private_key_pem),
            clock=lambda: line.github.now() - skew,
        )

        listed = [installation async for installation in app.installations(wrong)]
        await wrong.get(Scope.of(line.place, Purpose.LOOK), DEPLOYMENTS)

    assert listed == [line.place.installation]
    assert wrong.counted.metrics.clock_skew == pytest.approx(skew, abs=2.0)
    assert counted(wrong)["app", "401"] == 1
