"""A thousand open pull requests: what their first verdicts, a push to the base and a new policy ask of GitHub.

The real bot and the simulator in memory and in virtual time; the simulator keeps GitHub's limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine, Generator
from dataclasses import dataclass

from simulator.repository import Repository
from tests.chaos.in_memory import InMemory

LOOKS = 100_000
LARGE_ONES = 20
"""Every so many pull requests one is too large."""

POLICY = "rules: {small-diff: {max-lines: %d}}\nmerge: {when: label, label: ship}\ndeploy: {via: deployment}\n"
SNAPSHOT, OVERVIEW = "query PullRequestSnapshot", "query OpenPullRequests"
CHECKED = "POST /repos/{owner}/{repo}/check-runs"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bot asked of GitHub in one act, in how many virtual seconds, and which limits it met."""

    calls: Counter[str]
    seconds: float
    refused: int
    overstepped: tuple[str, ...]

    @property
    def writes(self) -> int:
        """Count what changed something."""
        return sum(count for kind, count in self.calls.items() if not kind.startswith(("GET", "query", "App")))


def play(count: int) -> Generator[tuple[str, Asked]]:
    """Open so many pull requests without a word; play the acts on them, and tell what each asked for."""
    form = InMemory(most_looks=LOOKS)
    try:
        repository = form.run(_opened(form, count))
        yield "first verdicts", _asked(form, form.sweep())
        yield "push to the base", _asked(form, _committed(form, repository, {"README.md": "Read me.\n"}))
        yield "another policy", _asked(form, _committed(form, repository, {".github/andon.yml": POLICY % 40}))
    finally:
        form.close()


async def _opened(form: InMemory, count: int) -> Repository:
    form.github.install("octo")
    repository = await form.github.create_repository("octo/shop")
    repository.require_checks("main", ("ci", None))
    await repository.commit("main", {".github/andon.yml": POLICY % 20}, "Let small changes ship")
    await form.rest()  # so that the look at the repository is over before there is anything to find
    with form.github.silence():
        for number in range(count):
            lines = 30 if number % LARGE_ONES == 0 else 3
            text = "".join(f"x_{line} = {line}\n" for line in range(lines))
            pull = await repository.open_pull_request(files={f"app_{number}.py": text})
            await repository.ci.succeeds(pull.head, "ci")
    return repository


async def _committed(form: InMemory, repository: Repository, files: dict[str, str]) -> None:
    await repository.commit("main", dict(files), "Go on")
    await form.rest()


def _asked(form: InMemory, act: Coroutine[object, object, object]) -> Asked:
    github = form.github
    calls, met, began = len(github.calls), len(github.limits.overstepped), github.now()
    form.run(act)
    made = github.calls[calls:]
    refused = sum(call.status in {403, 429} for call in made)
    last = max((call.at for call in made), default=began)
    kinds = Counter(_kind(call.kind) for call in made)
    return Asked(kinds, last - began, refused, tuple(github.limits.overstepped[met:]))


def _kind(kind: str) -> str:
    return f"App: {kind}" if "/app/" in kind else kind
