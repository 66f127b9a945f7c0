"""What lands with the commits of another is merged as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.merging import by_hand

if TYPE_CHECKING:
    from simulator import Repository
    from tests.simulator.app_client import Ear


async def test_all_commits_that_came_into_the_base_with_others_make_a_merged_pull_request(
    shop: Repository, ear: Ear
) -> None:
    below = await shop.open_pull_request(files={"a.py": "a = 1\n"})
    above = await shop.open_pull_request(files={"b.py": "b = 1\n"}, base=below.head_branch)
    await above.edit(base="main")

    landed = await by_hand(above, "bob", method="merge")

    assert (below.state, below.merged, below.merge_commit) == ("closed", True, landed)
    await shop.github.settled()
    closed = [one.payload for one in ear.of("pull_request", "closed")]
    assert sorted((one["number"], one["pull_request"]["merged"]) for one in closed) == [(1, True), (2, True)]


async def test_a_squash_brings_the_commits_of_nobody_else(shop: Repository) -> None:
    below = await shop.open_pull_request(files={"a.py": "a = 1\n"})
    above = await shop.open_pull_request(files={"b.py": "b = 1\n"}, base=below.head_branch)
    await above.edit(base="main")

    await by_hand(above, "bob", method="squash")

    assert (below.state, below.merged) == ("open", False)


async def test_what_had_no_commits_before_is_left_as_it_was(shop: Repository) -> None:
    pull = await shop.open_pull_request(files={"a.py": "a = 1\n"})
    await pull.force_push(at=shop.head)

    await shop.commit("main", {"b.py": "b = 1\n"})

    assert (pull.state, await pull.commits()) == ("open", ())
