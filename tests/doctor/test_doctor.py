"""`andon doctor`: each fault planted on a simulated GitHub or this machine, and the words of its cure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.doctor import needed
from bot.doctor.of_machine import of_clock, of_disk
from bot.store import migrate
from simulator.github import Simulator
from simulator.installation import Installation
from simulator.repository import Repository
from tests.contracts.checker import ContractChecker
from tests.kept_logging import logging_kept
from tests.simulator.app_client import Ear

POLICY = "rules: {small-diff: hold}\nmerge: {when: ready}\n"
URL = "https://127.0.0.1:9"
"""Where nobody answers, and no name has to be asked for."""


@dataclass(slots=True)
class Clinic:
    """A service that lacks nothing, as far as the simulated GitHub and its environment tell."""

    github: Simulator
    installation: Installation
    repository: Repository
    ear: Ear
    env: dict[str, str | None]
    folder: Path

    async def doctor(self, *arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, ["doctor", *arguments], env=self.env)

    async def found(self, check: str) -> list[Mapping[str, Any]]:
        """Give what was found of one check, where something is amiss."""
        result = await self.doctor("--format", "json")
        findings = json.loads(result.stdout)["findings"]
        return [one for one in findings if one["check"] == check and one["level"] != "ok"]


@pytest.fixture
async def clinic(tmp_path: Path, ear: Ear) -> AsyncIterator[Clinic]:
    async with await Simulator.start(tmp_path / "github", webhook_url=ear.url) as github:
        github.observers.append(checker := ContractChecker())
        github.app_settings.permissions = needed.permissions()
        github.app_settings.hook_url = f"{URL}/webhook"
        installation = github.install("octo", permissions=needed.permissions())
        repository = await github.create_repository("octo/shop")
        await repository.commit("main", {".github/andon.yml": POLICY})
        repository.require_checks("main", ("andon", github.app_id), ("ci", 7))
        await github.settled()
        database = f"sqlite:///{tmp_path / 'andon.db'}"
        await asyncio.to_thread(migrate.upgrade, database)
        (key := tmp_path / "key.pem").write_text(github.private_key_pem)
        env: dict[str, str | None] = {
            "GITHUB_APP_ID": str(github.app_id),
            "GITHUB_PRIVATE_KEY": None,
            "GITHUB_PRIVATE_KEY_PATH": str(key),
            "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
            "GITHUB_API_URL": github.url,
            "DATABASE_URL": database,
            "PUBLIC_URL": URL,
            "ALLOWED_OWNERS": None,
            "DYNO": None,
        }
        with logging_kept():
            yield Clinic(github, installation, repository, ear, env, tmp_path)
        assert checker.violations == []
        assert github.unknown_routes == []


async def test_a_service_that_lacks_nothing_has_nothing_wrong(clinic: Clinic) -> None:
    result = await clinic.doctor()

    lines = result.stdout.splitlines()
    assert result.exit_code == 0, result.output
    assert "✅ permissions: the App has what the code uses, and no more" in lines
    assert "✅ required-check octo/shop: main requires `andon` from this App alone" in lines
    assert f"✅ webhook-url: deliveries go to {URL}/webhook" in lines
    assert [line for line in lines if line.startswith("⛔")] == []
    assert all(call.method == "GET" or "access_tokens" in call.path or call.path == "/graphql" for call in _of(clinic))


def _of(clinic: Clinic) -> list[Any]:
    return [call for call in clinic.github.calls if "query" not in call.kind]


Plant = Callable[[Clinic], Awaitable[None] | None]


def _secret_is_missing(clinic: Clinic) -> None:
    clinic.env["GITHUB_WEBHOOK_SECRET"] = None


def _other_app(clinic: Clinic) -> None:
    clinic.env["GITHUB_APP_ID"] = "4711"


def _permission_is_missing(clinic: Clinic) -> None:
    clinic.github.app_settings.permissions["checks"] = "read"


def _too_much_is_granted(clinic: Clinic) -> None:
    clinic.github.app_settings.permissions["workflows"] = "write"


def _event_is_missing(clinic: Clinic) -> None:
    clinic.github.app_settings.events.remove("push")


def _hook_elsewhere(clinic: Clinic) -> None:
    clinic.github.app_settings.hook_url = "https://127.0.0.1:9/old/webhook"


def _hook_unencrypted(clinic: Clinic) -> None:
    clinic.github.app_settings.hook_url = "http://127.0.0.1:9/webhook"


def _hook_at_the_root(clinic: Clinic) -> None:
    clinic.env["PUBLIC_URL"], clinic.github.app_settings.hook_url = None, "https://127.0.0.1:9/"


def _hook_as_form(clinic: Clinic) -> None:
    clinic.github.app_settings.content_type = "form"


def _hook_unsigned(clinic: Clinic) -> None:
    clinic.github.app_settings.has_secret = False


def _hook_unchecked(clinic: Clinic) -> None:
    clinic.github.app_settings.insecure_ssl = "1"


def _answers(status: int) -> Plant:
    async def plant(clinic: Clinic) -> None:
        clinic.ear.status = status
        clinic.github.ping()
        await clinic.github.settled()

    return plant


async def _nobody_listens(clinic: Clinic) -> None:
    clinic.github.webhook_url = "http://127.0.0.1:9/webhook"
    clinic.github.ping()
    await clinic.github.settled()


async def _arrives_again(clinic: Clinic) -> None:
    await _nobody_listens(clinic)
    clinic.github.webhook_url = clinic.ear.url
    clinic.github.ping()
    await clinic.github.settled()


def _never_delivered(clinic: Clinic) -> None:
    clinic.github.webhooks.sent.clear()


def _installed_nowhere(clinic: Clinic) -> None:
    clinic.github.installations.clear()


def _suspended(clinic: Clinic) -> None:
    clinic.installation.suspended = True


def _not_accepted(clinic: Clinic) -> None:
    del clinic.installation.permissions["merge_queues"]


def _not_heard_there(clinic: Clinic) -> None:
    clinic.installation.events.remove("issues")


def _not_served(clinic: Clinic) -> None:
    clinic.env["ALLOWED_OWNERS"] = "someone-else"


def _not_required(clinic: Clinic) -> None:
    clinic.repository.require("main", checks=(("ci", 7),))


def _required_from_anybody(clinic: Clinic) -> None:
    clinic.repository.require("main", checks=(("andon", None),))


def _required_from_another(clinic: Clinic) -> None:
    clinic.repository.require("main", checks=(("andon", 7),))


def _protected_without_source(clinic: Clinic) -> None:
    clinic.repository.require("main", checks=(("andon", None),), classic=True)


def _admins_left_out(clinic: Clinic) -> None:
    clinic.repository.require("main", checks=(("andon", clinic.github.app_id),), classic=True, admins=False)


async def _auto_merge_off(clinic: Clinic) -> None:
    clinic.repository.settings.auto_merge = False
    await clinic.repository.commit("main", {".github/andon.yml": "merge: {via: auto-merge}\n"})


def _stale_approvals(clinic: Clinic) -> None:
    clinic.repository.require("main", approvals=1)


async def _wrong_policy(clinic: Clinic) -> None:
    await clinic.repository.commit("main", {".github/andon.yml": "rules:\n  small-diff: {max-line: 3}\n"})


def _clock_is_off(clinic: Clinic) -> None:
    clinic.github.advance(300)


def _tables_are_old(clinic: Clinic) -> None:
    (clinic.folder / "andon.db").unlink()
    (clinic.folder / "andon.db").touch()


def _no_database(clinic: Clinic) -> None:
    (clinic.folder / "andon.db").write_bytes(b"this is no database at all" * 400)


def _no_folder(clinic: Clinic) -> None:
    clinic.env["DATABASE_URL"] = f"sqlite:///{clinic.folder}/nowhere/andon.db"


def _forgetful_disk(clinic: Clinic) -> None:
    clinic.env["DYNO"] = "web.1"


def _github_is_down(clinic: Clinic) -> None:
    clinic.env["GITHUB_API_URL"] = "http://127.0.0.1:9"


async def _installation_is_unreadable(clinic: Clinic) -> None:
    del clinic.installation.permissions["statuses"]


FAULTS = [
    (_secret_is_missing, "settings", "wrong", "openssl rand -hex 32"),
    (_other_app, "app", "wrong", "GITHUB_APP_ID and the private key belong to one App?"),
    (_permission_is_missing, "permissions", "wrong", "grant it in the App's settings under “Permissions & events”"),
    (_too_much_is_granted, "permissions", "warning", "take it away in the App's settings"),
    (_event_is_missing, "events", "wrong", "tick them in the App's settings under “Permissions & events”"),
    (_hook_elsewhere, "webhook-url", "wrong", f"set the webhook's URL in the App's settings to {URL}/webhook"),
    (_hook_unencrypted, "webhook-url", "wrong", f"set the webhook's URL in the App's settings to {URL}/webhook"),
    (_hook_at_the_root, "webhook-url", "wrong", "https://YOUR-HOST/webhook"),
    (_hook_as_form, "webhook-form", "wrong", "set the content type of the webhook to application/json"),
    (_hook_unsigned, "webhook-secret", "wrong", "set the webhook's secret in the App's settings"),
    (_hook_unchecked, "webhook-tls", "warning", "switch SSL verification on"),
    (_answers(401), "deliveries", "wrong", "set GITHUB_WEBHOOK_SECRET to the one in the App's settings"),
    (_answers(404), "deliveries", "wrong", "the address ends in /webhook"),
    (_answers(503), "deliveries", "wrong", "look at the database"),
    (_answers(500), "deliveries", "wrong", "look at the log of andon"),
    (_nobody_listens, "deliveries", "wrong", "is `andon serve` running there"),
    (_arrives_again, "deliveries", "warning", "the sweep asks for the lost ones"),
    (_never_delivered, "deliveries", "look", "press “Redeliver”"),
    (_hook_elsewhere, "webhook-reach", "warning", "start `andon serve` there"),
    (_installed_nowhere, "installations", "wrong", "install it: https://github.test/apps/andon/installations/new"),
    (_suspended, "installations", "wrong", "an owner of octo lifts it: "),
    (_not_accepted, "installations", "wrong", "an owner of octo accepts the App's new permissions: "),
    (_not_heard_there, "installations", "wrong", "an owner of octo accepts the App's new permissions: "),
    (_not_served, "installations", "look", "add octo to ALLOWED_OWNERS"),
    (_not_required, "required-check", "warning", "require it on main, and choose this App (1001) as the source"),
    (_required_from_anybody, "required-check", "wrong", "choose this App (1001) as the source of `andon`"),
    (_required_from_another, "required-check", "wrong", "choose this App (1001) as the source of `andon`"),
    (_protected_without_source, "required-check", "wrong", "octo/shop/settings/branches"),
    (_admins_left_out, "admins", "warning", "tick “Do not allow bypassing the above settings”"),
    (_auto_merge_off, "auto-merge", "wrong", "tick “Allow auto-merge” at https://github.test/octo/shop/settings"),
    (
        _stale_approvals,
        "reviews",
        "warning",
        "tick “Dismiss stale approvals” or “Require approval of the most recent push”",
    ),
    (_wrong_policy, "policy", "wrong", "mend it on main"),
    (_installation_is_unreadable, "policy", "unknown", "has the owner accepted the App's permissions?"),
    (_clock_is_off, "clock", "wrong", "set it by NTP"),
    (_tables_are_old, "database", "wrong", "run `andon db upgrade`"),
    (_no_database, "database", "wrong", "may this user write it"),
    (_no_folder, "database", "wrong", "make it, or set DATABASE_URL anew"),
    (_forgetful_disk, "database", "warning", "set DATABASE_URL to PostgreSQL"),
    (_github_is_down, "github", "unknown", "is GITHUB_API_URL right"),
]


@pytest.mark.parametrize(
    ("plant", "check", "level", "cure"), FAULTS, ids=[f"{one[0].__name__}-{one[1]}" for one in FAULTS]
)
async def test_a_fault_is_found_and_its_cure_is_named(
    clinic: Clinic, plant: Plant, check: str, level: str, cure: str
) -> None:
    if (planting := plant(clinic)) is not None:
        await planting

    found = await clinic.found(check)

    assert [one["level"] for one in found] == [level]
    assert cure in found[0]["cure"]


async def test_exit_codes_tell_wrong_from_not_told_and_weak(clinic: Clinic) -> None:
    _too_much_is_granted(clinic)
    weak = await clinic.doctor()
    _required_from_anybody(clinic)
    wrong = await clinic.doctor()
    _github_is_down(clinic)
    untold = await clinic.doctor()

    assert (weak.exit_code, wrong.exit_code, untold.exit_code) == (0, 1, 2)
    assert "2 weak" in weak.stdout.splitlines()[-1]


async def test_whether_andon_answers_at_the_address_of_the_webhook_is_seen_from_here(clinic: Clinic) -> None:
    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    application = web.Application()
    application.router.add_get("/livez", alive)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    clinic.github.app_settings.hook_url = f"http://127.0.0.1:{port}/webhook"

    found = await clinic.found("webhook-reach")
    await runner.cleanup()

    assert found == []


async def test_only_the_repositories_that_are_named_are_looked_at(clinic: Clinic) -> None:
    other = await clinic.github.create_repository("octo/docs")
    await other.commit("main", {".github/andon.yml": "rules: {no-such: hold}\n"})

    named = await clinic.doctor("--repository", "octo/shop")
    unknown = await clinic.doctor("--repository", "octo/none")

    assert (named.exit_code, "octo/docs" in named.stdout) == (0, False)
    assert "⛔ repository octo/none: the App does not see it" in unknown.stdout


async def test_a_repository_without_a_policy_is_left_in_peace(clinic: Clinic) -> None:
    await clinic.repository.commit("main", {".github/andon.yml": None})
    clinic.repository.rulesets.clear()

    result = await clinic.doctor()

    assert result.exit_code == 0
    assert "✅ policy octo/shop: no .github/andon.yml on main: andon is silent there" in result.stdout


async def test_no_secret_is_printed(clinic: Clinic) -> None:
    clinic.env["GITHUB_WEBHOOK_SECRET_PREVIOUS"] = "an-older-secret-of-at-least-thirty-two-bytes"

    result = await clinic.doctor("--format", "json")

    for secret in (clinic.github.webhook_secret, "an-older-secret", "PRIVATE KEY", "ghs_"):
        assert secret not in result.output


@pytest.mark.parametrize(("free", "level"), [(10_000_000, "wrong"), (100_000_000, "warning"), (10**12, "ok")])
def test_a_full_disk_is_said_before_it_is_full(free: int, level: str) -> None:
    finding = of_disk(free, "/data")

    assert (finding.level, "DATABASE_URL" in finding.cure) == (level, level != "ok")


@pytest.mark.parametrize(
    ("skew", "side"), [(300.0, "300 seconds behind GitHub"), (-300.0, "300 seconds ahead of GitHub")]
)
def test_a_wrong_clock_is_named_by_its_side(skew: float, side: str) -> None:
    assert side in of_clock(skew).said


def test_what_is_needed_is_what_the_manifest_asks_for() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "app.yaml").read_text(encoding="utf-8"))

    made = needed.manifest("andon", "https://example.com/andon")

    assert made["default_permissions"] == manifest["default_permissions"]
    assert made["default_events"] == sorted(manifest["default_events"])
    assert (made["public"], made["description"]) == (manifest["public"], manifest["description"])
