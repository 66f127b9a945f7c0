"""Days on which almost a third of all calls fail, in every way in which GitHub fails them."""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from bot.address import Repository as Place
from bot.address import RepositoryAt, Want
from simulator.calls import Asked
from simulator.knobs import Failure, RateLimit
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.chaos.campaign import quietly
from tests.chaos.in_memory import InMemory

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\ndeploy: {via: deployment}\n"
DAY = 1800.0
"""Virtual seconds during which GitHub fails."""

RETRY_AFTER = 20
ON_THE_WAY = 1.0
"""Seconds after a refusal in which calls may still arrive that left before it."""

SOON = 5.0
OFTEN = 2000


class Open(NamedTuple):
    """What lies before andon: a repository with small and large pull requests in turn."""

    repository: Repository
    pulls: list[PullRequest]
    place: Place

    @property
    def large(self) -> list[PullRequest]:
        """Those that may never be shown as passing."""
        return self.pulls[1::2]


@pytest.fixture(autouse=True)
def _quietly() -> Iterator[None]:
    with quietly():
        yield


@pytest.fixture
def form(request: pytest.FixtureRequest) -> Iterator[InMemory]:
    made = InMemory(request.param, most_looks=OFTEN)
    yield made
    made.close()


seeded = pytest.mark.parametrize("form", [1, 2, 3], indirect=True)


async def opened(form: InMemory, count: int) -> Open:
    installation = form.github.install("octo")
    repository = await form.github.create_repository("octo/shop")
    repository.require_checks("main", ("ci", None))
    await repository.commit("main", {".github/andon.yml": POLICY}, "Let small changes ship")
    await form.rest()
    pulls = []
    for number in range(count):
        text = "".join(f"x_{line} = {line}\n" for line in range(15 if number % 2 else 3))
        # A large one is small by half of its files: whoever believes a list that ends early shows it as passing.
        parts = {f"app_{number}_{part}.py": text for part in range(2)} if number % 2 else {f"app_{number}.py": text}
        pull = await repository.open_pull_request(files=parts)
        await repository.ci.succeeds(pull.head, "ci")
        pulls.append(pull)
    return Open(repository, pulls, Place(installation.id, "octo", "shop"))


def spoil(form: InMemory, seed: int) -> None:
    """Have three calls in ten fail, each in a way that a seed draws."""
    luck = random.Random(seed)  # noqa: S311 - draws failures, guards nothing
    github = form.github

    def some(asked: Asked) -> bool:
        return "access_tokens" not in asked.template and luck.random() < 0.06

    github.fails_next(None, some, status=500)
    github.fails_next(None, some, status=502, after=True)
    github.resets_next(None, some, after=True)
    github.limits_next(None, lambda asked: some(asked) and luck.random() < 0.2, RateLimit(retry_after=RETRY_AFTER))
    for failure in (Failure.SILENCE, Failure.CUT, Failure.SHORT):
        github.spoils_next(failure, None, some)


def ever_shown(pull: PullRequest) -> set[str | None]:
    runs = pull.repo.check_runs.values()
    return {run.conclusion for run in runs if run.head_sha == pull.head and run.name == "andon"}


def shown(pull: PullRequest) -> str | None:
    run = pull.check_run("andon")
    return None if run is None else run.conclusion


@seeded
def test_a_day_of_every_failure_shows_no_wrong_green_and_ends_with_every_verdict(form: InMemory) -> None:
    spoil(form, 7)

    shop = form.run(opened(form, 6))
    form.run(form.pass_time(DAY))
    failed = sum(call.status not in {200, 201, 204} for call in form.github.calls)
    form.github.faults.clear()
    form.run(form.sweep())

    assert [ever_shown(pull) for pull in shop.large] == [{"neutral"}] * 3
    assert [shown(pull) for pull in shop.pulls[::2]] == ["success"] * 3
    assert failed > len(form.github.calls) / 10
    assert form.looking.doubled == []
    assert form.github.limits.overstepped == []


@seeded
def test_after_a_secondary_limit_nothing_is_asked_before_its_end_and_soon_after_it_all_goes_on(form: InMemory) -> None:
    shop = form.run(opened(form, 8))
    github, before = form.github, len(form.github.calls)
    github.limits_next(1, lambda asked: asked.operation == "PullRequestSnapshot", RateLimit(retry_after=RETRY_AFTER))

    form.run(form.rest())

    calls = [call for call in github.calls[before:] if "/app/" not in call.path]
    limited = next(call.at for call in calls if call.status == 403)
    after = [call.at - limited for call in calls if call.at > limited]
    assert [at for at in after if ON_THE_WAY < at < RETRY_AFTER] == []
    assert RETRY_AFTER <= min(at for at in after if at > ON_THE_WAY) <= RETRY_AFTER + SOON
    assert [shown(pull) for pull in shop.pulls] == ["success", "neutral"] * 4


@seeded
def test_an_address_that_waits_for_the_hour_is_left_alone_until_then_and_has_failed_nothing(form: InMemory) -> None:
    shop = form.run(opened(form, 2))
    form.run(form.rest())
    github, calls, looks = form.github, len(form.github.calls), len(form.looking.looked_at)
    bucket = github.limits.bucket(shop.place.installation, "graphql")
    bucket.used = bucket.limit

    form.run(shop.pulls[0].push({"more.py": "y = 1\n"}))
    form.run(form.pass_time(bucket.reset_at - github.now() - 60))
    tried = sum(call.kind.startswith("query") for call in github.calls[calls:])
    looked = len(form.looking.looked_at) - looks
    parked = form.run(form.bench.store.parked())
    form.run(form.rest())

    assert (tried, looked) == (1, 1)
    assert parked == []
    assert shown(shop.pulls[0]) == "success"


@seeded
def test_with_a_quarter_of_the_hour_left_a_sweep_waits_while_a_merge_goes_on(form: InMemory) -> None:
    shop = form.run(opened(form, 2))
    form.run(form.rest())
    bucket = form.github.limits.bucket(shop.place.installation, "graphql")
    bucket.used = round(bucket.limit * 0.75)
    calls = len(form.github.calls)

    form.run(shop.pulls[0].label("ship"))
    form.run(form.pass_time(120))
    form.run(form.bench.store.want([Want(RepositoryAt(shop.place))]))
    form.run(form.pass_time(120))

    asked = [call.kind for call in form.github.calls[calls:]]
    assert shop.pulls[0].merged
    assert "query OpenPullRequests" not in asked


def ended(form: InMemory, failure: Failure, where: Callable[[Asked], bool]) -> tuple[set[str | None], int]:
    """Spoil some answers of one kind around a large pull request; give what it showed, and how many were spoilt."""
    form.github.spoils_next(failure, 3, where)
    shop = form.run(opened(form, 2))
    form.run(form.rest())
    return ever_shown(shop.pulls[1]), 3 - (form.github.faults[0].hits.left or 0)


@seeded
@pytest.mark.parametrize("failure", [Failure.CUT, Failure.SHORT, Failure.SILENCE])
def test_a_list_of_files_that_is_spoilt_is_read_again_and_never_believed(form: InMemory, failure: Failure) -> None:
    came, spoilt = ended(form, failure, lambda asked: asked.template.endswith("/pulls/{pull_number}/files"))

    assert "success" not in came
    assert "neutral" in came
    assert spoilt == 3
