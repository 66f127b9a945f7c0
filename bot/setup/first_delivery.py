"""Whether GitHub's first delivery reached the service: GitHub tells, on whatever machine that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.github.connection import Connection
from bot.github.errors import Later, Refused
from bot.github.read_health import Attempt, attempts
from bot.github.register import Registered
from bot.settings import graphql_url_of
from bot.setup.door import Door, Told

PACE: Final = 5.0
"""Seconds between two questions."""

SHOWN_WITHIN: Final = 10.0
"""Seconds in which the page that looks again by itself has shown the last word."""


def told(found: Sequence[Attempt], public_url: str) -> Told:
    """Say what became of the deliveries so far, the newest first. andon alone answers 202, to what it has verified."""
    hook = f"{public_url}/webhook"
    if any(one.code == HTTPStatus.ACCEPTED for one in found):
        return Told(f"GitHub reaches {hook}: its first delivery arrived, and its signature was right.", arrived=True)
    if not found:
        return Told(f"GitHub has delivered nothing to {hook} yet. Start `andon serve` there; this page looks again.")
    match found[0].code:
        case 0:
            why = "nobody answered"
        case HTTPStatus.UNAUTHORIZED:
            why = "andon answered 401, as GITHUB_WEBHOOK_SECRET is another one there"
        case code if code < HTTPStatus.BAD_REQUEST:
            why = f"something else than andon answered {code}"
        case code:
            why = f"{code} was answered"
    return Told(f"GitHub delivered to {hook}, and {why}. Start `andon serve` there: it asks GitHub for it once more.")


async def follow(door: Door, app: Registered, *, api_url: str, public_url: str, pace: float = PACE) -> None:
    """Tell the door what GitHub says until a delivery was taken, and wait a moment until that was seen."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=True) as session:
        connection = Connection(
            session, api_url=api_url, graphql_url=graphql_url_of(api_url), app=(app.app_id, app.private_key)
        )
        while not (door.told and door.told.arrived):
            try:
                door.told = told(await attempts(connection), public_url)
            except (Later, Refused) as error:
                door.told = Told(f"GitHub does not say yet what became of its deliveries ({error}).")
            if not door.told.arrived:
                await asyncio.sleep(pace)
    await shown(door)


async def shown(door: Door) -> None:
    """Wait until the page was fetched once more with the last word, or for so long that nobody looks at it."""
    try:
        async with asyncio.timeout(SHOWN_WITHIN):
            await door.seen.wait()
    except TimeoutError:
        return
