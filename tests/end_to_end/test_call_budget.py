"""What a pull request's life costs in API calls. The figures are counted, not timed."""

from tests.end_to_end.conftest import Shop, lines

BUDGET = 30
"""Calls for the life of 32 deliveries: the API allows 5,000 an hour, and that is the real bound."""


async def test_a_life_of_thirty_two_deliveries_costs_at_most_thirty_calls(shop: Shop) -> None:
    checks = ("ci", "lint", "types", "unit", "docs", "build")
    shop.repository.require_checks("main", *((name, None) for name in checks))
    shop.repository.require_approvals("main", 1)
    before = len(shop.stage.github.calls)
    delivered = len(shop.stage.github.webhooks.sent)

    pull = await shop.repository.open_pull_request(files={"src/app.py": lines(5)})
    for push in range(4):
        if push:
            await pull.push({"src/app.py": lines(5 + push)})
        await shop.shows(pull, "success")
        for name in checks:
            await shop.repository.ci.succeeds(pull.head, name)
        await shop.stage.at_rest()
    await pull.label("ready")
    await pull.review("bob", "COMMENTED")
    await shop.stage.at_rest()
    await pull.review("carol", "APPROVED")
    await shop.release_is(pull, "deploying")
    await shop.stage.at_rest()

    spent = shop.calls_since(before)
    print(f"{len(shop.stage.github.webhooks.sent) - delivered} deliveries, {spent.total()} calls: {dict(spent)}")  # noqa: T201 - shown by -s
    assert spent.total() <= BUDGET
