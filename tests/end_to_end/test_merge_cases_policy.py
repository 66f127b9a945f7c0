"""What the policy says, where it lies, and what is too much to read: cases by their ids."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.pull_request import PullRequest
from simulator.records import CheckRun
from simulator.repository import Files
from tests.end_to_end.conftest import CHECK_RUNS, LABEL, MERGES, READY, Shop, lines, waits

POLICY = ".github/andon.yml"


async def proposed(shop: Shop, files: Files, **proposal: Any) -> PullRequest:
    """Open a pull request with green CI, and wait until all is at rest."""
    pull = await shop.repository.open_pull_request(files=files, **proposal)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    return pull


def shown(pull: PullRequest) -> CheckRun:
    run = pull.check_run("andon")
    assert run is not None
    return run


async def waits_of(shop: Shop, pull: PullRequest) -> list[tuple[str, str]]:
    return waits((await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}"))[1])


async def test_b23_labels_that_name_methods_choose_none(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, title="Ship it")
    await pull.label("merge-method: rebase")
    await pull.label("merge-method: merge")

    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    await shop.stage.at_rest()
    [merge] = [call for call in shop.stage.github.calls if call.kind == MERGES]
    assert isinstance(merge.body, dict)
    assert merge.body["merge_method"] == "squash"


@pytest.mark.parametrize(
    ("rules", "title"),
    [
        ("{}", "Passed: no rule is on"),
        ("{small-diff: off}", "Passed: no rule is on"),
        (
            "{small-diff: {paths: ['src/**']}, required-tests: {paths: ['src/**']}}",
            "Passed: no rule asks anything of this change",
        ),
    ],
    ids=["C19 no rule is listed", "C19 every rule is off", "C19 no rule is about these files"],
)
async def test_where_no_rule_was_asked_the_check_says_so(shop: Shop, rules: str, title: str) -> None:
    await shop.repository.commit("main", {POLICY: f"rules: {rules}\n"}, "Ask nothing")
    await shop.stage.at_rest()

    pull = await proposed(shop, {"app.py": lines(500)})

    assert (shown(pull).conclusion, shown(pull).title) == ("success", title)


async def test_d4_a_label_taken_off_in_line_takes_it_out_and_the_check_says_so(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: LABEL}, "Merge on demand")
    place = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await place.comment("bob", "/andon freeze migration")
    await shop.stage.at_rest()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await pull.label("ship")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    in_line = [one["number"] for one in (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]["entries"]]
    said = str(shown(pull).text)

    await pull.unlabel("ship")
    await shop.stage.at_rest()

    assert in_line == [pull.number]
    assert "frozen" in said
    assert "frozen" not in str(shown(pull).text)
    assert "once the label `ship` is set" in str(shown(pull).summary)
    assert (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]["entries"] == []


async def test_d9_where_the_owners_policy_fails_to_load_a_repository_without_one_hears_nothing(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    await shop.stage.at_rest()
    shop.stage.github.fails_next(3, lambda asked: asked.kind == "query OwnerPolicy", status=502)

    pull = await proposed(shop, {"app.py": lines(500)})

    assert (pull.check_run("andon"), pull.comments, shop.writes_of(CHECK_RUNS)) == (None, [], 0)


async def test_d10_aimed_at_a_branch_with_a_policy_of_its_own_the_default_branchs_counts(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: f"branches: ['**']\n{READY}"}, "Govern every branch")
    await shop.repository.branch("stable")
    await shop.repository.commit("stable", {POLICY: READY.replace("20", "5000")}, "Be lax here")
    shop.repository.require_checks("stable", ("ci", None))

    pull = await proposed(shop, {"app.py": lines(400)}, base="stable")

    assert (shown(pull).conclusion, pull.merged) == ("neutral", False)
    assert shown(pull).title == "Held: 400 effective lines, limit 20"


@pytest.mark.parametrize(
    "second", [".github/andon.yaml", "andon.yml", ".andon.yml"], ids=["D11 yaml", "D11 at the root", "D11 hidden"]
)
async def test_a_second_policy_under_another_name_is_not_read_and_wins_nothing(shop: Shop, second: str) -> None:
    await shop.repository.commit("main", {second: READY.replace("20", "5000")}, "Leave a second one")

    pull = await proposed(shop, {"app.py": lines(31), second: READY.replace("20", "6000")})

    assert (shown(pull).conclusion, pull.merged) == ("neutral", False)
    assert "Policy in this pull request" not in str(shown(pull).summary)


async def test_d13_more_commits_than_are_read_leave_undecided_what_rests_on_them_and_the_number_is_told(
    shop: Shop,
) -> None:
    policy = "rules: {pairing: {satisfied-by: [co-author], confirm: false}}\nmerge: {when: ready}\n"
    await shop.repository.commit("main", {POLICY: policy}, "Ask for two people")
    trailer = f"Co-authored-by: Bob <{shop.stage.github.user('bob').email}>"
    pull = await shop.repository.open_pull_request(files={"app.py": lines(1)}, title=f"Begin\n\n{trailer}", tell=False)
    for number in range(51):
        await pull.push({"app.py": lines(number + 2)}, f"Grow\n\n{trailer}", tell=False)

    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    assert (shown(pull).conclusion, pull.merged) == ("neutral", False)
    assert "52 commits, and 50 could be read" in f"{shown(pull).summary}{shown(pull).text}"


async def test_d13_more_files_than_github_lists_are_never_small_and_the_number_is_told(shop: Shop) -> None:
    shop.stage.github.files.limit = 2

    pull = await proposed(shop, {f"part_{number}.py": lines(1) for number in range(3)})

    assert (shown(pull).conclusion, pull.merged) == ("neutral", False)
    assert "2 of 3 files were read" in str(shown(pull).text)


async def test_d14_a_renamed_file_counts_by_what_changed_in_it_and_only_once(shop: Shop) -> None:
    await shop.repository.commit("main", {"old.py": lines(60)}, "Write much")
    changed = lines(60).replace("step_30 = 30", "step_30 = 31")

    pull = await proposed(shop, {"old.py": None, "new.py": changed})

    record = (await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}"))[1]
    [rule] = record["rules"]
    assert rule["facts"]["effective_lines"] == 2
    assert pull.merged
