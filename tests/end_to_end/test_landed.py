"""What landed is compared with what was judged, once, whoever merged it: E17, and what moved before it landed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.commands.reasons import reasons
from simulator.git import Person
from simulator.merging import by_hand
from simulator.pull_request import PullRequest
from simulator.rest_branches import bring_up_to_date
from tests.end_to_end.conftest import Shop, lines

SHARED = "".join(f"value_{index} = {index}\n" for index in range(30))
POLICY = "rules: {{small-diff: {{max-lines: 200}}}}\nmerge: {{when: ready, method: {method}}}\n"


async def prepared(shop: Shop, method: str) -> None:
    """Have everything merged by one method, with no word of deploying, and a file that both sides may change."""
    policy = POLICY.format(method=method)
    await shop.repository.commit(
        "main", {".github/andon.yml": policy, "shared.py": SHARED, "old.py": "old = 1\n"}, "Begin"
    )
    await shop.stage.at_rest()


async def opened(shop: Shop, files: Mapping[str, str | bytes | None] | None = None, **more: Any) -> PullRequest:
    files = files or {"new.py": lines(5), "shared.py": SHARED.replace("value_3 = 3", "value_3 = 33")}
    pull = await shop.repository.open_pull_request(files=files, **more)
    await pull.push({"second.py": "second = 2\n"}, "And a second file")
    return pull


async def merged(shop: Shop, pull: PullRequest) -> None:
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()


async def landed(shop: Shop, pull: PullRequest) -> Any:
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return told["landed"]


async def line_of(shop: Shop) -> Any:
    return (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]


METHODS = ["squash", "merge", "rebase"]


@pytest.mark.parametrize("method", METHODS)
async def test_e17_what_landed_as_it_was_judged_is_said_to_be_the_same(shop: Shop, method: str) -> None:
    await prepared(shop, method)
    pull = await opened(shop)

    await merged(shop, pull)

    assert await landed(shop, pull) == {"content": "same", "differences": [], "not_compared": [], "moved": []}
    assert (await line_of(shop))["state"] == "open"


@pytest.mark.parametrize("method", METHODS)
async def test_e17_so_is_what_landed_on_a_base_that_had_moved_in_the_same_file_and_in_others(
    shop: Shop, method: str
) -> None:
    await prepared(shop, method)
    pull = await opened(shop)
    moved = {
        "shared.py": SHARED.replace("value_20 = 20", "value_20 = 200"),
        "deep/other.py": "other = 1\n",
        "old.py": None,
    }
    await shop.repository.commit("main", moved, "Move on")

    await merged(shop, pull)

    assert await landed(shop, pull) == {"content": "same", "differences": [], "not_compared": [], "moved": []}


WRONG: dict[str, tuple[Mapping[str, str | None], str, str]] = {
    "drops-a-file": ({"new.py": None}, "new.py", "the pull request's change of it is missing"),
    "keeps-an-older-blob": ({"shared.py": SHARED}, "shared.py", "the pull request's change of it is missing"),
    "adds-what-is-anothers": (
        {"old.py": "old = 3\n"},
        "old.py",
        "it was changed, and the pull request does not touch it",
    ),
    "takes-away-what-is-anothers": (
        {"old.py": None},
        "old.py",
        "it was deleted, and the pull request does not touch it",
    ),
    "holds-something-else": (
        {"second.py": "second = 3\n"},
        "second.py",
        "it holds something else than the judged head",
    ),
}


@pytest.mark.parametrize(
    ("method", "wrong"),
    [*(("squash", wrong) for wrong in WRONG), ("merge", "drops-a-file"), ("rebase", "keeps-an-older-blob")],
)
async def test_e17_a_wrong_commit_closes_the_line_and_says_which_and_why(shop: Shop, method: str, wrong: str) -> None:
    files, path, how = WRONG[wrong]
    await prepared(shop, method)
    pull = await opened(shop)
    shop.stage.github.lands_wrongly(files)

    await merged(shop, pull)

    told, line = await landed(shop, pull), await line_of(shop)
    assert (told["content"], told["differences"]) == ("different", [{"path": path, "how": how}])
    assert line["state"] == "closed"
    [closing] = line["closings"]
    assert (closing["by"], closing["number"], closing["sha"]) == ("landed", pull.number, pull.now.merge_commit)
    assert f"{path}: {how}" in closing["words"]


async def queued(shop: Shop, pull: PullRequest) -> None:
    """Have GitHub's queue land it: its checks pass on the commit that was built for it."""
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.until("it stands in the queue", lambda: len(shop.repository.queue) == 1)
    await shop.stage.at_rest()
    await shop.repository.ci.succeeds(shop.repository.queue[0].sha, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()


@pytest.mark.parametrize(
    ("files", "content", "paths"),
    [
        (None, "same", []),
        ({"shared.py": SHARED}, "different", ["shared.py"]),
        ({"old.py": None}, "different", ["old.py"]),
    ],
    ids=["right", "the-change-is-lost", "another-file-is-lost"],
)
async def test_e17_githubs_own_queue_is_looked_after_as_well(
    shop: Shop, files: Mapping[str, str | None] | None, content: str, paths: list[str]
) -> None:
    await prepared(shop, "squash")
    shop.repository.require("main", queue=True)
    if files is not None:
        shop.stage.github.lands_wrongly(files)
    pull = await opened(shop)
    await shop.repository.commit("main", {"deep/other.py": "other = 1\n"}, "Move on")

    await queued(shop, pull)

    told = await landed(shop, pull)
    assert (told["content"], [one["path"] for one in told["differences"]]) == (content, paths)
    assert (await line_of(shop))["state"] == ("open" if content == "same" else "closed")


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
async def test_e17_so_is_what_a_person_merged_by_hand(shop: Shop, wrong: bool) -> None:
    await prepared(shop, "squash")
    pull = await opened(shop)
    await shop.stage.at_rest()
    if wrong:
        shop.stage.github.lands_wrongly({"second.py": None})

    await by_hand(pull, "alice", "merge")
    await shop.stage.at_rest()

    told = await landed(shop, pull)
    assert (told["content"], told["moved"]) == ("different" if wrong else "same", [])


async def astray(shop: Shop, method: str = "squash") -> PullRequest:
    """Have one land wrongly, and the line closed by it."""
    await prepared(shop, method)
    pull = await opened(shop)
    shop.stage.github.lands_wrongly({"second.py": "second = 3\n"})
    await merged(shop, pull)
    return pull


async def waiting(shop: Shop) -> PullRequest:
    """Open one that could be merged, were the line open."""
    pull = await shop.repository.open_pull_request(files={"later.py": lines(3)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    return pull


async def test_e17_the_line_holds_who_comes_after_until_a_revert_of_that_commit_landed(shop: Shop) -> None:
    wrong = await astray(shop)
    other = await waiting(shop)
    held, waits = other.merged, (await shop.told(f"/api/repos/octo/shop/pulls/{other.number}"))[1]["waiting_for"]

    revert = await shop.repository.open_pull_request(
        files={"second.py": None, "new.py": None, "shared.py": SHARED},
        title=f"Take it back\n\nThis reverts commit {wrong.merge_commit}.",
    )
    await merged(shop, revert)

    await shop.merges(other)
    assert not held
    assert [wait["what"].partition(":")[0] for wait in waits] == ["what landed is not what was judged"]
    assert (await landed(shop, revert))["content"] == "same"
    assert (await line_of(shop))["state"] == "open"


async def test_e17_a_revert_of_something_else_opens_nothing(shop: Shop) -> None:
    await astray(shop)
    earlier = await shop.repository.commit("main", {"more.py": "more = 1\n"}, "More")
    await shop.stage.at_rest()

    revert = await shop.repository.open_pull_request(
        files={"more.py": None}, title=f"Take it back\n\nThis reverts commit {earlier}."
    )
    await merged(shop, revert)

    assert [one["by"] for one in (await line_of(shop))["closings"]] == ["landed"]


async def test_e17_a_maintainer_who_has_looked_opens_it_and_it_stays_open(shop: Shop) -> None:
    wrong = await astray(shop)
    other = await waiting(shop)
    held = other.merged
    shop.stage.github.advance(2.0)

    await other.comment("bob", "/andon unfreeze")

    await shop.merges(other)
    await shop.look(wrong)
    assert not held
    assert (await line_of(shop))["state"] == "open"


async def test_it_is_compared_once_however_often_it_is_looked_at(shop: Shop) -> None:
    wrong = await astray(shop)
    before = (await landed(shop, wrong), (await line_of(shop))["closings"])
    calls = len(shop.stage.github.calls)

    await shop.look(wrong)

    assert (await landed(shop, wrong), (await line_of(shop))["closings"]) == before
    assert set(shop.calls_since(calls)) <= {"query PullRequestSnapshot", "query BranchNeeded"}


async def test_andon_why_says_what_landed_and_what_moved(shop: Shop) -> None:
    wrong = await astray(shop)

    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{wrong.number}/why")

    said = reasons(told)
    sha = str(wrong.merge_commit)[:12]
    assert f"Next: a maintainer: look at what landed: {sha} is not what was judged (second.py: " in said
    assert "it is not what was judged\n" in said
    assert "second.py: it holds something else than the judged head" in said


async def test_a_directory_that_github_no_longer_has_is_said_not_to_be_compared(shop: Shop) -> None:
    await prepared(shop, "squash")
    pull = await opened(shop)
    await shop.repository.commit("main", {"deep/other.py": "other = 1\n"}, "Move on")
    await shop.stage.at_rest()
    shop.stage.github.cuts_trees = 1

    await merged(shop, pull)

    told = await landed(shop, pull)
    assert (told["content"], told["differences"]) == ("not compared", [])
    assert [one["path"] for one in told["not_compared"]] == [""]
    assert told["not_compared"][0]["why"].startswith("GitHub does not list all of the directory ")
    assert (await line_of(shop))["state"] == "open"


async def test_what_github_does_not_give_at_once_is_asked_for_again(shop: Shop) -> None:
    await prepared(shop, "squash")
    pull = await opened(shop)
    await shop.repository.commit("main", {"deep/other.py": "other = 1\n"}, "Move on")
    await shop.stage.at_rest()
    shop.stage.github.fails_next(None, lambda asked: asked.kind == "query Objects")
    await merged(shop, pull)
    before = (await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}"))[1].get("landed")
    shop.stage.github.faults.clear()

    await shop.look(pull)

    assert before is None
    assert (await landed(shop, pull))["content"] == "same"


async def moved(shop: Shop, pull: PullRequest) -> list[tuple[str, str]]:
    return [(one["what"], one["said"]) for one in (await landed(shop, pull))["moved"]]


async def ready_but_for_ci(shop: Shop) -> PullRequest:
    """Open one that is judged and waits for CI alone; nothing that happens from then on is heard of before it lands."""
    await prepared(shop, "squash")
    pull = await opened(shop)
    await shop.stage.at_rest()
    shop.stage.github.loses_deliveries()
    return pull


async def lands(shop: Shop, pull: PullRequest) -> None:
    """Have a person merge it, and the bot hear of that."""
    shop.stage.github.loses_deliveries(0)
    await by_hand(pull, "alice")
    await shop.stage.at_rest()


async def test_a_policy_that_changed_unheard_before_it_landed_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    was = await shop.repository.history.blob(shop.repository.head, ".github/andon.yml")
    await shop.repository.commit(
        "main", {".github/andon.yml": f"{POLICY.format(method='merge')}# stricter\n"}, "Policy"
    )
    now = await shop.repository.history.blob(shop.repository.head, ".github/andon.yml")

    await lands(shop, pull)

    assert (was is not None, now is not None) == (True, True)
    assert was is not None
    assert now is not None
    said = f"the policy changed from `{was.oid[:12]}` to `{now.oid[:12]}` before it landed"
    assert await moved(shop, pull) == [("policy", said)]


async def test_a_policy_that_the_pull_request_itself_changed_did_not_move(shop: Shop) -> None:
    await prepared(shop, "squash")
    changed = {".github/andon.yml": f"{POLICY.format(method='squash')}# a remark\n"}
    pull = await shop.repository.open_pull_request(files=changed)

    await merged(shop, pull)

    assert await moved(shop, pull) == []


async def test_a_branch_that_it_was_aimed_at_unheard_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    await shop.repository.branch("release")
    await pull.edit(base="release")

    await lands(shop, pull)

    assert ("base", "it landed in `release`, and was judged for `main`") in await moved(shop, pull)


async def test_a_push_that_somebody_merged_unheard_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    judged = pull.head
    await pull.push({"third.py": "third = 3\n"}, "More")

    await lands(shop, pull)

    said = f"`{pull.head[:12]}` landed, and `{judged[:12]}` was judged last"
    assert await moved(shop, pull) == [("head", said)]
    assert (await landed(shop, pull))["content"] == "same"


async def test_a_hold_that_nobody_heard_is_found_and_one_of_an_outsider_is_none(shop: Shop) -> None:
    shop.repository.outsiders.add("mallory")
    pull = await ready_but_for_ci(shop)
    await pull.comment("bob", "/andon hold not yet")
    await pull.comment("mallory", "/andon hold")

    await lands(shop, pull)

    assert await moved(shop, pull) == [("hold", "`bob` held it before it landed")]


async def test_a_required_check_that_was_red_unheard_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    await shop.repository.ci.fails(pull.head, "ci")

    await lands(shop, pull)

    assert await moved(shop, pull) == [("checks", "the required check `ci` had failed at the head that landed")]


async def test_one_whose_override_it_rested_on_may_not_write_any_more(shop: Shop) -> None:
    await prepared(shop, "squash")
    pull = await shop.repository.open_pull_request(files={"large.py": lines(300)})
    await shop.stage.at_rest()
    await pull.comment("bob", "/andon override small-diff it is generated")
    await shop.stage.at_rest()
    shop.repository.outsiders.add("bob")

    await lands(shop, pull)

    assert await moved(shop, pull) == [("permission", "`bob`, on whose request it rested, may not write any more")]


async def test_a_frozen_line_through_which_a_person_merged_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    shop.stage.github.loses_deliveries(0)
    place = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await place.comment("bob", "/andon freeze database migration")
    await shop.stage.at_rest()

    await lands(shop, pull)

    [(what, said)] = await moved(shop, pull)
    assert what == "line"
    assert said.startswith("the line was closed when it landed: the line into `main` is frozen (by `bob` since 20")


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
async def test_e17_a_branch_that_was_brought_up_to_date_is_compared_as_well(shop: Shop, wrong: bool) -> None:
    await prepared(shop, "squash")
    pull = await opened(shop)
    for text in ("other = 1\n", "other = 2\n"):
        await shop.repository.commit("main", {"deep/other.py": text}, "Move on")
        await bring_up_to_date(pull, shop.repository.github.user("alice"))
    await shop.repository.commit("main", {"old.py": "old = 2\n"}, "Move on once more")
    if wrong:
        shop.stage.github.lands_wrongly({"old.py": "old = 1\n"})

    await merged(shop, pull)

    told = await landed(shop, pull)
    assert (told["content"], [one["path"] for one in told["differences"]]) == (
        ("different", ["old.py"]) if wrong else ("same", [])
    )


async def test_a_branch_and_a_base_that_were_merged_into_each_other_are_said_not_to_be_certain(shop: Shop) -> None:
    await prepared(shop, "squash")
    pull = await opened(shop)
    git, repo, early = shop.repository.git, shop.repository, pull.head
    main = await repo.commit("main", {"old.py": "old = 2\n"}, "Move on")
    await bring_up_to_date(pull, repo.github.user("alice"))
    people = (Person("alice", "alice@example.org", 0), Person("alice", "alice@example.org", 0))
    crossed = git.commit_tree(git.merged_tree(main, early) or "", (main, early), "Merge by hand\n", people)
    git.set_ref("refs/heads/main", crossed)
    await repo.moved("main", crossed, repo.github.user("alice"))
    shop.stage.github.lands_wrongly({"old.py": None})

    await merged(shop, pull)

    told = await landed(shop, pull)
    assert (told["content"], told["differences"]) == ("not compared", [])
    assert "is not certain" in told["not_compared"][0]["why"]
