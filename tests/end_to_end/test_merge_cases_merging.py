"""Merging, case by case: each row is one fact that another system's tests, code or users brought to light."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from simulator import auto_merge, merge_queue
from simulator.merging import Wish
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import MERGES, READY, Shop, lines

ARMS, DISARMS = "query ArmAutoMerge", "query DisarmAutoMerge"
UPDATES = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch"
DELETES = "DELETE /repos/{owner}/{repo}/git/refs/{ref}"
CHECKED = "POST /repos/{owner}/{repo}/check-runs"
STEPS = (ARMS, DISARMS, MERGES, UPDATES, DELETES, CHECKED, "query Enqueue")
AUTO = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready, via: auto-merge}\n"
SILENT = "rules: {small-diff: {max-lines: 20}}\n"

Case = Callable[[Shop], Awaitable[None]]


def steps(shop: Shop, since: int = 0) -> list[str]:
    """List what was written on the way in, in order, by the last word of each call."""
    calls = [call for call in shop.stage.github.calls[since:] if call.kind in STEPS and call.status < 500]
    return [call.kind.removeprefix("query ").rpartition("/")[2].removesuffix("}") for call in calls]


async def governed(shop: Shop, policy: str, *, ours: bool = True) -> None:
    """Set a policy, on a branch that requires `ci` and, if `ours`, the check `andon` of this App."""
    checks = (("ci", None), ("andon", shop.stage.github.app_id)) if ours else (("ci", None),)
    shop.repository.require_checks("main", *checks)
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Set the policy")
    await shop.stage.at_rest()


async def small(shop: Shop, count: int = 5) -> PullRequest:
    """Open a pull request of so many lines and wait until it is judged and all is at rest."""
    pull = await shop.repository.open_pull_request(files={"app.py": lines(count)})
    await shop.stage.at_rest()
    return pull


async def waits_of(shop: Shop, pull: PullRequest) -> str:
    """Ask the API what a pull request waits for, and what was refused."""
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return f"{[wait['what'] for wait in told['waiting_for']]} {told.get('refused')}"


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


async def test_where_the_base_has_a_queue_it_is_enqueued_answered_for_and_merged_by_the_queue(shop: Shop) -> None:
    await governed(shop, READY)
    shop.repository.require("main", queue=True)
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.until("it stands in the queue", lambda: len(shop.repository.queue) == 1)
    [entry] = shop.repository.queue
    await shop.stage.at_rest()
    [asked] = [call for call in shop.stage.github.calls if call.kind == "query Enqueue"]
    queued = await waits_of(shop, pull)

    await shop.repository.ci.succeeds(entry.sha, "ci")

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert isinstance(asked.body, dict)
    assert asked.body["variables"]["head"] == pull.head
    assert "merge queue" in queued
    assert (pull.merge_commit, MERGES in shop.calls_since(0)) == (entry.sha, False)


async def test_a_group_is_answered_with_the_worst_of_all_who_land_with_it(shop: Shop) -> None:
    await governed(shop, SILENT, ours=True)
    shop.repository.require("main", queue=True)
    held = await shop.repository.open_pull_request(files={"big.py": lines(40)})
    fine = await shop.repository.open_pull_request(files={"app.py": lines(4)})
    await shop.shows(held, "neutral")
    await shop.shows(fine, "success")
    await shop.stage.at_rest()

    for pull in (fine, held):  # what fails first would be taken out, and the groups after it built anew
        await merge_queue.enqueue(pull, shop.repository.github.user("bob"))

    last = shop.repository.queue[-1].sha
    await shop.stage.until("the group is answered", lambda: bool(shop.repository.checks_on.get(last)))
    [run] = shop.repository.checks_on[last]
    assert (run.conclusion, run.title) == ("failure", f"Pull request {held.number}: held")


async def moved_head(shop: Shop) -> None:
    """B7: the head moved between evaluation and merge: 409, and the new head is judged."""
    await governed(shop, READY)
    pull = await small(shop)
    judged = pull.head
    await shop.repository.ci.succeeds(judged, "ci", tell=False)
    other = await shop.repository.write("refs/heads/kept", judged, {"app.py": lines(300)}, ("Grow", "alice"))
    await shop.repository.ci.succeeds(other, "ci", tell=False)
    await pull.force_push(at=other, tell=False)
    shop.stage.github.stale_reads(1)
    await shop.look(pull)
    [tried] = [call for call in shop.stage.github.calls if call.kind == MERGES]
    assert (tried.status, isinstance(tried.body, dict) and tried.body["sha"]) == (409, judged)
    await shop.shows(pull, "neutral")
    assert not pull.merged


async def missed_push(shop: Shop) -> None:
    """B8: a push that no delivery told of is judged before anything is merged."""
    await governed(shop, READY)
    pull = await small(shop)
    await pull.push({"app.py": lines(50)}, tell=False)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    assert (pull.merged, MERGES in shop.calls_since(0)) == (False, False)


async def moved_base(shop: Shop) -> None:
    """B9: 405 "Base branch was modified" passes: the same merge is tried again, a few times."""
    await governed(shop, READY)
    pull = await small(shop)
    shop.stage.github.base_modified_next(1)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert [call.status for call in shop.stage.github.calls if call.kind == MERGES] == [405, 200]


async def half_merged(shop: Shop) -> None:
    """B10: after a 500 everything is read again; what GitHub did merge is found, what not is left to a person."""
    await governed(shop, READY)
    pull = await small(shop)
    shop.stage.github.fails_next(1, lambda asked: asked.kind == MERGES, status=500)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.until("it was tried", lambda: MERGES in shop.calls_since(0))
    await shop.stage.at_rest()
    await shop.look(pull)
    assert (pull.merged, shop.calls_since(0)[MERGES]) == (False, 1)
    assert "GitHub failed while it merged" in await waits_of(shop, pull)


async def merged_in_spite(shop: Shop) -> None:
    """B10: the merge that answered 500 and happened is neither repeated nor lost."""
    await governed(shop, READY)
    pull = await small(shop)
    shop.stage.github.fails_next(1, lambda asked: asked.kind == MERGES, status=500, after=True)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert shop.calls_since(0)[MERGES] == 1


async def unavailable(shop: Shop) -> None:
    """B11: 503 is tried again after a read."""
    await governed(shop, READY)
    pull = await small(shop)
    shop.stage.github.fails_next(1, lambda asked: asked.kind == MERGES, status=503)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert shop.calls_since(0)[MERGES] == 2


async def not_allowed(shop: Shop) -> None:
    """B12: 403 names the permission and is not tried again before something changes."""
    await governed(shop, READY)
    pull = await small(shop)
    shop.stage.github.installations[shop.installation].permissions["contents"] = "read"
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    tries = shop.calls_since(0)[MERGES]
    await shop.look(pull)
    assert (pull.merged, shop.calls_since(0)[MERGES]) == (False, tries)


async def behind(shop: Shop) -> None:
    """B13: behind, and the base demands up-to-date branches: updated once, judged anew, and merged then."""
    await governed(shop, READY)
    shop.repository.require_checks("main", ("ci", None), strict=True)
    pull = await small(shop)
    await shop.repository.commit("main", {"other.py": lines(1)}, "Move on", tell=False)
    old = pull.head
    await shop.repository.ci.succeeds(old, "ci")
    await shop.stage.until("it was updated", lambda: pull.head != old)
    await shop.stage.at_rest()
    assert not pull.merged
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert shop.calls_since(0)[UPDATES] == 1


async def retargeted(shop: Shop) -> None:
    """B16: aimed at another branch, it is not merged by what was armed for the old one."""
    await governed(shop, AUTO)
    await shop.repository.branch("stable")
    pull = await small(shop)
    armed = pull.now.auto_merge
    await pull.edit(base="stable")
    await shop.stage.at_rest()
    assert (armed is not None, pull.now.auto_merge, pull.merged) == (True, None, False)


async def renamed(shop: Shop) -> None:
    """B17: another title voids nothing."""
    await governed(shop, AUTO)
    pull = await small(shop)
    await pull.edit(title="Another title")
    await shop.stage.at_rest()
    assert (pull.now.auto_merge is not None, DISARMS in shop.calls_since(0)) == (True, False)


async def reopened(shop: Shop) -> None:
    """B19: closed and opened again, it starts from what holds then."""
    await governed(shop, READY)
    pull = await small(shop)
    await pull.close()
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    closed = pull.merged
    await pull.reopen()
    await shop.merges(pull)
    assert not closed


async def by_a_person(shop: Shop) -> None:
    """B20: merged by hand while it waited: recorded as merged, and merged no second time."""
    await governed(shop, READY)
    pull = await small(shop)
    landed = await shop.repository.commit("main", {"app.py": lines(5)}, "Merge by hand", tell=False)
    await pull.land(landed, shop.repository.head, shop.repository.github.user("alice"))
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert (told["state"], told["merge_commit"], MERGES in shop.calls_since(0)) == ("merged", landed, False)


async def open_again(shop: Shop) -> None:
    """B21: what andon merged stays merged, whatever GitHub claims later."""
    await governed(shop, READY)
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    pull.change(state="open", merged_at=None, closed_at=None, merge_commit=None, merged_by=None, landed_on=None)
    await pull.edit(title="Back again")
    await shop.stage.at_rest()
    assert shop.calls_since(0)[MERGES] == 1
    assert "merges nothing twice" in await waits_of(shop, pull)


async def forbidden_method(shop: Shop) -> None:
    """B22: a method that the repository does not allow is said by name, and not tried."""
    await governed(shop, "rules: {}\nmerge: {when: ready, method: rebase}\n")
    shop.repository.settings.rebase = False
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    assert "does not allow to rebase" in await waits_of(shop, pull)
    assert MERGES not in shop.calls_since(0)


async def method_against_a_ruleset(shop: Shop) -> None:
    """B22: a method that only a ruleset of the branch forbids is said by name too, and not tried."""
    await governed(shop, READY)
    shop.repository.require("main", methods=("merge", "rebase"))
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    assert "does not allow to squash into this branch; it allows: merge, rebase" in await waits_of(shop, pull)
    assert MERGES not in shop.calls_since(0)


async def method_that_signs_nothing(shop: Shop) -> None:
    """B22: where the branch asks for signed commits, a rebase can merge nothing, and that is said of the method."""
    await governed(shop, "rules: {}\nmerge: {when: ready, method: rebase}\n")
    shop.repository.require("main", others=("REQUIRED_SIGNATURES",))
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    assert "so the policy's `method: rebase` can merge nothing into this branch" in await waits_of(shop, pull)
    assert MERGES not in shop.calls_since(0)


async def without_commits(shop: Shop) -> None:
    """B24: a pull request without commits is no reason to fall, is not merged, and gets no check that nobody sees."""
    await governed(shop, READY)
    pull = await small(shop)
    await pull.force_push(at=shop.repository.head)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    assert (pull.merged, MERGES in shop.calls_since(0)) == (False, False)
    assert [run.name for run in shop.repository.checks_on[pull.head]] == ["ci"]


async def one_of_two(shop: Shop) -> None:
    """E12: one that cannot be merged does not stop the others."""
    await governed(shop, READY)
    stuck = await shop.repository.open_pull_request(files={"README.md": "# One\n"})
    free = await shop.repository.open_pull_request(files={"other.py": lines(5)})
    await shop.repository.commit("main", {"README.md": "# Other\n"}, "Conflict")
    for pull in (stuck, free):
        await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(free)
    await shop.stage.at_rest()
    assert not stuck.merged
    assert "conflicts with its base" in await waits_of(shop, stuck)


async def branch_goes(shop: Shop) -> None:
    """E14: the branch of what andon merged goes, once."""
    await governed(shop, READY)
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.until("the branch is gone", lambda: pull.head_branch not in shop.repository.branches)
    await shop.stage.at_rest()
    await shop.look(pull)
    assert shop.calls_since(0)[DELETES] == 1


async def branch_is_needed(shop: Shop) -> None:
    """E14: never a branch that another open pull request is based on."""
    await governed(shop, READY)
    pull = await small(shop)
    await shop.repository.open_pull_request(files={"more.py": lines(2)}, base=pull.head_branch)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert (DELETES in shop.calls_since(0), pull.head_branch in shop.repository.branches) == (False, True)


async def branch_stays(shop: Shop) -> None:
    """E14: never where the policy keeps it."""
    await governed(shop, "rules: {}\nmerge: {when: ready, delete-branch: false}\n")
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert (DELETES in shop.calls_since(0), pull.head_branch in shop.repository.branches) == (False, True)


async def branch_goes_by_itself(shop: Shop) -> None:
    """E14: never where the repository has GitHub delete it."""
    await governed(shop, READY)
    shop.repository.settings.delete_merged = True
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert DELETES not in shop.calls_since(0)


async def branch_protected(shop: Shop) -> None:
    """E14: a branch that GitHub does not let go is left alone in silence."""
    await governed(shop, READY)
    pull = await small(shop)
    shop.repository.require_checks(pull.head_branch, ("ci", None))
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert pull.head_branch in shop.repository.branches


CASES: dict[str, Case] = {
    "B7": moved_head,
    "B8": missed_push,
    "B9": moved_base,
    "B10": half_merged,
    "B10-merged": merged_in_spite,
    "B11": unavailable,
    "B12": not_allowed,
    "B13": behind,
    "B16": retargeted,
    "B17": renamed,
    "B19": reopened,
    "B20": by_a_person,
    "B21": open_again,
    "B22": forbidden_method,
    "B22-ruleset": method_against_a_ruleset,
    "B22-signed": method_that_signs_nothing,
    "B24": without_commits,
    "E12": one_of_two,
    "E14-goes": branch_goes,
    "E14-needed": branch_is_needed,
    "E14-kept": branch_stays,
    "E14-by-itself": branch_goes_by_itself,
    "E14-protected": branch_protected,
}
"""B18 is held by the tests of a push above; D8 to D11 by those of the policy and of the pull request's path."""


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_case(shop: Shop, case: Case) -> None:
    await case(shop)
