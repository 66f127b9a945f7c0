"""The same questions to a real Prometheus: `make real-prometheus`."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.evidence.evidence import Evidence, State
from bot.evidence.probing import Prober
from bot.evidence.targets import read_targets
from tests.end_to_end.test_verify import a_street, states
from tools.prometheus import prometheus

BINARY = prometheus()
pytestmark = pytest.mark.skipif(
    BINARY is None, reason="there is no Prometheus here: `make real-prometheus` fetches one"
)

STARTS_WITHIN = 60.0
TARGETS = """
queries:
  error-rate: {ASKED, query: 'sum(errors{env="{environment}"})', below: 0.01}
  absent: {ASKED, query: 'sum(nothing_of_the_kind)', below: 0.01}
  per-instance: {ASKED, query: 'errors', below: 0.01}
  no-traffic: {ASKED, query: 'sum(errors) * 0 / 0', below: 0.01}
  scalar: {ASKED, query: 'scalar(sum(errors{env="{environment}"}))', below: 0.01}
  infinite: {ASKED, query: 'sum(errors{env="{environment}"}) / 0', below: 0.01}
  wrong: {ASKED, query: 'sum(errors', below: 0.01}
  range: {ASKED, query: 'errors[1m]', below: 0.01}
"""


@dataclass
class Measured:
    """A Prometheus that scrapes what this says."""

    errors: float = 0.001
    port: int = 0

    async def metrics(self, _: web.Request) -> web.Response:
        lines = [f'errors{{env="production"}} {self.errors}', 'errors{env="staging"} 0.9']
        return web.Response(text="\n".join(["# TYPE errors gauge", *lines, ""]))

    @property
    def targets(self) -> str:
        asked = f"url: 'http://127.0.0.1:{self.port}', allow-http: true, allow-private: true, repositories: [octo/*]"
        return TARGETS.replace("ASKED", asked)

    async def ask(self, name: str) -> Evidence:
        return await Prober(read_targets(self.targets, {}), time.time).query(name, "octo/shop", "production")

    async def becomes(self, name: str, state: State) -> Evidence:
        """Ask until the answer is of a state: a scrape takes its time."""
        async with asyncio.timeout(STARTS_WITHIN):
            while True:
                if (seen := await self.ask(name)).state is state:
                    return seen
                await asyncio.sleep(0.05)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
async def measured(tmp_path: Path) -> AsyncIterator[Measured]:
    it = Measured(port=free_port())
    app = web.Application()
    app.router.add_get("/metrics", it.metrics)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    (tmp_path / "prometheus.yml").write_text(
        "scrape_configs:\n  - {job_name: shop, scrape_interval: 100ms, scrape_timeout: 100ms, "
        f"static_configs: [{{targets: ['127.0.0.1:{runner.addresses[0][1]}']}}]}}\n"
    )
    process = await asyncio.create_subprocess_exec(
        str(BINARY),
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{it.port}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await ready(it.port)
        yield it
    finally:
        process.terminate()
        await process.wait()
        await runner.cleanup()


async def ready(port: int) -> None:
    async with asyncio.timeout(STARTS_WITHIN), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/-/ready") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.05)


async def test_a_real_prometheus_is_understood(measured: Measured) -> None:
    well = await measured.becomes("error-rate", State.PASSED)
    scalar = await measured.ask("scalar")
    infinite = await measured.ask("infinite")
    unknown = {name: (await measured.ask(name)) for name in ("absent", "per-instance", "no-traffic", "wrong", "range")}
    measured.errors = 0.34
    ill = await measured.becomes("error-rate", State.FAILED)

    assert (well.value, scalar.value, ill.value) == ("0.001", "0.001", "0.34")
    assert (infinite.state, infinite.value) == (State.FAILED, "inf")
    assert {one.state for one in unknown.values()} == {State.UNKNOWN}
    assert {name: one.said for name, one in unknown.items()} == {
        "absent": "no series answers the query",
        "per-instance": "the query gives 2 series and should give one: aggregate it",
        "no-traffic": "the value is not a number",
        "wrong": "Prometheus answered HTTP 400 and refused the query",
        "range": "the query gives no number",
    }


async def test_a_release_is_verified_by_a_real_prometheus(tmp_path: Path, measured: Measured) -> None:
    await measured.becomes("error-rate", State.PASSED)
    async with a_street(tmp_path, measured.targets) as street:
        pull = await street.deploys("{queries: [error-rate], within: 1m, soak: 1h}")
        await street.is_well(pull)
        measured.errors = 0.34
        await street.fails(pull)
        release = await street.release(pull)

    assert states(release) == {"deployment": "passed", "query": "failed"}
    assert release["detail"] == "the query `error-rate` gave 0.34, and should be below 0.01"
