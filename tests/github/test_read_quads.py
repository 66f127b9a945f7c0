"""Four trees are read side by side, no deeper than they differ, and nothing that came is taken for whole unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from graphql import build_schema, parse, validate

from bot.github.read_landed_as import forked_from
from bot.github.read_quads import BY_ID, BY_NAME, Quads, UnreadableError, objects_query
from bot.landed.landed import LandedAs, Quad
from bot.snapshot import PullRequestState, Snapshot
from rules.engine.pull_request import Commit
from simulator.graphql import SCHEMA
from tests.github.conftest import Line
from tests.snapshots import merge_state, pull_request, snapshot
from tools.contracts import GRAPHQL, ensure

FILES = {"a/b/one.py": "1\n", "a/two.py": "2\n", "c/three.py": "3\n", "four.py": "4\n"}


async def landed(line: Line, ours: dict[str, str], theirs: dict[str, str]) -> Snapshot:
    """Commit both sides, and what a squash of them makes; give the snapshot of that merged pull request."""
    repo = line.github.repositories["octo/shop"]
    fork = await repo.commit("main", FILES, "Begin")
    await repo.branch("ours")
    head = await repo.commit("ours", ours, "Ours")
    before = await repo.commit("main", theirs, "Theirs") if theirs else fork
    after = await repo.commit("main", ours, "Ours")
    trees = {sha: facts.tree for sha in (head, after) if (facts := await repo.history.commit(sha))}
    state = merge_state(
        state=PullRequestState.MERGED,
        landed_as=LandedAs(after, trees[after], (before,), "Ours"),
        forked_from=(fork,),
    )
    commits = (Commit(head, "Ours", 1, tree=trees[head]),)
    return snapshot(repository=line.place, pull_request=pull_request(head=head, commits=commits), merge_state=state)


async def test_what_landed_on_the_commit_that_it_stood_on_costs_no_request(line: Line) -> None:
    seen = await landed(line, {"four.py": "44\n"}, {})
    calls = len(line.github.calls)

    found = await Quads(line.connection).of(seen)

    assert (found.quads, len(line.github.calls) - calls) == ((), 0)


async def test_only_directories_that_both_sides_changed_are_looked_into(line: Line) -> None:
    seen = await landed(line, {"a/b/one.py": "11\n", "four.py": "44\n"}, {"c/three.py": "33\n", "a/two.py": "22\n"})
    calls = len(line.github.calls)

    found = await Quads(line.connection).of(seen)

    asked = [call.kind for call in line.github.calls[calls:] if call.kind.startswith("query")]
    assert (found.quads, asked) == ((), ["query Objects"] * 2)


async def test_a_path_that_is_otherwise_is_told_at_all_four_commits(line: Line) -> None:
    seen = await landed(line, {"a/two.py": "22\n"}, {"c/three.py": "33\n"})
    wrong = await line.github.repositories["octo/shop"].commit("main", {"a/two.py": "2\n"}, "Wrong")
    state = seen.merge_state
    assert state.landed_as is not None
    other = replace(seen, merge_state=replace(state, landed_as=replace(state.landed_as, sha=wrong, tree="0" * 40)))

    [quad] = (await Quads(line.connection).of(other)).quads

    assert isinstance(quad, Quad)
    assert quad.path == "a/two.py"
    assert quad.fork == quad.before == quad.landed
    assert quad.head not in (None, quad.fork)


async def test_a_directory_that_is_cut_is_not_taken_for_whole(line: Line) -> None:
    seen = await landed(line, {"a/two.py": "22\n"}, {"c/three.py": "33\n"})
    line.github.cuts_trees = 1

    with pytest.raises(UnreadableError, match="does not list all of the directory"):
        await Quads(line.connection).of(seen)


async def test_a_commit_that_is_gone_is_said_to_be(line: Line) -> None:
    seen = await landed(line, {"a/two.py": "22\n"}, {"c/three.py": "33\n"})
    gone = replace(seen, merge_state=replace(seen.merge_state, forked_from=("0" * 40,)))

    with pytest.raises(UnreadableError, match="GitHub has no directory 000000000000 any more"):
        await Quads(line.connection).of(gone)


async def test_a_merge_that_github_does_not_show_is_said_so(line: Line) -> None:
    with pytest.raises(UnreadableError, match="does not show the commit"):
        await Quads(line.connection).of(snapshot(repository=line.place))


@pytest.mark.parametrize("by", [BY_ID, BY_NAME], ids=["by-id", "by-name"])
def test_the_query_for_objects_fits_both_schemas(by: tuple[str, str]) -> None:
    query = parse(objects_query(["o0", "o1"], by))
    published = build_schema(ensure(GRAPHQL).read_text("utf-8"), assume_valid=True)

    assert (validate(SCHEMA, query), validate(published, query)) == ([], [])


def commit(sha: str, *parents: str, count: int | None = None) -> dict[str, object]:
    listed = [{"oid": parent} for parent in parents]
    return {"commit": {"oid": sha, "parents": {"totalCount": count or len(parents), "nodes": listed}}}


@pytest.mark.parametrize(
    ("commits", "total", "outside"),
    [
        ([], 0, ()),
        ([commit("b", "a"), commit("c", "b")], 2, ("a",)),
        ([commit("c", "b")], 2, ()),
        ([commit("b", "a"), commit("m", "b", "z")], 2, ("a", "z")),
        ([commit("b", "a"), commit("c", "a"), commit("m", "b", "c")], 3, ("a",)),
        ([commit("b", "a"), commit("m", "b", "y", count=3)], 2, ()),
    ],
    ids=["none", "a-line", "not-all-read", "base-merged-in", "own-branches", "more-than-two-parents"],
)
def test_where_a_branch_comes_from_is_read_off_its_commits(
    commits: list[dict[str, object]], total: int, outside: tuple[str, ...]
) -> None:
    assert forked_from({"totalCount": total, "nodes": commits}) == outside
