"""Since when a pull request waits, how long that usually takes, what is shown of it; and reads that are not whole."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from bot.address import Repository as Place
from bot.waiting import Begun, Changed
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import CHECK_RUNS, MERGES, Shop, lines, waits

NAMED = "rules: {small-diff: {}}\nmerge: {when: ready, required-checks: [ci]}\n"
NEVER = ("waiting for `ci` (never reported)", "nobody")
COMPUTING = ("GitHub is still computing whether it can be merged", "nobody")


def text_of(pull: PullRequest) -> str:
    run = pull.check_run("andon")
    assert run is not None
    return str(run.text)


async def told_of(shop: Shop, pull: PullRequest) -> Mapping[str, Any]:
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return told


async def test_a_wait_keeps_its_beginning_and_costs_no_write_while_it_lasts(shop: Shop) -> None:
    shop.repository.require("main", code_owners=("dora",))
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    before, written = await told_of(shop, pull), shop.writes_of(CHECK_RUNS)

    await shop.look(pull)
    await shop.look(pull)

    [wait] = before["waiting_for"]
    since = time.strftime("%Y-%m-%d %H:%M", time.gmtime(wait["since"]))
    assert (await told_of(shop, pull))["waiting_for"] == [wait]
    assert (wait["usually"], wait["bound"], wait["late"]) == (None, 86400.0, False)
    assert shop.writes_of(CHECK_RUNS) == written
    assert f"#### Not merged yet\n- a reviewer: waiting for code owner review of `dora`, since {since} UTC\n" in (
        text_of(pull).replace("\\", "").replace("\u200b", "")
    )


async def test_what_is_not_merged_any_more_says_nothing_of_waiting(shop: Shop) -> None:
    shop.repository.require("main", code_owners=("dora",))
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    await pull.review("dora", "APPROVED")

    await shop.merges(pull)
    assert "Not merged yet" not in text_of(pull)
    await shop.stage.at_rest()  # a call counts once it is answered
    assert shop.writes_of(MERGES) == 1


async def test_ci_that_is_under_way_is_told_by_the_api_and_not_by_the_check_run(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()

    assert waits(await told_of(shop, pull)) == [NEVER]
    assert "never reported" not in text_of(pull)


async def test_a_check_that_takes_too_long_is_shown(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    place, now = Place(shop.installation, "octo", "shop"), time.time()
    long_ago = Changed(begun={"check:ci": Begun(pull.head, now - 3601)})
    await shop.stage.bench.store.waits.change(place, pull.number, long_ago, now)

    await shop.look(pull)

    [wait] = (await told_of(shop, pull))["waiting_for"]
    assert wait["late"]
    assert "which is longer than it should take" in text_of(pull)


async def test_after_five_merges_it_is_known_how_long_ci_takes(shop: Shop) -> None:
    pulls = [await shop.repository.open_pull_request(files={f"app{n}.py": lines(n)}) for n in range(1, 6)]
    await shop.stage.at_rest()
    for pull in pulls:
        await shop.repository.ci.succeeds(pull.head, "ci")
    for pull in pulls:
        await shop.merges(pull)
    await shop.stage.at_rest()

    sixth = await shop.repository.open_pull_request(files={"app6.py": lines(6)})
    await shop.stage.at_rest()

    [wait] = (await told_of(shop, sixth))["waiting_for"]
    assert wait["what"] == NEVER[0]
    assert 0 < wait["usually"] < 60
    assert wait["bound"] == 600


async def test_a_push_begins_the_wait_for_ci_anew(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.stage.at_rest()
    [before] = (await told_of(shop, pull))["waiting_for"]

    await pull.push({"app.py": lines(6)})

    await shop.stage.at_rest()
    [after] = (await told_of(shop, pull))["waiting_for"]
    assert after["what"] == before["what"]
    assert after["since"] > before["since"]


async def test_b1_what_github_still_computes_is_neither_ready_nor_a_conflict(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, tell=False)
    await shop.repository.ci.succeeds(pull.head, "ci", tell=False)
    shop.stage.github.mergeable_unknown(50)
    await shop.look(pull)
    told, merged_before = await told_of(shop, pull), pull.merged
    shop.stage.github.mergeable_unknown(0)

    await shop.look(pull)

    assert waits(told) == [COMPUTING]
    assert not merged_before
    assert pull.merged


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("PullRequest.labels", "GitHub did not tell the labels"),
        ("PullRequest.latestOpinionatedReviews", "GitHub did not tell the reviews"),
        ("Ref.rules", "GitHub did not tell the branch rules"),
        ("Commit.statusCheckRollup", "waiting for `ci` (never reported)"),
    ],
)
async def test_d7_what_cannot_be_read_never_merges(shop: Shop, field: str, said: str) -> None:
    await shop.repository.commit("main", {".github/andon.yml": NAMED}, "Name the evidence")
    await shop.stage.at_rest()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, tell=False)
    await shop.repository.ci.succeeds(pull.head, "ci", tell=False)
    shop.stage.github.partial_data(*[field] * 20)
    await shop.look(pull)
    told, merged_before = await told_of(shop, pull), pull.merged
    shop.stage.github.partial.clear()

    await shop.look(pull)

    assert (said, "nobody") in waits(told)
    assert not merged_before
    assert pull.merged
