"""`andon why` of a pull request that was held, mended and merged: each moment says what was so then."""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from bot.evaluation.schema import decision_schema
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import CHECK_RUNS, MERGES, Shop, lines

RECORD = jsonschema_rs.Draft202012Validator(decision_schema())


async def why(shop: Shop, *arguments: str) -> tuple[int, str, str]:
    """Run the command as people do, against the running service."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "why", *arguments),
        env={**os.environ, "ANDON_URL": shop.stage.url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def record(shop: Shop, number: int, *arguments: str) -> dict[str, Any]:
    code, out, err = await why(shop, f"octo/shop#{number}", "--format", "json", *arguments)
    assert (code, err) == (0, "")
    told: dict[str, Any] = json.loads(out)
    return told


@dataclass(frozen=True, slots=True)
class Story:
    """A pull request that was too big at `held_at`, small and waiting for CI at `waits_at`, and is merged now."""

    pull: PullRequest
    began: float
    held_head: str
    held_at: float
    waits_at: float

    @property
    def place(self) -> str:
        return f"octo/shop#{self.pull.number}"


async def story(shop: Shop) -> Story:
    began = time.time()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    held_at, held_head = time.time(), pull.head
    await pull.push({"app.py": lines(9)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    waits_at = time.time()
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    return Story(pull, began, held_head, held_at, waits_at)


async def test_each_moment_of_a_held_then_mended_then_merged_pull_request_says_what_was_so_then(shop: Shop) -> None:
    told = await story(shop)

    held = await record(shop, told.pull.number, "--at", str(told.held_at))
    waits = await record(shop, told.pull.number, "--at", str(told.waits_at))
    merged = await record(shop, told.pull.number)

    assert (held["standing"], held["head"], held["exit_code"]) == ("held", told.held_head, 1)
    assert (held["next"]["who"], held["rules"][0]["force"]) == ("the author", "hold")
    assert [(one["action"], one["result"]) for one in held["actions"]] == [
        ("create-check-run", "done"),
        ("create-comment", "done"),
    ]
    assert (waits["standing"], waits["next"]["who"], waits["exit_code"]) == ("waiting", "nobody", 3)
    assert "`ci`" in waits["next"]["what"]
    assert (merged["standing"], merged["exit_code"], merged["merge_commit"]) == ("merged", 0, told.pull.merge_commit)
    assert held["snapshot"] != waits["snapshot"]
    assert [list(RECORD.iter_errors(one)) for one in (held, waits, merged)] == [[], [], []]


async def test_people_read_the_next_step_first_and_ci_reads_the_exit_code(shop: Shop) -> None:
    told = await story(shop)

    held = await why(shop, told.place, "--at", str(told.held_at), "--exit-code")
    waits = await why(shop, told.place, "--at", str(told.waits_at), "--exit-code")
    merged = await why(shop, told.place, "--exit-code")
    silent = await why(shop, told.place, "--at", str(told.held_at))
    too_early = await why(shop, told.place, "--at", str(told.began - 60))

    assert [code for code, _, _ in (held, waits, merged, silent, too_early)] == [1, 3, 0, 0, 2]
    assert held[1].splitlines()[0] == f"{told.place} at {told.held_head[:12]}: held"
    assert held[1].splitlines()[1].startswith("Next: the author: ")
    assert "31 effective lines" in held[1]
    assert "nothing is recorded before" in too_early[2]


async def test_the_history_lists_each_evaluation_with_what_changed(shop: Shop) -> None:
    told = await story(shop)

    code, listed, _ = await why(shop, told.place, "--history", "--exit-code")

    changed = [line.partition(" UTC ")[2] for line in listed.splitlines()[2:]]
    assert code == 0
    assert changed[0].startswith("first evaluation → held")
    assert changed[1].startswith(
        f"head {told.held_head[:12]} → {told.pull.head[:12]}; small-diff found → pass → waiting"
    )
    assert any(f"andon did: merge it at {told.pull.head[:12]} by squash" in line for line in changed)
    assert any(line.startswith(f"merged as {str(told.pull.merge_commit)[:12]}") for line in changed)


async def test_looks_that_find_the_same_are_one_evaluation_however_many(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    before = await record(shop, pull.number)

    for _ in range(3):
        await shop.look(pull)

    after = await record(shop, pull.number)
    _, listed = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}/decisions")
    assert after["evaluation"]["id"] == before["evaluation"]["id"]
    assert after["evaluation"]["looks"] == before["evaluation"]["looks"] + 3
    assert after["evaluation"]["last"]["snapshot"] == before["snapshot"]
    assert len(listed["decisions"]) == 1


async def test_a_refused_merge_is_told_in_githubs_own_words(shop: Shop) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind == MERGES, status=409)
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()

    _, listed = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}/decisions")

    tried = [
        action for one in listed["decisions"] for action in one["actions"] if action["action"] != "create-check-run"
    ]
    assert [(one["action"], one["result"]) for one in tried][-2:] == [
        ("merge-pull-request", "done"),
        ("merge-pull-request", "refused"),
    ]
    assert tried[-1]["said"] != ""


async def test_a_write_that_broke_off_is_kept_with_what_github_said(shop: Shop) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind == CHECK_RUNS, status=422)
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()

    _, listed = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}/decisions")

    results = [action["result"] for one in listed["decisions"] for action in one["actions"]]
    assert results == ["done", "refused"]


async def test_a_pull_request_whose_policy_went_away_is_told_to_be_nobodys_business(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()

    await shop.repository.commit("main", {".github/andon.yml": None}, "Take the policy away")
    await shop.stage.at_rest()

    told = await record(shop, pull.number)
    _, listed = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}/decisions")
    assert (told["standing"], told["policy"], told["next"]["who"]) == ("ungoverned", None, "a maintainer")
    assert listed["decisions"][0]["changed"][0].endswith(" → none")


async def test_the_milliseconds_tell_reading_from_writing(shop: Shop) -> None:
    shop.stage.github.latency = 0.1
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    shop.stage.github.latency = 0.0
    await shop.stage.at_rest()

    _, listed = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}/decisions")

    spent = listed["decisions"][-1]["milliseconds"]
    assert spent["reading"] >= 200  # the snapshot, then the files
    assert spent["writing"] >= 100


async def test_a_pull_request_of_which_nothing_is_recorded_is_an_error_with_a_cure(shop: Shop) -> None:
    unknown = await why(shop, "octo/shop#4711")
    wrong_time = await why(shop, "octo/shop#1", "--at", "yesterday")
    wrong_place = await why(shop, "shop/1")

    assert [code for code, _, _ in (unknown, wrong_time, wrong_place)] == [2, 2, 2]
    assert unknown[2].startswith("andon: Nothing is recorded of octo/shop#4711: check the number")
    assert "'yesterday' is no moment: write a time such as 2026-11-22T10:00Z" in wrong_time[2]
    assert "write owner/repo#12" in wrong_place[2]


async def test_while_the_line_is_closed_it_says_by_whom_what_opens_it_and_that_ci_only_waits(shop: Shop) -> None:
    place = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await place.comment("bob", "/andon freeze database migration")
    await shop.stage.at_rest()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(9)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    code, text, _ = await why(shop, f"octo/shop#{pull.number}", "--exit-code")
    told = await record(shop, pull.number)
    _, listed, _ = await why(shop, "--history", f"octo/shop#{pull.number}")

    first, following = text.splitlines()[:2]
    assert (code, pull.merged, first) == (3, False, f"octo/shop#{pull.number} at {pull.head[:12]}: waiting")
    assert following.startswith("Next: a maintainer: the line into `main` is frozen (by `bob` since 20")
    assert following.endswith(": “database migration”); `/andon unfreeze` opens it")
    assert (told["standing"], told["next"]["who"], told["line"]["may_merge"]) == ("waiting", "a maintainer", False)
    assert listed.splitlines()[-1].endswith("first evaluation → waiting")
