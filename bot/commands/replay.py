"""`andon replay`: give a delivery that was kept in a file to the service that runs, signed as GitHub signs it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import aiohttp
import click

from bot.address import CommitAt, PullRequestAt, key_of
from bot.commands.asking import FAILED, HERE, SECONDS, CannotTellError
from bot.commands.reasons import plain_line
from bot.events import Hearing, heard, interpret
from bot.settings import LOOPBACK_HOSTS
from bot.web.webhook import DELIVERY, EVENT, LARGEST_BODY

REFUSED: Final = 1
"""The exit code where the service does not take it."""

TAKEN: Final = 202


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery from a file: its event, its id (empty where none was kept), and the raw body."""

    event: str
    delivery: str
    body: bytes

    def signed(self, secret: bytes, delivery: str) -> dict[str, str]:
        """Write the headers that GitHub sends with it (docs: "Validating webhook deliveries")."""
        return {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/andon-replay",
            "X-GitHub-Event": self.event,
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": "sha256=" + hmac.new(secret, self.body, hashlib.sha256).hexdigest(),
        }


@click.command(epilog="Example: gh api /app/hook/deliveries/42 > delivery.json && andon replay delivery.json")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--event", help="The event, where FILE is a body alone: pull_request, push, …")
@click.option("--url", help=f"Where andon runs. [ANDON_URL, else {HERE}]")
@click.option("--same-id", is_flag=True, help="Keep the delivery's id: a service that saw it takes no notice.")
def replay(*, file: Path, event: str | None, url: str | None, same_id: bool) -> None:
    """Sign the delivery in FILE with GITHUB_WEBHOOK_SECRET, send it, and say what came of it.

    FILE is JSON: headers and body as they were exported, a delivery of GitHub's API, or a body alone with --event.
    Exits 0 where it was taken, 1 where it was refused, 2 where it could not be sent.
    """
    try:
        kept, where = kept_in(_read(file), event), _url(url)
        secret = _secret(os.environ)
        delivery = kept.delivery if same_id and kept.delivery else f"replay-{uuid.uuid4()}"
        status, answer = asyncio.run(_send(where, kept, kept.signed(secret, delivery)))
    except CannotTellError as error:
        _fail(str(error), FAILED)
    if status != TAKEN:
        _fail(f"the service refused it with {status}: {answer.get('error', 'without a word')}", REFUSED)
    for line in _told(kept, answer):
        click.echo(plain_line(line))


def kept_in(text: bytes, event: str | None = None) -> Kept:
    """Find event, id and body in what was exported. Raises CannotTellError."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise CannotTellError("it is no JSON.") from None
    if not isinstance(found, dict):
        raise CannotTellError("it is JSON, but no object.")
    request = found.get("request")
    outer = request if isinstance(request, dict) else found
    is_exported = event is None or "headers" in outer
    body = next((outer[name] for name in ("body", "payload") if is_exported and name in outer), None)
    headers = _lower(outer.get("headers") or {})
    named = event or headers.get("x-github-event") or _text(found.get("event")) or _text(found.get("name"))
    if EVENT.fullmatch(named) is None:
        raise CannotTellError(f"the event {named[:60]!r} is none." if named else "of which event? Name it by --event.")
    delivery = headers.get("x-github-delivery") or _text(found.get("guid"))
    return Kept(named, delivery if DELIVERY.fullmatch(delivery) else "", text if body is None else _raw(body))


def _lower(headers: object) -> Mapping[str, str]:
    pairs = headers.items() if isinstance(headers, dict) else ()
    return {str(name).lower(): str(value) for name, value in pairs}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _raw(body: object) -> bytes:
    """Write a body as GitHub does: as text it is what was sent, byte for byte."""
    return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()


def _read(file: Path) -> bytes:
    try:
        text = file.read_bytes()
    except OSError as error:
        raise CannotTellError(f"{file} cannot be read: {error.strerror}.") from error
    if len(text) > LARGEST_BODY:
        raise CannotTellError(f"{file} is larger than GitHub delivers.")
    return text


def _url(given: str | None) -> str:
    url = (given or os.environ.get("ANDON_URL", "").strip() or HERE).rstrip("/").removesuffix("/webhook")
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS):
        return f"{url}/webhook"
    raise CannotTellError(f"{url[:100]!r} is no https address, and not of this machine.")


def _secret(env: Mapping[str, str]) -> bytes:
    secret = env.get("GITHUB_WEBHOOK_SECRET", "").strip()
    if not secret:
        raise CannotTellError("GITHUB_WEBHOOK_SECRET is missing: set it as for `andon serve`.")
    return secret.encode()


async def _send(url: str, kept: Kept, headers: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
    within = aiohttp.ClientTimeout(SECONDS)
    try:
        async with (
            aiohttp.ClientSession(trust_env=True, timeout=within) as session,
            session.post(url, data=kept.body, headers=headers, allow_redirects=False) as response,
        ):
            answer = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        why = f"{url} does not answer as andon does ({type(error).__name__})"
        raise CannotTellError(f"{why}: start `andon serve` there, or name where it runs by --url.") from None
    return response.status, answer if isinstance(answer, dict) else {}


def _told(kept: Kept, answer: Mapping[str, Any]) -> Iterator[str]:
    """Say what the service took it for, and where to see what follows."""
    if not answer.get("new"):
        yield f"taken as {answer['delivery']}, which was seen before: nothing follows. Leave out --same-id."
        return
    yield f"taken as {answer['delivery']}: {answer['wanted']} to look at."
    if kept.event not in heard() | {"ping"}:
        yield f"andon listens to no {kept.event}."
    app_id = os.environ.get("GITHUB_APP_ID", "").strip()
    wants = interpret(kept.event, json.loads(kept.body), Hearing(int(app_id) if app_id.isdecimal() else 0))
    for want in wants[: answer["wanted"]]:
        match want.address:
            case PullRequestAt(repository=place, number=number):
                yield f"  {place.full_name}#{number}: see `andon why {place.full_name}#{number}`"
            case CommitAt(repository=place, sha=sha):
                yield f"  the commit {sha} of {place.full_name}"
            case other:
                yield f"  {key_of(other)}"


def _fail(why: str, code: int) -> NoReturn:
    click.echo(f"andon: {plain_line(why)}", err=True)
    sys.exit(code)
