"""Looks at everything once: settings, machine, App, webhook, installations, repositories; nothing is changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from bot.address import Repository
from bot.bench import SWEEP_SECONDS
from bot.doctor.finding import Finding, Level
from bot.doctor.of_app import PATH, of_app, of_deliveries, of_hook, of_installations
from bot.doctor.of_machine import of_clock, of_database
from bot.doctor.of_repository import of_repository
from bot.github.app import repositories
from bot.github.connection import Connection
from bot.github.errors import Later, Refused
from bot.github.owner_policy import OwnerPolicies
from bot.github.read_health import (
    AppSeen,
    InstallationSeen,
    app_seen,
    attempts,
    hook_seen,
    installations_seen,
    repository_seen,
)
from bot.settings import Settings, SettingsError, read_settings

ANSWERS_WITHIN = aiohttp.ClientTimeout(total=10)
MOST_REPOSITORIES = 200
"""Repositories that are looked at where none is named."""


@dataclass(frozen=True, slots=True)
class Examining:
    """What an examination has at hand: settings, a session, a connection as the App, and which repositories to see."""

    settings: Settings
    session: aiohttp.ClientSession
    connection: Connection
    only: frozenset[str] = frozenset()


async def examine(env: Mapping[str, str], only: Sequence[str] = ()) -> AsyncIterator[Finding]:
    """Yield what is found, as it is found; `only` names the repositories to look at."""
    try:
        settings = read_settings(env)
    except SettingsError as error:
        for problem in error.problems:
            said, _, cure = problem.partition(": ")
            yield Finding("settings", Level.WRONG, said, cure)
        yield Finding("github", Level.UNKNOWN, "not asked: the settings come first", "mend them, and look again")
        return
    yield Finding("settings", Level.OK, "complete")
    for finding in of_database(settings.database_url, env):
        yield finding
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=True) as session:
        connection = Connection(
            session,
            api_url=settings.api_url,
            graphql_url=settings.graphql_url,
            app=(settings.app_id, settings.private_key),
        )
        examining = Examining(settings, session, connection, frozenset(name.lower() for name in only))
        async for finding in _at_github(examining):
            yield finding


async def _at_github(examining: Examining) -> AsyncIterator[Finding]:
    connection = examining.connection
    try:
        app = await app_seen(connection)
    except (Later, Refused) as error:
        yield of_clock(connection.counted.metrics.clock_skew)
        yield _no_app(error)
        return
    yield of_clock(connection.counted.metrics.clock_skew)
    try:
        async for finding in _of_all(examining, app):
            yield finding
    except (Later, Refused) as error:
        yield Finding("github", Level.UNKNOWN, f"GitHub broke off: {error}", "look again in a minute")


async def _of_all(examining: Examining, app: AppSeen) -> AsyncIterator[Finding]:
    connection, settings = examining.connection, examining.settings
    for finding in of_app(app):
        yield finding
    hook = await hook_seen(connection)
    for finding in of_hook(hook, settings.public_url):
        yield finding
    yield await _reached(examining.session, hook.url)
    yield of_deliveries(await attempts(connection))
    installed = [one async for one in installations_seen(connection)]
    for finding in of_installations(app, installed, settings.allowed_owners):
        yield finding
    async for finding in _of_repositories(examining, app, installed):
        yield finding


def _no_app(error: Later | Refused) -> Finding:
    if isinstance(error, Refused):
        cure = (
            "GITHUB_APP_ID and the private key belong to one App? Copy the App ID from its page, and create a new "
            "private key there; a clock that is far off looks the same"
        )
        return Finding("app", Level.WRONG, f"GitHub does not take the App's token: {error}", cure)
    cure = "is GITHUB_API_URL right, does a proxy or firewall stand between (HTTPS_PROXY), is githubstatus.com green?"
    return Finding("github", Level.UNKNOWN, f"GitHub does not answer: {error}", cure)


async def _reached(session: aiohttp.ClientSession, hook: str) -> Finding:
    """Ask the address of the webhook, from here, whether andon lives there."""
    url = f"{hook.removesuffix('/').removesuffix(PATH)}/livez"
    try:
        async with session.get(url, timeout=ANSWERS_WITHIN, allow_redirects=False) as answer:
            alive = (await answer.json(content_type=None)) == {"alive": True}
            said = f"{url} answers {answer.status}"
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        alive, said = False, f"{url} does not answer ({type(error).__name__})"
    if alive:
        return Finding("webhook-reach", Level.OK, f"andon answers at {url}")
    cure = "start `andon serve` there; if it runs and only GitHub may reach it, trust the line about deliveries"
    return Finding("webhook-reach", Level.WARNING, f"seen from here, {said}", cure)


async def _of_repositories(
    examining: Examining, app: AppSeen, installed: Sequence[InstallationSeen]
) -> AsyncIterator[Finding]:
    found = [place async for place in _places(examining, installed)]
    wanted = [place for place in found if not examining.only or place.full_name.lower() in examining.only]
    for name in sorted(examining.only - {place.full_name.lower() for place in found}):
        cure = "install the App there, or correct the name"
        yield Finding("repository", Level.WRONG, "the App does not see it", cure, name)
    if len(wanted) > MOST_REPOSITORIES:
        said = f"only {MOST_REPOSITORIES} of {len(wanted)} repositories were looked at"
        yield Finding("repository", Level.LOOK, said, "name others by --repository")
    owners = OwnerPolicies(examining.connection, examining.connection.counted.now)
    for place in wanted[:MOST_REPOSITORIES]:
        for finding in await _of_one(examining.connection, owners, place, app):
            yield finding


async def _places(examining: Examining, installed: Sequence[InstallationSeen]) -> AsyncIterator[Repository]:
    served = examining.settings.allowed_owners
    for one in installed:
        if not one.suspended and (not served or one.account.lower() in served):
            async for place in repositories(examining.connection, one.id):
                yield place


async def _of_one(
    connection: Connection, owners: OwnerPolicies, place: Repository, app: AppSeen
) -> tuple[Finding, ...]:
    site = "{0.scheme}://{0.netloc}".format(urlsplit(app.page))
    try:
        seen = await repository_seen(connection, owners, place)
    except (Later, Refused) as error:
        cure = f"has the owner accepted the App's permissions? At the latest the sweep in {SWEEP_SECONDS:.0f} s tells"
        return (Finding("policy", Level.UNKNOWN, f"it cannot be read: {error}", cure, place.full_name),)
    return tuple(of_repository(seen, app.id, site)) if seen else ()


def spoken(findings: Sequence[Finding]) -> Iterator[str]:
    """Write one line for each finding, and its cure below it."""
    signs = {Level.OK: "✅", Level.LOOK: "👀", Level.WARNING: "⚠️", Level.WRONG: "⛔", Level.UNKNOWN: "❓"}
    for one in findings:
        where = f" {one.where}" if one.where else ""
        yield f"{signs[one.level]} {one.check}{where}: {one.said}"
        if one.cure:
            yield f"   → {one.cure}"
