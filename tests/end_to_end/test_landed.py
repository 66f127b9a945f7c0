"""What landed is compared with what was judged, once, whoever merged it: E17."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.commands.reasons import reasons
from simulator.git import Person
from simulator.merging import by_hand
from simulator.pull_request import PullRequest
from simulator.rest_branches import bring_up_to_date
from tests.end_to_end.conftest import Shop
from tests.end_to_end.landed_steps import METHODS, SHARED, astray, landed, line_of, merged, opened, prepared


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
