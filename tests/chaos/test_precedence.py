"""What is looked at more urgently than what, while little of GitHub's allowance is left."""

from collections.abc import Iterator

import pytest

from bot.address import Address, CommitAt, IncidentAt, PullRequestAt, QueueGroupAt, Repository, RepositoryAt
from bot.github.urgency import Urgency
from bot.line.line import Entry
from bot.precedence import urgency_of
from bot.store.line_kept import At
from tests.chaos.in_memory import InMemory
from tests.chaos.sample import played


@pytest.fixture
def form() -> Iterator[InMemory]:
    made = InMemory()
    yield made
    made.close()


def urgencies(form: InMemory, *addresses: Address) -> list[Urgency]:
    return [form.run(urgency_of(form.bench, address)) for address in addresses]


def place_of(form: InMemory) -> Repository:
    return Repository(next(iter(form.github.installations)), "octo", "shop")


def test_what_landed_and_what_a_queue_waits_for_comes_before_verdicts_and_these_before_sweeps(form: InMemory) -> None:
    sample, place = played(form), place_of(form)
    landed = sample.small.merge_commit or ""

    found = urgencies(
        form,
        CommitAt(place, landed),
        QueueGroupAt(place, "gh-readonly-queue/main/x", "a" * 40),
        PullRequestAt(place, sample.large.number),
        CommitAt(place, sample.large.head),
        RepositoryAt(place),
        IncidentAt(place, landed),
    )

    assert found == [Urgency.MERGE] * 2 + [Urgency.VERDICT] * 2 + [Urgency.SWEEP] * 2


def test_who_stands_in_line_is_looked_at_as_urgently_as_a_merge(form: InMemory) -> None:
    sample, place = played(form), place_of(form)
    waiting = PullRequestAt(place, sample.large.number)
    before = urgencies(form, waiting)

    form.run(form.bench.store.line.join(At.of(place, "main"), Entry(waiting.number, sample.large.head, 1.0)))

    assert (before, urgencies(form, waiting)) == ([Urgency.VERDICT], [Urgency.MERGE])
