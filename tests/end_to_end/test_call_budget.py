"""What a pull request's life costs in API calls. The figures are counted, in virtual time: the same each time."""

from __future__ import annotations

from collections import Counter

import pytest

from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.chaos.in_memory import InMemory
from tests.end_to_end.conftest import READY, lines

COST = 28
"""Calls for a life of a hundred deliveries: the API allows 5,000 an hour, and that is the real bound.

On real sockets a burst of deliveries costs one read more where it begins later than a second after the last look: its
first is then looked at at once, and the others after a second of quiet.
"""

CALM = 2.0
"""Seconds without anything due, after which the next thing happens: before the second look that follows a delivery."""

CHECKS = ("ci", "lint", "types", "unit", "docs", "build")


async def governed(form: InMemory) -> Repository:
    """Make a repository with a policy that merges what is ready, six required checks and an approval."""
    form.github.install("octo")
    repository = await form.github.create_repository("octo/shop")
    repository.require_checks("main", *((name, None) for name in CHECKS))
    repository.require_approvals("main", 1)
    await repository.commit("main", {".github/andon.yml": READY}, "Let small changes ship by themselves")
    await form.rest(CALM)
    return repository


async def lives(form: InMemory, repository: Repository) -> PullRequest:
    """Open a pull request, push to it three times, have it checked, reviewed, merged and deployed."""
    pull = await repository.open_pull_request(files={"src/app.py": lines(5)})
    for push in range(4):
        if push:
            await pull.push({"src/app.py": lines(5 + push)})
        await form.rest(CALM)
        for name in CHECKS:
            await repository.ci.succeeds(pull.head, name)
        await form.rest(CALM)
    await pull.label("ready")
    await pull.review("bob", "COMMENTED")
    await form.rest(CALM)
    await pull.review("carol", "APPROVED")
    await form.rest(CALM)
    return pull


@pytest.mark.parametrize("seed", range(5))
def test_a_life_of_a_hundred_deliveries_costs_twenty_eight_calls_however_long_each_travels(seed: int) -> None:
    form = InMemory(seed)
    try:
        repository = form.run(governed(form))
        before, delivered = len(form.github.calls), len(form.github.webhooks.sent)

        pull = form.run(lives(form, repository))

        spent = Counter(call.kind for call in form.github.calls[before:])
        print(f"{len(form.github.webhooks.sent) - delivered} deliveries, {spent.total()} calls: {dict(spent)}")  # noqa: T201 - shown by -s
        assert (pull.merged, len(repository.deployments)) == (True, 1)
        assert spent.total() == COST
    finally:
        form.close()
