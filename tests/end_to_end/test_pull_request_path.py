"""From a signed delivery to check run, merge and deployment: what a repository sees of the bot."""

import pytest

from tests.end_to_end.conftest import CHECK_RUNS, DEPLOYMENTS, LABEL, MERGES, READY, Shop, lines, waits


async def test_a_small_change_ships_by_itself_and_is_live_once_production_says_so(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.release_is(pull, "deploying")
    [deployment] = shop.repository.deployments

    await deployment.status("success")

    await shop.release_is(pull, "live")
    status, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert status == 200
    assert (told["conclusion"], told["state"], told["merge_commit"]) == ("passed", "merged", pull.merge_commit)
    assert told["rules"][0]["facts"]["effective_lines"] == 5
    assert (told["release"]["state"], told["release"]["sha"]) == ("live", pull.merge_commit)
    assert (deployment.sha, deployment.environment) == (pull.merge_commit, "production")


async def test_a_big_change_is_held_with_the_number_against_the_limit_until_a_push_makes_it_small(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)})
    await shop.shows(pull, "neutral")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    run = pull.check_run("andon")
    held = pull.merged

    await pull.push({"app.py": lines(9)})

    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    assert run is not None
    assert run.title == "Held: 31 effective lines, limit 20"
    assert "11 over the limit of 20" in str(run.text)
    assert [(note["path"], note["start_line"], note["end_line"]) for note in run.annotations] == [("app.py", 1, 31)]
    assert not held


async def test_without_a_policy_the_bot_is_silent(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": None}, "Take the policy away")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(100)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.stage.at_rest()

    assert pull.check_run("andon") is None
    assert shop.writes_of(CHECK_RUNS) == 0
    assert not pull.merged


async def test_without_a_policy_a_ruleset_that_waits_for_the_check_does_not_wait_for_ever(shop: Shop) -> None:
    shop.repository.require_checks("main", ("andon", shop.stage.github.app_id))
    await shop.repository.commit("main", {".github/andon.yml": None}, "Take the policy away")

    pull = await shop.repository.open_pull_request(files={"app.py": lines(100)})

    await shop.shows(pull, "success")
    assert str((run := pull.check_run("andon")) and run.title) == "No policy in this repository"


async def test_a_second_look_with_nothing_new_is_one_read_and_no_write(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"src/app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    before = len(shop.stage.github.calls)

    await shop.look(pull)

    assert shop.calls_since(before) == {"query PullRequestSnapshot": 1}


async def test_a_new_head_costs_three_calls(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    before = len(shop.stage.github.calls)

    await pull.push({"app.py": lines(6)})

    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    assert shop.calls_since(before) == {
        "query PullRequestSnapshot": 1,
        "GET /repos/{owner}/{repo}/pulls/{pull_number}/files": 1,
        CHECK_RUNS: 1,
    }


async def test_a13_our_own_check_run_does_not_wake_us(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    echoes = [sent for sent in shop.stage.github.webhooks.sent if sent.event == "check_run"]

    assert [sent.payload["check_run"]["app"]["id"] for sent in echoes] != []
    assert {sent.payload["check_run"]["app"]["id"] for sent in echoes} == {shop.stage.github.app_id}
    assert shop.calls_since(0)["query PullRequestSnapshot"] == 1


async def test_with_when_label_nothing_merges_before_somebody_sets_it(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Ask for a label")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    merged_before = pull.merged

    await pull.label("ship")

    await shop.merges(pull)
    assert not merged_before


async def test_d8_a_wrong_policy_is_said_with_its_line_and_merges_nothing_until_it_is_mended(shop: Shop) -> None:
    wrong = READY.replace("max-lines", "max-line")
    await shop.repository.commit("main", {".github/andon.yml": wrong}, "Mistype")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "action_required")
    await shop.stage.at_rest()
    mend = await shop.repository.open_pull_request(files={".github/andon.yml": READY})
    await shop.shows(mend, "neutral")
    run = pull.check_run("andon")

    assert run is not None
    assert r"\:2\:" not in str(run.summary)
    assert r":1\:22\: rules.small\-diff.max\-line" in str(run.summary)
    assert not pull.merged
    assert not mend.merged


async def test_d10_the_policy_of_the_head_does_not_judge_itself(shop: Shop) -> None:
    lax = READY.replace("20", "5000")
    pull = await shop.repository.open_pull_request(files={".github/andon.yml": lax, "app.py": lines(400)})

    await shop.shows(pull, "neutral")

    assert not pull.merged


async def test_b7_a_merge_never_takes_another_head_than_the_one_that_was_judged(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Ask for a label")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    judged = pull.head
    await shop.repository.ci.succeeds(judged, "ci")
    other = await shop.repository.commit("other", {"app.py": lines(300)}, tell=False)
    await shop.repository.ci.succeeds(other, "ci", tell=False)
    await shop.stage.at_rest()
    await pull.label("ship", tell=False)
    await pull.force_push(at=other, tell=False)
    shop.stage.github.stale_reads(1)

    await shop.look(pull)

    tried = [call.status for call in shop.stage.github.calls if call.kind == MERGES]
    assert tried == [409]
    assert pull.head == other
    assert not pull.merged


@pytest.mark.parametrize("after", [False, True], ids=["before it is carried out", "after it was carried out"])
@pytest.mark.parametrize("kind", [CHECK_RUNS, MERGES, DEPLOYMENTS])
async def test_a_write_that_breaks_off_is_neither_lost_nor_done_twice(shop: Shop, kind: str, after: bool) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind == kind, status=502, after=after)
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.release_is(pull, "deploying")

    ours = [run for run in shop.repository.checks_on[pull.head] if run.name == "andon"]
    assert len(ours) == 1
    assert len(shop.repository.deployments) == 1


async def test_d13_what_is_too_big_to_read_is_held_from_its_totals_alone(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(20_001)})

    await shop.shows(pull, "neutral")

    run = pull.check_run("andon")
    assert run is not None
    assert run.title == "Held: Too big to read: 1 file, 20001 lines"
    assert not [kind for kind in shop.calls_since(0) if "files" in kind]


async def test_forks_are_judged_and_left_to_a_person(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, fork=True, author="mallory")
    await shop.shows(pull, "success")

    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert not pull.merged
    what = "it comes from a fork: a maintainer merges it, or says `/andon merge` for this head"
    assert (what, "a maintainer") in waits(told)


async def test_a_pull_request_merged_by_hand_is_deployed_as_well(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)})
    await shop.shows(pull, "neutral")
    landed = await shop.repository.commit("main", {"app.py": lines(31)}, "Merge by hand", tell=False)

    await pull.land(landed, shop.repository.head, shop.repository.github.user("alice"))

    await shop.release_is(pull, "deploying")
    assert [deployment.sha for deployment in shop.repository.deployments] == [landed]


async def test_a_proven_revert_may_be_as_large_as_what_it_takes_back(shop: Shop) -> None:
    before = lines(30, "old")
    await shop.repository.commit("main", {"app.py": before})
    landed = await shop.repository.commit("main", {"app.py": lines(90), "more.py": lines(80)}, "Add too much")

    pull = await shop.repository.open_pull_request(
        files={"app.py": before, "more.py": None}, title=f"Take it back\n\nThis reverts commit {landed}."
    )

    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert told["kind"] == "revert"


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": lines(31, "old"), "more.py": None},
        {"app.py": lines(30, "old")},
        {"app.py": lines(30, "old"), "more.py": None, "new.py": lines(40)},
    ],
    ids=["one line more", "a part of it", "something beside it"],
)
async def test_a_message_alone_makes_no_revert(shop: Shop, files: dict[str, str | None]) -> None:
    await shop.repository.commit("main", {"app.py": lines(30, "old")})
    landed = await shop.repository.commit("main", {"app.py": lines(90), "more.py": lines(80)}, "Add too much")

    pull = await shop.repository.open_pull_request(files=files, title=f"Sneak\n\nThis reverts commit {landed}.")

    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert told["kind"] == "change"


async def test_a_commit_that_never_landed_cannot_be_taken_back(shop: Shop) -> None:
    await shop.repository.branch("other", tell=False)
    await shop.repository.commit("other", {"app.py": lines(90, "evil")}, tell=False)
    never = await shop.repository.commit("other", {"app.py": lines(1)}, tell=False)

    pull = await shop.repository.open_pull_request(
        files={"app.py": lines(90, "evil")}, title=f"Sneak\n\nThis reverts commit {never}."
    )

    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert told["kind"] == "change"
