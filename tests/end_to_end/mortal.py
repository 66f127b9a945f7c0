"""A bot that may be killed between any two of its effects, and a production that it can ask without a socket."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import Engine

from bot.evidence.probing import Prober, _Answer
from bot.store.writer import Item, Kind
from tests.chaos.in_memory import BEGINNING
from tests.chaos.kept_in_memory import AtOnce
from tests.chaos.wire import Reply

NUMBER = re.compile(r"/\d+")
MUTATION = re.compile(r"^mutation \w+", re.MULTILINE)


@dataclass(slots=True)
class Life:
    """What one bot passed so far, and at how many of these boundaries it is killed; None: never.

    What is dead neither goes on nor cleans up: whatever it still asks for is never answered.
    """

    ends_at: int | None = None
    passed: list[str] = field(default_factory=list)
    is_over: bool = False
    is_buried: bool = False
    killed: asyncio.Event = field(default_factory=asyncio.Event)

    def arm(self, ends_at: int | None) -> None:
        """Count from now on, and die at a boundary."""
        self.passed.clear()
        self.ends_at = ends_at

    async def passes(self, boundary: str) -> None:
        """Go on, unless it ends here."""
        if not self.is_over:
            self.passed.append(boundary)
            if self.ends_at is not None and len(self.passed) >= self.ends_at:
                self.is_over = True
                self.killed.set()
        await self.goes_on()

    async def goes_on(self) -> None:
        """Return where it lives; never where it is dead."""
        if self.is_buried:
            raise asyncio.CancelledError
        if self.is_over:
            await asyncio.Event().wait()


class MortalWriter(AtOnce):
    """Writes into the database for as long as its bot lives.

    There is a boundary after each COMMIT: before it is after what happened last. A claim is none, for who starts again
    takes up what was claimed, nor is what wants nothing.
    """

    def __init__(self, engine: Engine, life: Life) -> None:
        super().__init__(engine)
        self._life = life

    async def write(self, kind: Kind[Item, Any], item: Item) -> Any:
        """Carry out one item; the bot may be killed before it hears of that."""
        await self._life.goes_on()
        answer = await super().write(kind, item)
        name = getattr(kind.carry_out, "__name__", "")
        is_one = name != "_claim" and getattr(item, "wants", item) != ()
        await (self._life.passes(f"after COMMIT {name}") if is_one else self._life.goes_on())
        return answer


@dataclass(frozen=True, slots=True)
class MortalSession:
    """Reaches GitHub for as long as its bot lives: a boundary before each write, and one before its answer is heard."""

    session: aiohttp.ClientSession
    life: Life

    @asynccontextmanager
    async def request(self, method: str, url: str, **asked: Any) -> AsyncIterator[Reply]:
        """Send one request, and have it answered."""
        effect = _effect(method, url, asked.get("json"))
        await (self.life.passes(f"before {effect}") if effect else self.life.goes_on())
        async with self.session.request(method, url, **asked) as reply:
            await (self.life.passes(f"after {effect}") if effect else self.life.goes_on())
            yield cast("Reply", reply)


def _effect(method: str, url: str, body: Any) -> str:
    """Name what a request changes; nothing for one that only reads or gets a token."""
    if method == "GET" or url.endswith("/access_tokens"):
        return ""
    if url.endswith("/graphql"):
        found = MUTATION.search(str((body or {}).get("query", "")))
        return found[0] if found else ""
    return f"{method} {NUMBER.sub('/N', urlsplit(url).path)}"


@dataclass(slots=True)
class Street:
    """What production answers: an address by its status, Prometheus by one value."""

    status: int = 200
    value: str = "0.001"

    def answer(self, question: Mapping[str, str]) -> _Answer:
        """Answer as a server, or as Prometheus documents it."""
        if not question:
            return _Answer(self.status, b"ok", whole=True)
        data = {"resultType": "vector", "result": [{"metric": {}, "value": [BEGINNING, self.value]}]}
        return _Answer(200, json.dumps({"status": "success", "data": data}).encode(), whole=True)


class NearProber(Prober):
    """Asks a production in this process: what is asked and what answers mean is the bot's own."""

    street: Street

    async def _ask(self, target: Any, url: str, question: Mapping[str, str], *, read: bool) -> _Answer:
        del target, url, read
        await asyncio.sleep(0)
        return self.street.answer(question)
