"""A connection to a simulated GitHub, without the rest of the bot."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.address import Repository
from bot.github.connection import Connection
from simulator.github import Simulator


@dataclass(frozen=True, slots=True)
class Line:
    """Both ends: the simulated GitHub with octo/shop on it, and a connection of the App."""

    github: Simulator
    connection: Connection
    place: Repository

    def minted(self) -> int:
        """Count the installation tokens that were made."""
        return sum(call.kind == "POST /app/installations/{installation_id}/access_tokens" for call in self.github.calls)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """Connect to a simulated GitHub."""
    async with await Simulator.start(tmp_path) as github, aiohttp.ClientSession() as session:
        installation = github.install("octo")
        await github.create_repository("octo/shop")
        connection = Connection(
            session,
            api_url=github.url,
            graphql_url=github.graphql_url,
            app=(github.app_id, github.private_key_pem),
            clock=github.now,
        )
        yield Line(github, connection, Repository(installation.id, "octo", "shop"))
