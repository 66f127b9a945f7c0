"""A pull request that edits the policy is shown what it would change, and is judged by the one that stands."""

from __future__ import annotations

import pytest

from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import CHECK_RUNS, LABEL, READY, Shop, lines

POLICY = ".github/andon.yml"
HEADING = "### Policy in this pull request: not applied to it"


def summary_of(pull: PullRequest) -> str:
    run = pull.check_run("andon")
    assert run is not None
    return str(run.summary)


async def test_a_policy_that_would_let_itself_pass_is_previewed_and_not_applied(shop: Shop) -> None:
    lax = READY.replace("20", "5000").replace("ready", "label")

    pull = await shop.repository.open_pull_request(files={POLICY: lax, "app.py": lines(400)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    await shop.shows(pull, "neutral")
    said = summary_of(pull)
    assert "On this very pull request: held → **passed**." in said
    assert "| **small-diff** | `max-lines`: `20` → `5000` | ❌ finds something → ✅ passes |" in said
    assert "\n- `merge.when`: `ready` → `label`" in said
    assert not pull.merged


async def test_d10_a_large_change_that_deletes_the_policy_is_still_blocked_and_told_what_that_would_do(
    shop: Shop,
) -> None:
    await shop.repository.commit("main", {POLICY: "rules: {small-diff: {mode: block, max-lines: 20}}"}, "Block")

    pull = await shop.repository.open_pull_request(files={POLICY: None, "app.py": lines(5000)})

    await shop.shows(pull, "failure")
    assert f"{HEADING}\n\n" in summary_of(pull)
    assert "**It takes the policy away.**" in summary_of(pull)


async def test_d8_every_problem_is_named_at_its_line_and_changes_no_conclusion(shop: Shop) -> None:
    wrong = "rules:\n  small-diff:\n    max-line: 3\n  pairin: hold\nmerge: {when: always}\n"

    pull = await shop.repository.open_pull_request(files={POLICY: wrong})

    await shop.shows(pull, "success")
    run = pull.check_run("andon")
    assert run is not None
    assert [
        (note["path"], note["start_line"], note["annotation_level"], note["message"]) for note in run.annotations
    ] == [
        (POLICY, 3, "warning", 'rules.small-diff.max-line: no such option. Did you mean "max-lines"?'),
        (POLICY, 4, "warning", 'rules.pairin: no such rule. Did you mean "pairing"?'),
        (POLICY, 5, "warning", 'merge.when: should be one of ready, label, got "always".'),
    ]
    assert "**3 problems.**" in str(run.summary)


async def test_a_change_that_would_break_the_policy_is_not_merged_until_a_push_mends_it(shop: Shop) -> None:
    broken = "rules: {small-dif: hold}\n"
    pull = await shop.repository.open_pull_request(files={POLICY: broken})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    merged_before = pull.merged

    await pull.push({POLICY: READY + "# Mended.\n"})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    assert not merged_before
    assert [wait["what"] for wait in told["waiting_for"]] == [
        "the policy in it cannot be read, and would stop everything once it is merged"
    ]


async def test_the_first_policy_is_previewed_and_nothing_else_is_said(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")

    pull = await shop.repository.open_pull_request(files={POLICY: READY, "app.py": lines(400)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    run = pull.check_run("andon")
    assert run is not None
    assert run.title == "Policy in this pull request: valid, and not applied to it"
    assert "On this very pull request: **held**." in str(run.summary)
    assert "| **small-diff** | added, `hold`<br>`max-lines`: `400` → `20` | not asked → ❌ finds" in str(run.summary)
    assert not pull.merged
    assert pull.comments == []


async def test_a_first_policy_that_is_wrong_is_neutral_until_a_push_mends_it(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    pull = await shop.repository.open_pull_request(files={POLICY: "rules: {smal-diff: hold}"})
    await shop.shows(pull, "neutral")
    wrong = pull.check_run("andon")

    await pull.push({POLICY: READY})

    await shop.shows(pull, "success")
    assert wrong is not None
    assert wrong.title == "Policy in this pull request: 1 problem"
    assert [note["start_line"] for note in wrong.annotations] == [1]


async def test_a_first_policy_for_another_branch_than_the_default_is_met_with_silence(shop: Shop) -> None:
    await shop.repository.commit("main", {POLICY: None}, "Take the policy away")
    await shop.repository.branch("old")

    pull = await shop.repository.open_pull_request(files={POLICY: READY}, base="old")
    await shop.stage.at_rest()

    assert pull.check_run("andon") is None
    assert shop.writes_of(CHECK_RUNS) == 0


async def test_a_preview_is_written_once(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={POLICY: LABEL})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()

    await shop.look(pull)

    assert shop.writes_of(CHECK_RUNS) == 1


@pytest.mark.parametrize(("owners", "said"), [(READY, "held → **passed**"), (None, "1 problem")])
async def test_a_proposal_that_extends_the_owners_is_tried_out_over_that(
    shop: Shop, owners: str | None, said: str
) -> None:
    if owners:
        home = await shop.stage.github.create_repository("octo/.github")
        await home.commit("main", {POLICY: owners.replace("20", "5000")}, "One policy for all")
    await shop.stage.at_rest()

    pull = await shop.repository.open_pull_request(files={POLICY: "extends: owner\n", "app.py": lines(31)})

    await shop.shows(pull, "neutral")
    assert said in summary_of(pull)


async def test_the_policy_for_all_is_previewed_where_it_is_kept(shop: Shop) -> None:
    home = await shop.stage.github.create_repository("octo/.github")
    await home.commit("main", {POLICY: LABEL}, "One policy for all")
    await shop.stage.at_rest()

    pull = await home.open_pull_request(files={POLICY: f"extends: owner\n{LABEL}"})

    await shop.shows(pull, "success")
    assert "**1 problem.**" in summary_of(pull)
    assert "that file itself cannot extend it" in summary_of(pull)
