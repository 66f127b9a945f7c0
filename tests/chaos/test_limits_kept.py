"""A GitHub that keeps its limits never has to refuse the bot, and one pull request alone feels none of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import pytest

from bot.address import Repository as Place
from bot.github.budget import Allowance
from bot.github.connection import Connection
from bot.github.errors import Later
from bot.github.tokens import Purpose, Scope
from simulator.pull_request import PullRequest
from tests.chaos.in_memory import InMemory

POLICY = "rules: {small-diff: {max-lines: 20}}\n"
LARGE = "".join(f"x_{line} = {line}\n" for line in range(40))
UNBOUND = Allowance(10**6, 10**6, 10**6, 10**6, 10**6, 0.0, 0.0)
READS, COMMENTS = 1000, 90


@pytest.fixture
def form() -> Iterator[InMemory]:
    made = InMemory()
    yield made
    made.close()


async def opened(form: InMemory) -> PullRequest:
    form.github.install("octo")
    repository = await form.github.create_repository("octo/shop")
    await repository.commit("main", {".github/andon.yml": POLICY}, "Keep changes small")
    await form.rest()
    return await repository.open_pull_request(files={"b.py": LARGE})


async def insisting(form: InMemory, ask: Callable[[], Awaitable[object]]) -> None:
    """Ask until it goes through, each time when it was told to come again."""
    while True:
        try:
            await ask()
        except Later as later:
            await asyncio.sleep(max(0.1, (later.retry_at or 0.0) - form.github.now()))
        else:
            return


async def much_at_once(form: InMemory, pull: PullRequest) -> None:
    connection: Connection = form.bench.github.connection
    place = Place(next(iter(form.github.installations)), "octo", "shop")
    issues, looks, says = f"/repos/octo/shop/issues/{pull.number}", Purpose.LOOK, Purpose.COMMENT
    read = partial(connection.get, Scope.of(place, looks), f"/repos/octo/shop/pulls/{pull.number}")
    write = partial(connection.write, Scope.of(place, says), "POST", f"{issues}/comments", {"body": "Hello."})
    asked = [*[read] * READS, *[write] * COMMENTS]
    await asyncio.gather(*(insisting(form, one) for one in asked))


def test_whatever_is_asked_at_once_no_limit_is_met_and_all_goes_through(form: InMemory) -> None:
    pull = form.run(opened(form))
    form.run(form.rest())
    comments = len(pull.comments)

    form.run(much_at_once(form, pull))

    assert form.github.limits.overstepped == []
    assert len(pull.comments) - comments == COMMENTS


def test_without_its_budget_the_bot_would_be_refused(form: InMemory) -> None:
    pull = form.run(opened(form))
    form.run(form.rest())
    form.bench.github.connection.allow(UNBOUND)

    form.run(much_at_once(form, pull))

    assert {"points a minute", "content a minute"} <= set(form.github.limits.overstepped)


def test_the_first_comment_on_a_pull_request_waits_for_nothing(form: InMemory) -> None:
    form.run(opened(form))
    form.run(form.rest())

    at = {call.kind.rpartition("/")[2]: call.at for call in form.github.calls if call.status == 201}

    assert 0 < at["comments"] - at["check-runs"] < 0.5
