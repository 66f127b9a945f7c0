"""GitHub's auto-merge: when andon arms it, takes it back, or leaves a person's as it is."""

from __future__ import annotations

from simulator import auto_merge
from simulator.merging import Wish
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import MERGES, READY, Shop, lines
from tests.end_to_end.merge_steps import ARMS, AUTO, DISARMS, SILENT, governed, small, steps


async def by_hand(pull: PullRequest, login: str = "bob") -> None:
    """Arm auto-merge as a person does on the page."""
    await auto_merge.arm(pull, Wish("squash", pull.head), pull.repo.github.user(login))


async def test_auto_merge_is_armed_at_the_judged_head_and_github_merges_once_ci_passes(shop: Shop) -> None:
    await governed(shop, AUTO)
    pull = await small(shop)
    [armed] = [call for call in shop.stage.github.calls if call.kind == ARMS]
    before = steps(shop)

    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert (before, MERGES in shop.calls_since(0)) == (["check-runs", "ArmAutoMerge"], False)
    assert isinstance(armed.body, dict)
    assert (armed.body["variables"]["head"], armed.body["variables"]["method"]) == (pull.head, "SQUASH")


async def test_without_our_check_in_a_ruleset_nothing_is_armed_and_andon_merges(shop: Shop) -> None:
    await governed(shop, AUTO, ours=False)
    pull = await small(shop)
    armed = pull.now.auto_merge

    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    assert armed is None
    assert ARMS not in shop.calls_since(0)


async def test_where_our_check_is_the_last_that_was_missing_andon_merges_because_github_refuses_to_arm(
    shop: Shop,
) -> None:
    await governed(shop, AUTO)
    with shop.stage.github.silence():
        pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, tell=False)
        await shop.repository.ci.succeeds(pull.head, "ci", tell=False)

    await shop.look(pull)

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert steps(shop)[:2] == ["check-runs", "merge"]


async def test_a_push_is_disarmed_before_the_new_head_gets_its_check_and_is_armed_anew(shop: Shop) -> None:
    await governed(shop, AUTO)
    pull = await small(shop)
    before = len(shop.stage.github.calls)

    await pull.push({"app.py": lines(6)})

    await shop.stage.at_rest()
    assert pull.now.auto_merge is not None
    assert steps(shop, before) == ["DisarmAutoMerge", "check-runs", "ArmAutoMerge"]


async def test_a_push_that_is_held_never_merges_by_what_was_armed_for_another_head(shop: Shop) -> None:
    await governed(shop, AUTO)
    pull = await small(shop)
    other = await shop.repository.write("refs/heads/kept", pull.head, {"app.py": lines(60)}, ("Grow", "alice"))
    await shop.repository.ci.succeeds(other, "ci", tell=False)

    await pull.force_push(at=other)

    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    run = pull.check_run("andon")
    assert (pull.merged, pull.now.auto_merge) == (False, None)
    assert run is not None
    assert "auto-merge is withdrawn" in str(run.summary)


async def test_a_held_pull_request_loses_anybodys_auto_merge_and_says_so_once(shop: Shop) -> None:
    await governed(shop, READY)
    pull = await small(shop, 40)
    await by_hand(pull)
    await shop.stage.at_rest()
    before = len(shop.stage.github.calls)

    await shop.look(pull)

    run = pull.check_run("andon")
    assert pull.now.auto_merge is None
    assert run is not None
    assert "whoever armed it" in str(run.summary)
    assert steps(shop, before) == []
    assert steps(shop) == ["check-runs", "DisarmAutoMerge", "check-runs"]


async def test_a_pull_request_that_is_not_held_keeps_a_persons_auto_merge(shop: Shop) -> None:
    await governed(shop, "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label}\n")
    pull = await small(shop)
    await by_hand(pull)
    await shop.stage.at_rest()

    assert pull.now.auto_merge is not None
    assert steps(shop) == ["check-runs"]


async def test_without_a_merge_section_nobodys_auto_merge_is_touched(shop: Shop) -> None:
    await governed(shop, SILENT)
    pull = await small(shop, 40)
    await by_hand(pull)
    await shop.stage.at_rest()

    assert pull.now.auto_merge is not None
    assert DISARMS not in shop.calls_since(0)


async def test_a_hold_takes_back_what_andon_armed(shop: Shop) -> None:
    await governed(shop, AUTO)
    pull = await small(shop)
    armed = pull.now.auto_merge

    await pull.comment("alice", "/andon hold not today")

    await shop.stage.at_rest()
    assert (armed is not None, pull.now.auto_merge) == (True, None)
