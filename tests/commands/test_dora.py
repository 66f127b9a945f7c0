"""`andon dora`: counted from releases that really went through the bot, and shown as text, JSON and CSV."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.commands.dora_shown import RELEASE_COLUMNS, releases_csv
from bot.commands.stage import Stage, stage
from bot.dora.schema import dora_schema
from simulator.pull_request import PullRequest
from simulator.repository import Repository

POLICY = "rules: {small-diff: {max-lines: 400}}\nmerge: {when: ready}\ndeploy: {via: deployment}\n"
SCHEMA = jsonschema_rs.Draft202012Validator(dora_schema())


@dataclass(frozen=True, slots=True)
class Shop:
    """One repository on the stage, whose policy merges and deploys."""

    stage: Stage
    repository: Repository

    async def ships(self, name: str, lines: int, state: str, until: str) -> PullRequest:
        """Merge a change of so many lines, and have its deployment report a state."""
        text = "".join(f"{name}_{index} = {index}\n" for index in range(lines))
        pull = await self.repository.open_pull_request(files={f"{name}.py": text})
        await self.repository.ci.succeeds(pull.head, "ci")
        await self.stage.until(f"#{pull.number} is merged", lambda: pull.merged)
        await self.ends(pull, state, until)
        return pull

    async def ends(self, pull: PullRequest, state: str, until: str) -> None:
        """Report a state of the deployment of a merged pull request, and wait until the bot has it."""

        async def reached() -> bool:
            release = await self.stage.bench.store.release_of_pull_request("octo", "shop", pull.number)
            return release is not None and release.state == until

        def deployed() -> bool:
            return any(one.sha == pull.merge_commit for one in self.repository.deployments)

        await self.stage.until(f"#{pull.number} is deployed", deployed)
        [deployment] = [one for one in self.repository.deployments if one.sha == pull.merge_commit]
        await deployment.status(state)
        await self.stage.until(f"#{pull.number} is {until}", reached)

    async def dora(self, *arguments: str) -> Result:
        """Run the command against the bot."""
        given = ["dora", "--server", self.stage.url, *arguments]
        return await asyncio.to_thread(CliRunner().invoke, main, given, env={"API_TOKEN": None, "ANDON_URL": None})


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with stage(tmp_path) as both:
        both.github.install("octo")
        repository = await both.github.create_repository("octo/shop")
        repository.require_checks("main", ("ci", None))
        await repository.commit("main", {".github/andon.yml": POLICY}, "Ship what is ready")
        await both.at_rest()
        yield Shop(both, repository)


async def told(shop: Shop, *arguments: str) -> dict[str, Any]:
    result = await shop.dora(*arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(result.stdout)
    assert [error.message for error in SCHEMA.iter_errors(answer)] == []
    return answer


async def test_two_pull_requests_went_out_and_one_of_them_failed(shop: Shop) -> None:
    good = await shop.ships("good", 5, "success", "live")
    bad = await shop.ships("bad", 30, "failure", "failed")

    answer = await told(shop, "octo/shop")

    [first, second] = answer["releases"]
    assert (first["number"], first["lines"], first["files"], first["failed"]) == (good.number, 5, 1, False)
    assert (second["number"], second["lines"], second["failed"], second["live_at"]) == (bad.number, 30, True, None)
    assert (first["sha"], second["sha"]) == (good.merge_commit, bad.merge_commit)
    assert first["first_push_at"] <= first["merged_at"] <= first["deployed_at"] == first["live_at"]
    assert answer["deployment_frequency"]["deployments"] == 1
    lead = first["live_at"] - first["first_push_at"]
    assert answer["lead_time"] == {"n": 1, "of": 1, "p50_seconds": lead, "p90_seconds": lead}
    failed = answer["change_fail_rate"]
    assert (failed["n"], failed["of"], failed["rate"]) == (1, 2, 0.5)
    recovery = answer["failed_deployment_recovery_time"]
    assert (recovery["n"], recovery["of"], recovery["p50_seconds"], recovery["p90_seconds"]) == (0, 1, "open", "open")
    assert [one["number"] for one in recovery["open"]] == [bad.number]
    assert (answer["rework_rate"]["n"], answer["rework_rate"]["of"]) == (0, 1)
    assert answer["batch_size"]["small_pays"]["answer"] == "too few to tell"
    assert answer["repositories"] == ["octo/shop"]


async def test_a_revert_takes_back_what_was_live_is_rework_and_restores_production(shop: Shop) -> None:
    bad = await shop.ships("bad", 3, "success", "live")
    title = f"Take it back\n\nThis reverts commit {bad.merge_commit}."
    revert = await shop.repository.open_pull_request(files={"bad.py": None}, title=title)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.stage.until("the revert is merged", lambda: revert.merged)
    await shop.ends(revert, "success", "live")

    answer = await told(shop)

    [first, second] = answer["releases"]
    assert (first["failed"], first["failed_at"], first["restored_at"]) == (True, second["merged_at"], second["live_at"])
    assert (second["reverts"], second["rework"], second["failed"]) == (bad.merge_commit, True, False)
    assert first["recovery_seconds"] == second["live_at"] - min(first["failed_at"], first["deployed_at"])
    assert (answer["change_fail_rate"]["n"], answer["change_fail_rate"]["of"]) == (1, 2)
    assert (answer["rework_rate"]["n"], answer["rework_rate"]["of"]) == (1, 2)
    assert answer["failed_deployment_recovery_time"]["n"] == 1


async def test_the_text_says_it_in_plain_words_and_csv_has_one_row_for_each(shop: Shop) -> None:
    bad = await shop.ships("bad", 30, "failure", "failed")

    text, releases, weeks, none = (
        await shop.dora("octo/shop"),
        await shop.dora("octo/shop", "--format", "csv"),
        await shop.dora("octo/shop", "--since", "8d", "--format", "csv", "--by", "week"),
        await shop.dora("octo/shop", "--environment", "staging"),
    )

    assert (text.exit_code, releases.exit_code, weeks.exit_code) == (0, 0, 0)
    all_of_it = "1/1 (100 %; 95 %: 21 % to 100 %)"
    lines = [line.rstrip() for line in text.stdout.splitlines()]
    assert lines[0] == "octo/shop to production"
    assert lines[2].startswith("Recorded since ")
    assert lines[3].startswith("Deployment frequency             0: 0.00 a day, 0.00 a week; on 0/")
    assert lines[4:7] == [
        "Lead time, first push to live    no data",
        f"Change fail rate                 {all_of_it}",
        "Failed-deployment recovery time  p50 open, p90 open; recovered 0/1",
    ]
    assert lines[7].strip().startswith(f"open: octo/shop#{bad.number} since ")
    assert lines[8:] == [
        "Rework rate                      no data",
        "Batch size, in effective lines; known of 1/1",
        f"  up to 30  failed {all_of_it}; lead time p50 no data",
        f"Too few to tell whether small pays here: none has more than 30 lines, and {all_of_it} failed.",
    ]
    [row] = csv.DictReader(io.StringIO(releases.stdout))
    assert (row["repository"], row["number"], row["sha"]) == ("octo/shop", str(bad.number), bad.merge_commit)
    assert (row["live_at"], row["lead_seconds"], row["failed"], row["lines"]) == ("", "", "true", "30")
    assert datetime.fromisoformat(row["failed_at"]) >= datetime.fromisoformat(row["merged_at"])
    weekly = list(csv.DictReader(io.StringIO(weeks.stdout)))
    assert len(weekly) in (2, 3)
    assert sum(int(week["settled"]) for week in weekly) == 1
    assert [week["lead_p50"] for week in weekly] == [""] * len(weekly)
    assert "No release to staging is recorded; there are to: production." in none.stdout.splitlines()


async def test_what_the_service_cannot_tell_is_an_error_in_its_words(shop: Shop) -> None:
    unknown, soon = await shop.dora("octo/nowhere"), await shop.dora("--since", "soon")

    assert (unknown.exit_code, unknown.stdout, soon.exit_code, soon.stdout) == (2, "", 2, "")
    assert unknown.stderr.startswith("andon: Nothing is recorded of octo/nowhere: check the name (owner/repo)")
    assert soon.stderr.startswith("andon: `since`: 'soon' is no moment: write a time such as")


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("octo", "andon: 'octo' is no repository: write owner/repo."),
        ("octo/..", "andon: 'octo/..' is no repository: write owner/repo."),
        ("octo/a b", "andon: 'octo/a b' is no repository: write owner/repo."),
        ("octo/shop", "start `andon serve` there, or name where it runs by --server or ANDON_URL"),
    ],
)
def test_what_cannot_be_asked_is_an_error_with_the_cure(argument: str, said: str) -> None:
    result = CliRunner().invoke(main, ["dora", argument], env={"ANDON_URL": "http://127.0.0.1:1", "API_TOKEN": None})

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_table_takes_no_text_for_a_formula_and_nothing_moves_the_cursor() -> None:
    one = {
        **dict.fromkeys(RELEASE_COLUMNS),
        "repository": "octo/shop",
        "number": 1,
        "sha": "a" * 40,
        "environment": "=1+1",
        "branch": "@x",
        "failed": False,
    }

    [row] = csv.DictReader(io.StringIO(releases_csv({"releases": [one]})))

    assert (row["environment"], row["branch"], row["failed"], row["lines"]) == ("'=1+1", "'@x", "false", "")


def test_the_help_shows_an_example() -> None:
    result = CliRunner().invoke(main, ["dora", "--help"])

    assert "Example: andon dora octo/shop --since 30d" in result.stdout
