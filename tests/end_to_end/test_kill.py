"""kill -9 while a thousand accepted deliveries wait: nothing is lost, and no verdict is written twice."""

import asyncio
import os
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from simulator.github import Simulator
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import CHECK_RUNS, READY, lines

PULLS = 40
DELIVERIES = 1_000
LABELS_EACH = DELIVERIES // PULLS


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def until(is_so: Callable[[], bool], seconds: float = 90) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(0.05)


@asynccontextmanager
async def served(github: Simulator, directory: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `andon serve` as operators do, in a process of its own."""
    settings = {
        "GITHUB_APP_ID": str(github.app_id),
        "GITHUB_PRIVATE_KEY": github.private_key_pem,
        "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
        "GITHUB_API_URL": github.url,
        "DATABASE_URL": f"sqlite:///{directory / 'andon.db'}",
        "PORT": str(port),
    }
    log = (directory / "andon.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env={**os.environ, **settings}, stderr=log
    )
    try:
        await until(lambda: b"listening" in (directory / "andon.log").read_bytes())
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        log.close()


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
