"""`andon setup`: one link, one App, secrets for their owner alone, and a door that stays shut."""

from __future__ import annotations

import asyncio
import html
import json
import re
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.doctor.needed import manifest
from bot.github.errors import Refused
from bot.github.read_health import Attempt
from bot.github.register import Registered, registered, registers_at
from bot.settings import Settings, read_settings
from bot.setup.door import COOKIE, Door
from bot.setup.first_delivery import follow, told
from bot.setup.keeping import Home, commands, configured
from bot.store.store import Store
from bot.web.server import Server
from simulator.app_settings import register
from simulator.github import Simulator
from tests.contracts.checker import ContractChecker
from tests.web.given import private_key

URL = "https://andon.example.com"
APP = Registered(1001, "https://github.test/apps/andon", "-----BEGIN KEY-----\nx\n-----END KEY-----\n", "s" * 40)


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[Simulator]:
    async with await Simulator.start(tmp_path / "github") as running:
        running.observers.append(checker := ContractChecker())
        yield running
        assert (checker.violations, running.unknown_routes) == ([], [])


@dataclass(slots=True)
class Browser:
    """Somebody on this machine, who keeps cookies."""

    http: aiohttp.ClientSession
    seen: list[int] = field(default_factory=list)
    last: str = ""

    async def get(self, url: str, **headers: str) -> tuple[int, str]:
        async with self.http.get(url, headers=headers) as answer:
            self.seen.append(answer.status)
            self.last = str(answer.url)
            return answer.status, await answer.text()

    async def presses(self, github: Simulator, page: str) -> str:
        """Press the button on the page, then GitHub's own; give the address that GitHub leads back to."""
        made: dict[str, Any] = json.loads(html.unescape(re.findall(r'name="manifest" value="([^"]*)"', page)[0]))
        action = html.unescape(re.findall(r'action="([^"]*)"', page)[0])
        state = action.partition("?state=")[2]
        return f"{made['redirect_url']}?code={register(github, made)}&state={state}"


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Browser(http)


@asynccontextmanager
async def opened(github: Simulator) -> AsyncIterator[tuple[Door, str]]:
    async def exchange(code: str) -> Registered:
        return await registered(github.url, code)

    door = Door(api_url=github.url, organisation="octo", manifest=manifest("andon", URL), exchange=exchange)
    yield door, await door.open()
    await door.close()


async def test_the_link_leads_to_github_and_back_to_an_app_with_its_secrets(github: Simulator) -> None:
    async with opened(github) as (door, link), browser() as dora:
        _, page = await dora.get(link)
        status, said = await dora.get(await dora.presses(github, page))

    app = door.registered.result()
    assert (status, "https://github.test/apps/andon/installations/new" in said) == (200, True)
    assert (app.app_id, app.private_key, app.webhook_secret) == (1001, github.private_key_pem, github.webhook_secret)
    [sent] = github.app_settings.manifests
    assert sent["hook_attributes"] == {"url": f"{URL}/webhook", "active": True}
    assert sent["default_permissions"] == manifest("andon", URL)["default_permissions"]
    assert github.private_key_pem[40:80] not in said


async def test_after_the_first_success_every_address_is_gone_for_good(github: Simulator) -> None:
    async with opened(github) as (_, link), browser() as dora:
        _, page = await dora.get(link)
        back = await dora.presses(github, page)
        await dora.get(back)
        dora.seen.clear()
        for address in (link, back, link.partition("?")[0], link.replace("/setup", "/other")):
            await dora.get(address)

    assert dora.seen == [404, 404, 404, 404]


@asynccontextmanager
async def serving(github: Simulator, folder: Path, secret: str) -> AsyncIterator[None]:
    """Run the service where GitHub delivers to, with a webhook secret."""
    settings = Settings(1001, private_key(), secret.encode(), database_url=f"sqlite:///{folder}/served.db", port=0)
    store = await Store.open(settings.database_url)
    server = Server(settings, store)
    github.webhook_url = f"http://127.0.0.1:{await server.start()}/webhook"
    yield
    await server.stop()
    await store.close()


async def refreshed(dora: Browser, page: str, words: str) -> str:
    """Look again as often as the page itself asks for it, until it holds these words."""
    async with asyncio.timeout(20):
        while words not in page:
            assert '<meta http-equiv="refresh" content="3">' in page
            status, page = await dora.get(dora.last)
            assert status == 200
    return page


async def test_the_page_turns_green_by_itself_once_a_delivery_of_github_was_verified(
    github: Simulator, tmp_path: Path
) -> None:
    async with opened(github) as (door, link), browser() as dora:
        door.told = told((), URL)
        _, page = await dora.get(link)
        _, page = await dora.get(await dora.presses(github, page))
        app = door.registered.result()
        following = asyncio.create_task(follow(door, app, api_url=github.url, public_url=URL, pace=0.001))
        nothing = await refreshed(dora, page, "has delivered nothing")
        github.webhook_url = "http://127.0.0.1:9/webhook"
        github.ping()
        away = await refreshed(dora, page, "nobody answered")
        async with serving(github, tmp_path, "another secret of at least 32 bytes"):
            github.ping()
            wrong = await refreshed(dora, page, "is another one there")
        async with serving(github, tmp_path, github.webhook_secret):
            github.ping()
            green = await refreshed(dora, page, "its signature was right")
        await following

    assert ['class="told arrived"' in one for one in (nothing, away, wrong, green)] == [False, False, False, True]
    assert ("refresh" in green, "<script" in green, "installations/new" in green) == (False, False, True)


async def test_the_waiting_page_is_for_who_came_by_the_link_and_for_nobody_before_the_success(
    github: Simulator,
) -> None:
    async with opened(github) as (_, link), browser() as dora, browser() as mallory:
        waiting = link.partition("?")[0] + "/waiting"
        _, page = await dora.get(link)
        before, _ = await dora.get(waiting)
        await dora.get(await dora.presses(github, page))
        after, _ = await dora.get(waiting)
        stranger, _ = await mallory.get(waiting)

    assert (before, after, stranger) == (404, 200, 404)


@pytest.mark.parametrize(
    ("codes", "arrived", "said"),
    [
        ((), False, "has delivered nothing to https://andon.example.com/webhook yet"),
        ((0,), False, "nobody answered"),
        ((502, 0), False, "502 was answered"),
        ((200,), False, "something else than andon answered 200"),
        ((401,), False, "GITHUB_WEBHOOK_SECRET is another one there"),
        ((502, 202, 0), True, "its signature was right"),
    ],
)
def test_only_the_answer_that_andon_gives_to_what_it_verified_is_an_arrival(
    codes: tuple[int, ...], *, arrived: bool, said: str
) -> None:
    found = told([Attempt(str(code), 200 <= code < 300, code, "words", 1.0) for code in codes], URL)

    assert (found.arrived, said in found.said) == (arrived, True)


async def test_the_link_lets_one_visitor_in_and_nobody_after_them(github: Simulator) -> None:
    async with opened(github) as (_, link), browser() as dora, browser() as mallory:
        await dora.get(link)
        second, _ = await mallory.get(link)
        without, _ = await mallory.get(link.partition("?")[0])
        still, _ = await dora.get(link.partition("?")[0])

    assert (second, without, still) == (404, 404, 200)


@pytest.mark.parametrize(
    "address",
    ["/setup", "/setup?token=", "/setup?token=guessed", "/setup/done?code=a&state=b", "/", "/setup/", "/webhook"],
)
async def test_whoever_did_not_come_by_the_link_finds_nothing(github: Simulator, address: str) -> None:
    async with opened(github) as (door, link), browser() as mallory:
        status, _ = await mallory.get(link.partition("/setup")[0] + address, Cookie=f"{COOKIE}=guessed")

    assert (status, door.registered.done()) == (404, False)


async def test_a_way_back_with_another_state_is_not_taken(github: Simulator) -> None:
    async with opened(github) as (door, link), browser() as dora:
        _, page = await dora.get(link)
        back = await dora.presses(github, page)
        forged, _ = await dora.get(re.sub(r"state=.*", "state=forged", back))

    assert (forged, door.registered.done()) == (404, False)


async def test_another_name_for_this_machine_finds_nothing(github: Simulator) -> None:
    async with opened(github) as (_, link), browser() as mallory:
        status, _ = await mallory.get(link, Host="evil.example.com")

    assert status == 404


async def test_a_code_counts_once_and_within_an_hour_and_another_try_is_possible(github: Simulator) -> None:
    async with opened(github) as (door, link), browser() as dora:
        _, page = await dora.get(link)
        late = await dora.presses(github, page)
        github.advance(3601)
        refused, said = await dora.get(late)
        _, page = await dora.get(link.partition("?")[0])
        taken, _ = await dora.get(await dora.presses(github, page))

    assert (refused, "Try again" in said, taken) == (502, True, 200)
    assert door.registered.done()


async def test_what_is_no_code_never_leaves_this_machine(github: Simulator) -> None:
    with pytest.raises(Refused):
        await registered(github.url, "../../user/repos?x=")

    assert github.calls == []


@pytest.mark.parametrize(
    ("api_url", "organisation", "address"),
    [
        ("https://api.github.com", "", "https://github.com/settings/apps/new?state=s"),
        ("https://api.github.com", "octo", "https://github.com/organizations/octo/settings/apps/new?state=s"),
        ("https://ghe.example.com/api/v3", "", "https://ghe.example.com/settings/apps/new?state=s"),
    ],
)
def test_the_manifest_is_posted_to_the_owners_own_page(api_url: str, organisation: str, address: str) -> None:
    assert registers_at(api_url, organisation, "s") == address


def environment(**env: str | None) -> dict[str, str | None]:
    names = (
        "GITHUB_APP_ID",
        "GITHUB_PRIVATE_KEY",
        "GITHUB_PRIVATE_KEY_PATH",
        "GITHUB_WEBHOOK_SECRET",
        "GITHUB_API_URL",
    )
    return {**dict.fromkeys(names), "PUBLIC_URL": URL, "DATABASE_URL": "sqlite:///no-such.db", **env}


def test_both_files_are_their_owners_alone_and_fit_to_start_with(tmp_path: Path, github: Simulator) -> None:
    home = Home(tmp_path)
    app = Registered(7, "https://github.test/apps/andon", github.private_key_pem, "s" * 40)

    home.keep(app, {"PUBLIC_URL": URL})

    pairs = dict(line.split("=", 1) for line in home.env_file.read_text().splitlines())
    settings = read_settings(pairs)
    modes = [stat.S_IMODE(file.stat().st_mode) for file in (home.env_file, home.key_file)]
    assert modes == [0o600, 0o600]
    assert (settings.app_id, settings.private_key, settings.public_url) == (7, github.private_key_pem, URL)


@pytest.mark.parametrize("platform", ["heroku", "fly", "kubernetes", "env"])
def test_commands_of_a_platform_hold_every_variable_and_survive_a_shell(platform: str) -> None:
    text = "\n".join(commands(platform, APP, {"PUBLIC_URL": "https://a.test/$(id)'"}))

    assert all(name in text for name in ("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET", "PUBLIC_URL"))
    assert """'https://a.test/$(id)'"'"''""" in text


def unreadable(folder: Path) -> Path:
    (file := folder / "andon.env").symlink_to(folder / "gone")
    return file


@pytest.mark.parametrize(
    ("there", "env", "said"),
    [
        pytest.param(None, {"GITHUB_APP_ID": "7"}, "GITHUB_APP_ID is set", id="a variable"),
        pytest.param("andon.env", {}, "andon.env is there", id="the file"),
        pytest.param("andon.pem", {}, "andon.pem is there", id="the key alone"),
        pytest.param("link", {}, "andon.env is there", id="a file that cannot be read"),
        pytest.param(
            "andon.db", {}, "andon.db is there, so a service was set up before", id="a database, settings lost"
        ),
        pytest.param(None, {"DATABASE_URL": "postgres://a:b@127.0.0.1:9/c"}, "cannot be reached", id="database away"),
    ],
)
def test_where_something_is_set_up_no_door_is_opened(
    tmp_path: Path, there: str | None, env: Mapping[str, str], said: str
) -> None:
    if there == "link":
        unreadable(tmp_path)
    elif there is not None:
        (tmp_path / there).write_bytes(b"\xff not readable as anything")
    given = {**environment(DATABASE_URL=f"sqlite:///{tmp_path / 'andon.db'}"), **env}

    result = CliRunner().invoke(main, ["setup", "--into", str(tmp_path)], env=given)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_fresh_place_is_not_configured(tmp_path: Path) -> None:
    assert configured({"DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}, Home(tmp_path)) == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--public-url", "http://andon.example.com"], "is no https address: GitHub delivers to no other"),
        (["--public-url", "https://user@a.test"], "is no https address"),
        (["--org", "oc/to"], "is no name of an organisation"),
    ],
)
def test_what_cannot_be_set_up_says_why(tmp_path: Path, arguments: list[str], said: str) -> None:
    result: Result = CliRunner().invoke(main, ["setup", "--into", str(tmp_path), *arguments], env=environment())

    assert (result.exit_code, said in result.stderr) == (2, True)


async def test_a_service_that_runs_knows_no_setup_even_with_its_database_gone(tmp_path: Path) -> None:
    (file := tmp_path / "andon.db").touch()
    settings = Settings(1, private_key(), b"s" * 32, database_url=f"sqlite:///{file}", port=0)
    store = await Store.open(settings.database_url)
    server = Server(settings, store)
    port = await server.start()
    async with browser() as mallory:
        for path in ("/setup", "/setup?token=x", "/setup/done?code=a&state=b"):
            await mallory.get(f"http://127.0.0.1:{port}{path}")
            file.unlink(missing_ok=True)
    await server.stop()
    await store.close()

    assert mallory.seen == [404, 404, 404]


async def test_the_command_prints_the_link_keeps_the_secrets_and_never_prints_them(
    github: Simulator, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    given = environment(GITHUB_API_URL=github.url, DATABASE_URL=f"sqlite:///{tmp_path / 'none.db'}")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "bot", "setup", "--into", str(home.folder)),
        env={"PATH": "/usr/bin", **{name: value for name, value in given.items() if value is not None}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    async with serving(github, tmp_path, github.webhook_secret), browser() as dora:
        github.ping()
        await github.settled()
        printed = ""
        while "token=" not in printed:
            printed = (await process.stdout.readline()).decode()
        _, page = await dora.get(printed.strip())
        status, page = await dora.get(await dora.presses(github, page))
        await refreshed(dora, page, "its signature was right")
    rest = (await process.stdout.read()).decode()

    assert (status, await process.wait()) == (200, 0)
    assert "Install it: https://github.test/apps/andon/installations/new" in rest
    assert "GitHub's first delivery arrived." in rest
    assert home.key_file.read_text() == github.private_key_pem
    assert github.webhook_secret not in rest
    assert "PRIVATE KEY" not in rest
