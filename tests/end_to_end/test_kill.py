"""kill -9: no accepted delivery is lost, no verdict is written twice, and an incident has one issue."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.calls import Exchange
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import CHECK_RUNS, READY, lines
from tests.faults.serving import free_port, served, until

PULLS = 40
DELIVERIES = 1_000
LABELS_EACH = DELIVERIES // PULLS
NO_REVERT = READY.replace("{via: deployment}", "{via: deployment, on-failure: close-line}")
ISSUES = "POST /repos/{owner}/{repo}/issues"
LOOKS = "GET /repos/{owner}/{repo}/issues/{issue_number}"


async def thousand_deliveries(github: Simulator, port: int) -> list[PullRequest]:
    """Move forty pull requests, and hold the thousand deliveries about them."""
    github.webhook_url = f"http://127.0.0.1:{port}/webhook"
    github.install("octo", tell=False)
    repository = await github.create_repository("octo/shop", tell=False)
    await repository.commit("main", {".github/andon.yml": READY}, tell=False)
    github.holds_deliveries()
    pulls = [await repository.open_pull_request(files={f"a{n}.py": lines(30)}, tell=False) for n in range(PULLS)]
    for number in range(LABELS_EACH):
        for pull in pulls:
            await pull.label(f"label-{number}")
    return pulls


async def test_after_kill_minus_nine_each_pull_request_gets_its_verdict_once(tmp_path: Path) -> None:
    port = free_port()
    async with await Simulator.start(tmp_path / "github") as github:
        pulls = await thousand_deliveries(github, port)
        async with served(github, tmp_path, port) as first:
            github.latency = 0.4
            github.release_held()
            await github.settled()
            accepted = Counter(sent.status_code for sent in github.webhooks.sent if sent.event == "pull_request")
            first.kill()
            await first.wait()
        judged_before = sum(pull.check_run("andon") is not None for pull in pulls)
        github.latency = 0.0

        async with served(github, tmp_path, port):
            await until(lambda: all(pull.check_run("andon") is not None for pull in pulls))

    carried_out = [call for call in github.calls if call.kind == CHECK_RUNS and call.status == 201]
    verdicts = [len([run for run in pull.repo.checks_on[pull.head] if run.name == "andon"]) for pull in pulls]
    assert accepted == {202: DELIVERIES}
    assert judged_before < PULLS
    assert verdicts == [1] * PULLS
    assert len(carried_out) == PULLS


@dataclass
class Killer:
    """Kills a process as soon as an issue was opened, before the answer goes out."""

    process: asyncio.subprocess.Process

    def on_exchange(self, exchange: Exchange) -> None:
        if exchange.asked.kind == ISSUES and self.process.returncode is None:
            self.process.kill()

    def on_webhook(self, event: str, payload: dict[str, Any]) -> None:
        """Hear nothing."""


async def test_killed_between_opening_the_issue_of_an_incident_and_keeping_its_number_there_is_one(
    tmp_path: Path,
) -> None:
    port = free_port()
    async with await Simulator.start(tmp_path / "github") as github:
        github.webhook_url = f"http://127.0.0.1:{port}/webhook"
        github.install("octo", tell=False)
        repository = await github.create_repository("octo/shop", tell=False)
        repository.require_checks("main", ("ci", None))
        await repository.commit("main", {".github/andon.yml": NO_REVERT}, tell=False)
        async with served(github, tmp_path, port) as first:
            github.observers.append(Killer(first))
            pull = await repository.open_pull_request(files={"app.py": lines(5)})
            await repository.ci.succeeds(pull.head, "ci")
            await until(lambda: bool(repository.deployments))
            await repository.deployments[0].status("failure")
            await first.wait()
        opened = len(repository.issues)

        async with served(github, tmp_path, port):
            [issue] = repository.issues.values()
            await issue.edit(f"{issue.body}\n- [ ] look again\n")
            await until(lambda: any(call.kind == LOOKS for call in github.calls))
            await issue.close()
            await github.settled()

    assert opened == 1
    assert len(repository.issues) == 1
    assert sum(call.kind == ISSUES for call in github.calls) == 1
