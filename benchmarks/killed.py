"""kill -9 with a thousand accepted deliveries: how many are lost, and how many verdicts are written twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure, at_most
from benchmarks.running import Run, andon, folder, github, postgresql, until
from simulator.github import Simulator
from simulator.pull_request import PullRequest

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\n"
PULLS = 40
SLOW = 0.4
"""Seconds that the API takes while deliveries come in: most work is still to be done when the process dies."""

LEASE = 60
"""Seconds until what a dead process held on PostgreSQL is free for another."""


async def measure(run: Run) -> Sequence[Figure]:
    """Kill `andon serve` on each database as soon as all deliveries are answered, start it again, and count."""
    deliveries = run.times(1000, 200)
    figures: list[Figure] = []
    for name in ("SQLite", "PostgreSQL"):
        with folder() as place, _database(name, place) as database:
            lost, twice, came = await _killed(place, database, deliveries)
        what = f"kill -9 on {name} with {came} accepted"
        figures += [
            Figure(f"{what}: lost", lost, "", at_most(0)),
            Figure(f"{what}: written twice", twice, "", at_most(0)),
        ]
    return figures


@contextmanager
def _database(name: str, place: Path) -> Iterator[str]:
    if name == "SQLite":
        yield f"sqlite:///{place / 'andon.db'}"
    else:
        with postgresql() as url:
            yield url


async def _killed(place: Path, database: str, deliveries: int) -> tuple[int, int, int]:
    async with github(place) as served:
        served.webhook_url = "http://127.0.0.1:9/webhook"
        pulls = await _held(served, deliveries)
        async with andon("serve", served, database, place / "first") as first:
            served.webhook_url, served.latency = f"{first.url}/webhook", SLOW
            served.release_held()
            await served.settled()
            came = Counter(sent.status_code for sent in served.webhooks.sent if sent.event == "pull_request")
            await first.killed()
        served.latency, served.webhook_url = 0.0, None
        async with andon("serve", served, database, place / "second"):
            await until(lambda: all(pull.check_run("andon") is not None for pull in pulls), 2 * LEASE, 0.1)
        shown = [len([run for run in pull.repo.checks_on[pull.head] if run.name == "andon"]) for pull in pulls]
    return sum(count == 0 for count in shown), sum(max(0, count - 1) for count in shown), came[202]


async def _held(served: Simulator, deliveries: int) -> list[PullRequest]:
    """Open pull requests without a word, and hold so many deliveries about them."""
    served.install("octo", tell=False)
    repository = await served.create_repository("octo/shop", tell=False)
    await repository.commit("main", {".github/andon.yml": POLICY}, tell=False)
    served.holds_deliveries(None)
    pulls = [
        await repository.open_pull_request(files={f"a{number}.py": "step = 1\n"}, tell=False) for number in range(PULLS)
    ]
    for number in range(deliveries):
        await pulls[number % PULLS].label(f"label-{number // PULLS}")
    return pulls
