"""Merging, case by case: each row is one fact that another system's tests, code or users brought to light."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import MERGES, READY, Shop, lines
from tests.end_to_end.merge_steps import AUTO, DISARMS, UPDATES, Case, governed, small, waits_of


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
    "B24": without_commits,
    "E12": one_of_two,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_case(shop: Shop, case: Case) -> None:
    await case(shop)
