"""`andon simulate`: what it says of a pull request, under which policy, and that nothing is ever written."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from simulator import auto_merge
from simulator.github import Simulator
from simulator.merging import Wish
from simulator.repository import Repository
from tests.kept_logging import logging_kept

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\n"
LINES = "".join(f"step_{index} = {index}\n" for index in range(31))


@dataclass(frozen=True, slots=True)
class Shop:
    """octo/shop on a simulated GitHub, where no App is installed, and a person's token."""

    github: Simulator
    repository: Repository
    token: str

    async def simulate(self, *arguments: str, **env: str | None) -> Result:
        given = {
            "GITHUB_TOKEN": self.token,
            "GH_TOKEN": None,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_APP_ID": None,
            **env,
        }
        return await asyncio.to_thread(CliRunner().invoke, main, ["simulate", *arguments], env=given)

    async def told(self, *arguments: str) -> dict[str, Any]:
        result = await self.simulate(*arguments, "--format", "json")
        assert result.stderr == ""
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    def written(self) -> list[str]:
        """Name every call that could have changed something."""
        return [one.kind for one in self.github.calls if one.method != "GET" and not one.kind.startswith("query ")]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with await Simulator.start(tmp_path) as github:
        repository = await github.create_repository("octo/shop")
        await repository.commit("main", {".github/andon.yml": POLICY})
        with logging_kept():
            yield Shop(github, repository, github.personal_token("dora"))
        assert github.unknown_routes == []


async def test_what_is_too_big_is_held_in_the_words_of_check_run_and_comment(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": LINES})

    result = await shop.simulate(f"octo/shop#{pull.number}")

    assert result.exit_code == 1, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == f"octo/shop#{pull.number} at {pull.head[:12]}: held"
    assert "Check run andon: neutral" in lines
    assert "  Held: 31 effective lines, limit 20" in lines
    assert "Comment: begun, or edited" in lines
    assert "  ### ⏸ Held: 1 of 1 rule needs work" in lines
    assert lines[-1] == "This was simulated: nothing was written."
    assert shop.written() == []
    assert pull.check_run("andon") is None


async def test_a_policy_that_is_given_counts_in_the_place_of_the_repositorys(shop: Shop, tmp_path: Path) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": LINES})
    (file := tmp_path / "other.yml").write_text("rules: {small-diff: {max-lines: 40}}\nmerge: {when: ready}\n")

    told = await shop.told(f"octo/shop#{pull.number}", "--policy", str(file))

    assert (told["conclusion"], told["policy"]) == ("passed", str(file))
    assert told["check_run"]["title"] == "Passed: 31 effective lines, limit 40"


async def test_readiness_says_what_would_still_be_waited_for(shop: Shop) -> None:
    shop.repository.require_checks("main", ("ci", None))
    pull = await shop.repository.open_pull_request(files={"app.py": "a = 1\n"})

    before = await shop.told(f"octo/shop#{pull.number}")
    await shop.repository.ci.succeeds(pull.head, "ci")
    after = await shop.told(f"octo/shop#{pull.number}")

    assert ["ci" in wait["what"] for wait in before["waiting_for"]] == [True]
    assert (after["waiting_for"], after["standing"]) == ([], "merges")
    assert shop.written() == []
    assert not pull.merged


async def test_the_app_that_a_ruleset_expects_is_taken_for_andon(shop: Shop) -> None:
    shop.repository.require_checks("main", ("andon", shop.github.app_id), ("ci", None))
    pull = await shop.repository.open_pull_request(files={"app.py": "a = 1\n"})
    await shop.repository.ci.succeeds(pull.head, "ci")

    told = await shop.told(f"octo/shop#{pull.number}")

    assert [wait["what"] for wait in told["waiting_for"]] == ["GitHub waits for andon's own check"]


async def test_commands_on_the_pull_request_count_and_get_no_answer(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": "a = 1\n"})
    written = await pull.comment("bob", "/andon hold not before Monday")

    told = await shop.told(f"octo/shop#{pull.number}")

    assert told["waiting_for"][0]["what"].startswith("`bob` holds it: not before Monday")
    assert written.reactions == []
    assert shop.written() == []


async def test_auto_merge_that_the_person_armed_is_not_taken_for_the_apps(shop: Shop) -> None:
    shop.repository.require_checks("main", ("ci", None))
    pull = await shop.repository.open_pull_request(files={"app.py": "a = 1\n"})
    await auto_merge.arm(pull, Wish("squash", pull.head), shop.github.user("dora"))

    told = await shop.told(f"octo/shop#{pull.number}")

    assert [one["action"] for one in told["actions"]] == ["create-check-run"]
    assert {one["result"] for one in told["actions"]} == {"not-tried"}


async def test_without_a_policy_it_says_that_andon_is_silent(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": None})
    pull = await shop.repository.open_pull_request(files={"app.py": LINES})

    result = await shop.simulate(f"octo/shop#{pull.number}")

    assert result.exit_code == 0
    assert "andon is silent: no policy governs it." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        pytest.param(["octo/shop"], {}, "write owner/repo#12", id="no pull request"),
        pytest.param(["octo/shop#99"], {}, "octo/shop#99 is not there, or not for this token", id="none there"),
        pytest.param(["octo/shop#1"], {"GITHUB_TOKEN": None, "PATH": "/nowhere"}, "set GITHUB_TOKEN", id="no token"),
        pytest.param(["octo/shop#1"], {"GITHUB_TOKEN": "ghp_" + "x" * 36}, "401: Bad credentials", id="a wrong token"),
        pytest.param(["octo/shop#1"], {"GITHUB_API_URL": "http://evil.test"}, "GITHUB_API_URL", id="not encrypted"),
        pytest.param(["octo/shop#1", "--policy", "/none"], {}, "/none cannot be read", id="no such file"),
    ],
)
async def test_what_cannot_be_simulated_says_why_and_exits_2(
    shop: Shop, arguments: list[str], env: dict[str, str | None], said: str
) -> None:
    await shop.repository.open_pull_request(files={"app.py": LINES})

    result = await shop.simulate(*arguments, **env)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


async def test_without_a_variable_the_token_of_githubs_own_command_line_is_taken(shop: Shop, tmp_path: Path) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": "a = 1\n"})
    (gh := tmp_path / "gh").write_text(f'#!/bin/sh\n[ "$1 $2" = "auth token" ] && echo {shop.token}\n')
    gh.chmod(0o700)

    result = await shop.simulate(f"octo/shop#{pull.number}", GITHUB_TOKEN=None, PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert (result.exit_code, result.stderr) == (0, "")


async def test_a_given_policy_with_errors_names_all_of_them_with_their_places(shop: Shop, tmp_path: Path) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": LINES})
    (file := tmp_path / "wrong.yml").write_text("rules:\n  small-diff: {max-line: 4}\nmerg: {}\n")

    result = await shop.simulate(f"octo/shop#{pull.number}", "--policy", str(file))

    assert result.exit_code == 2
    assert f'{file}:2:16: rules.small-diff.max-line: no such option. Did you mean "max-lines"?' in result.stderr
    assert f"{file}:3:1: merg" in result.stderr
